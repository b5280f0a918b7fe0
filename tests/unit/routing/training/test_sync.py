"""Passes with a training: nobody new is asked anything before, and who passes is asked at once."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labeling.form.form import parse
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
    file = tmp_path / "known.jsonl"
    rows = [{"text": f"Known {n}", "answer": LABELS[n % 2]} for n in range(12)]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    loop = new_memory_loop(tmp_path, 6, "ann@x.localhost", "ben@x.localhost", pilot=0)
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
