"""The phases of a project's life, each measured."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bench.controller.costs import PhaseCost
from bench.controller.model import InstantModel
from bench.controller.project import MeasuredProject, Place

PILOT = 300
"""Tasks that people are asked first."""

ANSWERS = 20
ROUNDS = 5
POLICY: dict[str, Any] = {"pilot": PILOT, "votes": 1}


def phases(
    place: Place, tasks: int, backend_url: str, model: InstantModel | None
) -> Iterator[PhaseCost]:
    """Take a project through its phases.

    Args:
        place: Where.
        tasks: How many tasks it gets.
        backend_url: The ML backend.
        model: What answers there; None: something else, whose version nobody moves.

    Yields:
        What each phase took, as soon as it is over.
    """
    project = MeasuredProject(place, tasks, backend_url, POLICY)
    project.import_tasks()
    yield project.measure("first look", "look")
    labelled = project.measure("pre-labelling", "prelabel")
    raw = _raw_import(place, tasks, backend_url)
    yield replace(labelled, ratio=raw.wall_seconds / labelled.wall_seconds)
    yield raw
    yield project.measure("first pass")
    yield project.measure("second pass")
    yield project.measure("third pass")
    yield project.measure("no change, same process", times=2)
    project.answer(ANSWERS)
    yield project.measure(f"{ANSWERS} answers")
    yield project.measure("no change")
    project.change_policy(votes=2)
    yield project.measure("second vote")
    if model is not None:
        for _ in range(ROUNDS):
            model.round += 1
            yield project.measure(f"labelled anew {model.round}")


def _raw_import(place: Place, tasks: int, backend_url: str) -> PhaseCost:
    """Import predictions of the same tasks into a fresh project."""
    folder = place.folder / "raw"
    folder.mkdir()
    project = MeasuredProject(replace(place, folder=folder), tasks, backend_url, POLICY)
    project.import_tasks()
    return project.measure("raw import", "import")
