"""Places as a snapshot shows them: where each reviewer has work, with the addresses."""

from routing.reviewers.places import ProjectWork, ReviewerPlace, reviewer_places
from routing.reviewers.tabs import label_streams
from routing.snapshot import task_mapping
from routing.snapshot.snapshot import Snapshot


def places_of(snapshot: Snapshot) -> list[ReviewerPlace]:
    """Return what waits for each reviewer, and where; a day begins at this machine's midnight.

    Label Studio is asked for the tabs.
    """
    blind_project = blind_project_as_asked(snapshot)
    return reviewer_places(
        snapshot.people,
        _work_of(snapshot),
        _work_of(blind_project) if blind_project else ProjectWork(),
        snapshot.state.annotations,
        snapshot.clock().astimezone(),
    )


def blind_project_as_asked(snapshot: Snapshot) -> Snapshot | None:
    """Return a project's blind project with what is decided to be asked in it; None: there is none.

    Its ledger knows of a decision only once a look has found the task there.
    """
    blind_project = snapshot.blind_project
    if blind_project is None:
        return None
    return blind_project.with_state(task_mapping.asked(snapshot.state, blind_project.state))


def _work_of(project: Snapshot) -> ProjectWork:
    return ProjectWork(
        project.state.assignments,
        project.standing,
        label_streams(project.studio, project.people),
        sum(demand.votes > 0 for demand in project.demands),
    )
