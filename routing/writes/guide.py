"""Guiding people: the tabs, descriptions and instructions that lead each reviewer to their work."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from routing.guarantee.hash_random import hash_uniform
from routing.ledger.journal import Step
from routing.ledger.people import states_of
from routing.ledger.records import Write
from routing.people.states import state_of
from routing.reviewers import directions, tabs
from routing.reviewers.places import EVERYBODY, ReviewerPlace
from routing.snapshot.places import Views, blind_project_as_asked, places_of, views_of
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioProject
from routing.writes.reconcile import apply

Planned: TypeAlias = list[tuple[Snapshot, list[Step]]]


def guide(snapshot: Snapshot, *, dry_run: bool = False) -> list[Write]:
    """Tell each reviewer where to go, in the project and in its blind project.

    Args:
        snapshot: The main project, once it is settled who is asked what.
        dry_run: Work out what would be written, and write nothing. Addresses of tabs that would be
            made are not foreseen.

    Returns:
        The writes, in order.
    """
    projects = _projects(snapshot)
    views = views_of(projects)
    places = _let_in(snapshot, places_of(snapshot, views))
    planned = [(one, _tabs(one, snapshot, places, views)) for one in projects]
    changes = _carry_out(planned, dry_run=dry_run)
    if changes and not dry_run:
        # Only now the tabs are there that the directions lead to.
        changed = [one for one, steps in planned if steps]
        places = _let_in(snapshot, places_of(snapshot, {**views, **views_of(changed)}))
    seen = {one.project.id: one.project for one in projects}
    if _directions(projects, snapshot, places, seen):
        # What people wrote since the projects were read must not be lost.
        seen = snapshot.studio.projects_of(list(seen))
    planned = _directions(projects, snapshot, places, seen)
    return changes + _carry_out(planned, dry_run=dry_run)


def _let_in(snapshot: Snapshot, places: Sequence[ReviewerPlace]) -> list[ReviewerPlace]:
    """Leave out who is still in training: their tab is in the training project."""
    states = states_of(snapshot.person_events)
    return [one for one in places if state_of(states, one.worker) != "in training"]


def _projects(snapshot: Snapshot) -> list[Snapshot]:
    """Return the main project, then the blind one as it is once all is asked in it."""
    blind_project = blind_project_as_asked(snapshot)
    return [snapshot, blind_project] if blind_project else [snapshot]


def _tabs(
    project: Snapshot, main: Snapshot, places: Sequence[ReviewerPlace], views: Views
) -> list[Step]:
    """Return the steps for a project's tabs; an empty project has none.

    Where tasks are assigned, everybody sees their own without them.
    """
    if project.can_assign:
        return []
    wanted = tabs.tabs_of(
        places if project.state.tasks else (),
        _waiting(project),
        is_blind=project.is_blind,
        is_finished=main.is_finished,
        ordering=_ordering(project),
        hidden=tabs.TELLING if _has_control_tasks(project) else (),
    )
    seen = views[project.project.id]
    return list(tabs.steps(project.studio, seen, wanted, project.people, project.clock()))


def _ordering(project: Snapshot) -> tuple[str, ...]:
    """Return the order of a project's tabs; where control tasks are mixed in, it tells nothing.

    These came at another time than what they stand among, so their numbers would tell.
    """
    if project.state.predictions:
        return tabs.MOST_DOUBTFUL_FIRST
    if _has_control_tasks(project):
        return tabs.by_what_is_shown(project.form)
    return tabs.OLDEST_FIRST


def _has_control_tasks(project: Snapshot) -> bool:
    return project.is_blind and project.settings.quality.has_known_answers


def _waiting(project: Snapshot) -> Mapping[int, list[int]]:
    """Return the tasks that wait for each user, the most urgent first; for all, where none is."""
    urgent = sorted(project.demands, key=lambda one: (one.priority, one.task))
    if not project.reviewers:
        return {EVERYBODY.worker: [one.task for one in urgent if one.votes > 0]}
    rank: dict[int, float] = {one.task: number for number, one in enumerate(urgent)}
    seed = project.settings.policy.seed
    waiting: dict[int, list[int]] = defaultdict(list)
    for one in project.state.assignments:
        if one.state == "open":
            waiting[one.worker].append(one.task)

    def place(task: int) -> float:
        # A control task is as urgent as any other.
        drawn = hash_uniform(seed, "place of a control task", task)
        return rank.get(task, drawn * len(urgent))

    return {worker: sorted(tasks, key=place) for worker, tasks in waiting.items()}


def _directions(
    projects: Sequence[Snapshot],
    main: Snapshot,
    places: Sequence[ReviewerPlace],
    seen: Mapping[int, StudioProject],
) -> Planned:
    """Return the steps for Tandem's part of each project's texts, of projects that need any."""
    planned = [(one, _texts(one, main, places, seen[one.project.id])) for one in projects]
    return [(one, steps) for one, steps in planned if steps]


def _texts(
    project: Snapshot, main: Snapshot, places: Sequence[ReviewerPlace], seen: StudioProject
) -> list[Step]:
    """Return the steps for Tandem's part of a project's texts; an empty project has none."""
    other = main if project.is_blind else main.blind_project
    told = directions.directions_of(
        places if project.state.tasks else (),
        other.project.title if other else "",
        is_blind=project.is_blind,
        is_finished=main.is_finished,
    )
    shown, at = project.ledger.writes(directions.SHOWING), project.clock()
    return list(directions.steps(project.studio, seen, told, shown, at))


def _carry_out(planned: Planned, *, dry_run: bool) -> list[Write]:
    """Carry out each project's steps, and return their writes."""
    if not dry_run:
        for project, steps in planned:
            apply(project.ledger, steps)
    return [write for _, steps in planned for step in steps for write in step.writes]
