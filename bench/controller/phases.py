"""The phases of a project's life, each measured."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bench.controller.costs import PhaseCost
from bench.controller.model import InstantModel
from bench.controller.project import MeasuredProject, Place
from bench.controller.texts import LABEL_CONFIG, text_of
from routing.studio import Studio
from routing.studio.connection import PAGING

PILOT = 300
"""Tasks that people are asked first."""

ANSWERS = 20
MANY_ANSWERS = 1_000
LOOK_BACK = PAGING.look_back.total_seconds()
"""Seconds for which tasks that were imported are looked at once more."""

CONTENT: dict[str, Any] = {"pilot": PILOT, "settle_above": 0.0}
"""A policy that one vote is enough for."""

DOUBTING: dict[str, Any] = {"settle_above": 1.0, "error_cost": 1e9}
"""What makes one vote too few for every task."""


def phases(place: Place, tasks: int, model: InstantModel, rounds: int) -> Iterator[PhaseCost]:
    """Take a project through its phases.

    Args:
        place: Where.
        tasks: How many tasks it gets.
        model: What answers there, unless `rounds` is 0.
        rounds: How often all is labelled anew.

    Yields:
        What each phase took, as soon as it is over.
    """
    project = _new_project(place, tasks)
    project.rest(LOOK_BACK)
    yield project.measure("first look", "look")
    labelled = project.measure("pre-labelling", "prelabel")
    if place.studio == "real":
        raw = _raw_import(place, tasks)
        yield replace(labelled, ratio=raw.wall_seconds / labelled.wall_seconds)
        yield raw
    else:
        yield labelled
    yield project.measure("first pass")
    yield project.measure("second pass")
    yield project.measure("third pass")
    yield project.measure("no change, same process", times=2)
    project.answer(ANSWERS)
    yield project.measure(f"{ANSWERS} answers")
    yield project.measure("no change")
    # One task of the pilot stays open, else the model would learn from it now.
    project.answer(PILOT - ANSWERS - 1)
    yield project.measure(f"{PILOT - ANSWERS - 1} answers")
    project.change_policy(**DOUBTING)
    yield project.measure(f"{PILOT - 1} second votes")
    for number in range(1, rounds + 1):
        model.round += 1
        yield project.measure(f"labelled anew {number}")


def later_phases(place: Place) -> Iterator[PhaseCost]:
    """Take a project that is pre-labelled already to where its labels are frozen and audited.

    Args:
        place: Where; it holds that project and no other.

    Yields:
        What each phase took, as soon as it is over.
    """
    admin = Studio(place.server.url, place.server.token)
    [held] = admin.projects()
    policy = CONTENT | {"pilot": PILOT + MANY_ANSWERS}
    project = MeasuredProject(place, admin.beside(held.id), policy)
    project.begin_ledger()
    yield project.measure("first look", "look")
    yield project.measure("first pass")
    project.answer(MANY_ANSWERS)
    yield project.measure(f"{MANY_ANSWERS} answers")
    yield project.measure("no change, same process", times=2)
    project.answer(PILOT)
    yield project.measure("freezing")
    yield project.measure("no change, frozen")
    project.answer(ANSWERS)
    yield project.measure(f"{ANSWERS} audits")


def _new_project(place: Place, tasks: int) -> MeasuredProject:
    admin = Studio(place.server.url, place.server.token)
    created = admin.beside(admin.create_project(f"{tasks} tasks", LABEL_CONFIG).id)
    created.import_tasks([{"text": text_of(number)} for number in range(tasks)])
    return MeasuredProject(place, created, CONTENT)


def _raw_import(place: Place, tasks: int) -> PhaseCost:
    """Import predictions of the same tasks into a fresh project."""
    folder = place.folder / "raw"
    folder.mkdir()
    project = _new_project(replace(place, folder=folder), tasks)
    return project.measure("raw import", "import")
