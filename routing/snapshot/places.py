"""Places as a snapshot shows them: where each reviewer has work, with the addresses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from routing.ledger.records import LedgerAnnotation
from routing.reviewers.places import ProjectWork, ReviewerPlace, reviewer_places
from routing.reviewers.tabs import label_streams
from routing.snapshot import task_mapping
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioView

Views: TypeAlias = Mapping[int, Sequence[StudioView]]
"""The tabs of a project and of its blind project, each from the left to the right, by project."""


def views_of(projects: Iterable[Snapshot]) -> Views:
    """Read the tabs of some projects; one request each."""
    return {one.project.id: one.studio.views() for one in projects}


def places_of(snapshot: Snapshot, views: Views | None = None) -> list[ReviewerPlace]:
    """Return what waits for each reviewer, and where; a day begins at this machine's midnight.

    Args:
        snapshot: The main project.
        views: The tabs; None: Label Studio is asked for them.

    Returns:
        One place per reviewer, in the settings' order; where nobody is named, everybody's.
    """
    seen = filter(None, [snapshot, snapshot.blind_project])
    tabs = views_of(seen) if views is None else views
    blind_project = blind_project_as_asked(snapshot)
    return reviewer_places(
        snapshot.people,
        _work_of(snapshot, tabs),
        _work_of(blind_project, tabs) if blind_project else ProjectWork(),
        _given(snapshot),
        snapshot.clock().astimezone(),
    )


def _given(snapshot: Snapshot) -> list[LedgerAnnotation]:
    """Return all that people answered, control tasks too: a count must not tell which they are."""
    blind = snapshot.blind_project
    checked = task_mapping.of_other_tasks(snapshot.state.tasks, blind.state) if blind else []
    return [*snapshot.state.annotations, *checked]


def blind_project_as_asked(snapshot: Snapshot) -> Snapshot | None:
    """Return a project's blind project with what is decided to be asked in it; None: there is none.

    Its ledger knows of a decision only once a look has found the task there.
    """
    blind_project = snapshot.blind_project
    if blind_project is None:
        return None
    return blind_project.with_state(task_mapping.asked(snapshot.state, blind_project.state))


def _work_of(project: Snapshot, views: Views) -> ProjectWork:
    return ProjectWork(
        project.state.assignments,
        project.standing,
        label_streams(project.studio, views[project.project.id], project.people),
        sum(demand.votes > 0 for demand in project.demands),
    )
