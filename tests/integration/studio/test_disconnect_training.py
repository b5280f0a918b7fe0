"""Tandem is taken off a project with a training project on a real Label Studio, and comes back."""

import json
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from labeling.errors import StudioRefused
from labeling.form.form import parse
from routing.disconnect.disconnect import disconnect
from routing.disconnect.inventory import take_inventory
from routing.disconnect.parts import Choice, Part
from routing.disconnect.removal import Removal
from routing.ledger.people import person_events, states_of
from routing.progress import silent
from routing.reviewers.tabs import owner_of
from routing.studio import Studio
from routing.studio.models import NewAnnotation
from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import People
from tests.support.label_configs import SENTIMENT
from tests.support.loops import Loop
from tests.support.training import known_answers, label_of, trainings

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]


@pytest.fixture
def loop(new_loop: NewLoop, people: People, tmp_path: Path) -> Loop:
    """A project whose only reviewer is new; two right answers in a row pass the exam."""
    file = tmp_path / "known.jsonl"
    rows = [{"text": one.data["text"], "answer": one.accepted[0]} for one in known_answers(6)]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    loop = new_loop(*[0.6] * 2)
    loop.staff(people[0])
    loop.sections["quality"] = {
        "known_answers": str(file),
        "training": "exam",
        "exam_controls": 2,
        "exam_skill": 0.5,
        "exam_probability": 0.8,
    }
    loop.sync()
    return loop


def training_of(loop: Loop) -> Studio:
    [found] = trainings(loop.studio.descriptions(), loop.studio.project_id)
    return loop.studio.beside(found)


def parts_of(loop: Loop, folder: Path, **choice: bool) -> list[Part]:
    found = take_inventory(loop.studio, loop.ledger, loop.settings, silent)
    removal = Removal(found, Choice(**choice), loop.studio, loop.ledger, folder, silent, loop.clock)
    return removal.parts()


def fate(parts: Sequence[Part]) -> dict[str, bool]:
    return {one.what: one.goes for one in parts if "training" in one.what}


def answer(training: Studio, worker: int) -> None:
    """Answer whatever the exam asks, as it is right."""
    form = parse(SENTIMENT)
    [view] = [one for one in training.views() if owner_of(one.title)]
    for task in training.tasks():
        if task.id in view.task_ids:
            result = form.encode(label_of(task.data["text"], right=True), task.data["text"])
            training.create_annotation(
                NewAnnotation(task.id, result, worker, unique_id=str(uuid4()))
            )


def test_a_training_project_that_nobody_answered_goes(loop: Loop, tmp_path: Path) -> None:
    assert fate(parts_of(loop, tmp_path, training_project=False)) == {
        "training project": False,
        "tabs of Tandem's in the training project": True,
    }
    parts = parts_of(loop, tmp_path)
    assert fate(parts) == {"training project": True}
    disconnect(loop.ledger, parts)
    assert trainings(loop.studio.descriptions(), loop.studio.project_id) == []
    assert fate(parts_of(loop, tmp_path)) == {}


def test_people_s_answers_stay_in_it_and_count_when_tandem_comes_back(
    loop: Loop, people: People, tmp_path: Path
) -> None:
    training, too_early = training_of(loop), parts_of(loop, tmp_path)
    answer(training, people[0].id)
    before = {task.id: task.annotations for task in training.tasks()}
    with pytest.raises(StudioRefused, match="Somebody answered in the training project"):
        disconnect(loop.ledger, too_early)

    parts = parts_of(loop, tmp_path)
    [kept] = [one for one in parts if one.what == "training project with answers of people"]
    assert kept.note == f"project {training.project_id}: 2 answers stay there"
    disconnect(loop.ledger, parts)
    assert {task.id: task.annotations for task in training.tasks()} == before
    assert not [one for one in training.views() if owner_of(one.title)]
    assert fate(parts_of(loop, tmp_path)) == {"training project with answers of people": False}

    loop.sync()
    assert training_of(loop).project_id == training.project_id
    assert {task.id: task.annotations for task in training.tasks()} == before
    assert states_of(person_events(loop.ledger))[people[0].id].state == "active"
