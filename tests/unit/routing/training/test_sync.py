"""Passes with a training: nobody new is asked anything before, and who passes is asked at once."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labeling.form.form import parse
from routing.control_tasks.answers import controls_by_task
from routing.ledger.control_tasks import control_tasks
from routing.ledger.people import PersonEvent, person_events, record_person_events
from routing.training.items import items_in
from tests.support.label_configs import SENTIMENT
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.training import trainings

ANN, BEN = 2, 3
LATER = datetime(2100, 1, 1, tzinfo=UTC)
LABELS = ("positive", "negative")


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """A project in which one right answer passes the exam."""
    return project(tmp_path, 6, pilot=0)


def project(tmp_path: Path, tasks: int, pilot: int) -> MemoryLoop:
    file = tmp_path / "known.jsonl"
    rows = [{"text": f"Known {n}", "answer": LABELS[n % 2]} for n in range(12)]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    loop = new_memory_loop(tmp_path, tasks, "ann@x.localhost", "ben@x.localhost", pilot=pilot)
    loop.sections["quality"] = {
        "known_answers": str(file),
        "training": "exam",
        "exam_controls": 3,
        "exam_skill": 0.3,
        "exam_probability": 0.9,
    }
    return loop


def take_exam(loop: MemoryLoop, worker: int) -> None:
    """Answer all of the exam as it is right."""
    [found] = trainings(loop.studio.descriptions(), loop.studio.project_id)
    training, form = loop.studio.beside(found), parse(SENTIMENT)
    for task, _ in items_in(training.tasks()).values():
        label = LABELS[int(str(task.data["text"]).split()[1]) % 2]
        training.annotate(task.id, worker, form.encode(label, task.data["text"]))


def asked(loop: MemoryLoop) -> set[int]:
    ledgers = [loop.ledger]
    if len(loop.studio.server.projects) > 2:
        ledgers.append(loop.ledger.beside(loop.blind.project_id))
    assignments = [one for ledger in ledgers for one in ledger.state().assignments]
    return {one.worker for one in assignments if one.state == "open"}


def test_who_passes_is_asked_by_that_very_pass(loop: MemoryLoop) -> None:
    loop.sync()
    loop.sync()
    assert asked(loop) == set()
    take_exam(loop, ANN)
    report = loop.sync()
    assert [(one.worker, one.state) for one in report.person_events] == [(ANN, "active")]
    assert asked(loop) == {ANN}


def test_a_project_is_not_idle_while_somebody_is_examined(loop: MemoryLoop) -> None:
    loop.sync()
    last = loop.sync()
    take_exam(loop, ANN)
    assert loop.sync(last=last) is not last


def test_whom_the_admin_lets_in_is_asked_all_the_same(loop: MemoryLoop) -> None:
    loop.sync()
    event = PersonEvent(BEN, 2, "active", "admin", "I know him", None, LATER)
    record_person_events(loop.ledger, [event])
    loop.sync()
    assert asked(loop) == {BEN}
    assert [one for one in person_events(loop.ledger) if one.worker == BEN][-1] == event


def test_what_the_training_showed_somebody_is_no_control_task_of_theirs(tmp_path: Path) -> None:
    loop = project(tmp_path, 20, pilot=20)
    loop.sections["quality"]["controls_most"] = 0.5
    loop.sync()
    take_exam(loop, ANN)
    loop.sync()
    [found] = trainings(loop.studio.descriptions(), loop.studio.project_id)
    items = items_in(loop.studio.beside(found).tasks())
    met = {
        number
        for number, (task, _) in items.items()
        if any(one.completed_by == ANN for one in task.annotations)
    }
    given = controls_given(loop, ANN)
    assert len(met) >= 3
    assert len(given) >= 3
    assert not given & met
    assert given == {one.number for one in control_tasks(loop.ledger)} - met, "all that are left"


def controls_given(loop: MemoryLoop, worker: int) -> set[int]:
    """The numbers of the control tasks that somebody is asked in the blind project."""
    blind = loop.ledger.beside(loop.blind.project_id).state()
    numbers = controls_by_task(control_tasks(loop.ledger), blind)
    return {
        numbers[one.task]
        for one in blind.assignments
        if one.worker == worker and one.task in numbers
    }
