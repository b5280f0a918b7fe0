"""Places as a snapshot shows them: where each reviewer has work, with the addresses."""

from routing.reviewers.places import ProjectWork, ReviewerPlace, reviewer_places
from routing.reviewers.tabs import label_streams
from routing.snapshot.snapshot import Snapshot


def places_of(snapshot: Snapshot) -> list[ReviewerPlace]:
    """Return what waits for each reviewer, and where; a day begins at this machine's midnight.

    Label Studio is asked for the tabs.
    """
    blind_project = snapshot.blind_project
    return reviewer_places(
        snapshot.people,
        _work_of(snapshot),
        _work_of(blind_project) if blind_project else ProjectWork(),
        snapshot.state.annotations,
        snapshot.clock().astimezone(),
    )


def _work_of(project: Snapshot) -> ProjectWork:
    return ProjectWork(
        project.state.assignments,
        project.standing,
        label_streams(project.studio, project.people),
        sum(demand.votes > 0 for demand in project.demands),
    )
