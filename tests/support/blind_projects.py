"""The blind project of a loop, as its tests look at it."""

from routing.ledger.converters import SOURCE
from routing.ledger.records import LedgerAnnotation
from routing.snapshot import task_mapping
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from tests.support.loops import Loop, Person

People = tuple[Person, Person, Person]
PILOT = {"pilot": 2}
ONE = {"pilot": 1}


def blind_project_of(loop: Loop) -> Loop:
    """The loop's blind project, which has to be there."""
    found = loop.blind_project
    assert found
    return found


def look(loop: Loop) -> Snapshot:
    """What the next pass would see."""
    return observe(loop.studio, loop.ledger, loop.settings, dry_run=True)


def blind_projects(loop: Loop) -> list[int]:
    """All projects that bear the mark."""
    mark = task_mapping.marker(loop.studio.project_id)
    return [one.id for one in loop.studio.projects() if mark in one.description]


def sources(blind_project: Loop) -> list[int]:
    """What the blind project's tasks stand for."""
    return sorted(one.data[SOURCE] for one in blind_project.shown().values())


def of_people(snapshot: Snapshot) -> list[LedgerAnnotation]:
    """The annotations that people gave."""
    return [one for one in snapshot.state.annotations if one.kind == "person"]
