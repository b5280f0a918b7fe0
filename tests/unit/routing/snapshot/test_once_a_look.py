"""A look reads the control tasks once, and a pass asks the rules once what they say of people."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event

from aggregation.quality.rules import registry
from routing.ledger.control_tasks import control_tasks
from routing.ledger.schema import ControlAnswerRow, ControlTaskRow
from routing.snapshot import observe
from routing.snapshot.look import look
from routing.snapshot.snapshot import Snapshot
from routing.sync import SyncReport
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ADA, BEN = "ada@memory.localhost", "ben@memory.localhost"
READ = {
    one.__tablename__: f"FROM {one.__tablename__}" for one in (ControlTaskRow, ControlAnswerRow)
}


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """A project in whose blind work people answered control tasks."""
    known = tmp_path / "known.csv"
    known.write_text("text,answer\n" + "".join(f"Known {n},negative\n" for n in range(10)), "utf-8")
    made = new_memory_loop(tmp_path, 40, ADA, BEN, pilot=20, votes=2)
    made.sections["quality"] = {"known_answers": str(known), "controls_most": 0.2}
    made.sync()
    answer_tabs(made.studio, 1)
    return made


@contextmanager
def counting(loop: MemoryLoop) -> Iterator[Counter[str]]:
    """Count looks, what is read of control tasks, and how often the rules are asked."""
    counted: Counter[str] = Counter()

    def read(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        words = " ".join(statement.split())
        counted.update(table for table, asked in READ.items() if asked in words)

    examined = registry.examine

    def looking(snapshot: Snapshot, **how: Any) -> Any:
        counted["looks"] += not snapshot.is_blind
        return look(snapshot, **how)

    def examining(*work: Any) -> Any:
        counted["rules"] += 1
        return examined(*work)

    event.listen(loop.ledger.engine, "before_cursor_execute", read)
    with (
        patch.object(registry, "examine", examining),
        patch.object(observe, "look", looking),
    ):
        yield counted
    event.remove(loop.ledger.engine, "before_cursor_execute", read)


def test_a_pass_that_changes_nothing_reads_them_once(loop: MemoryLoop) -> None:
    while loop.sync().changes:
        pass
    assert control_tasks(loop.ledger)
    with counting(loop) as counted:
        report = loop.sync()
    assert not report.changes
    assert counted == {"control_task": 1, "control_answer": 1, "looks": 1, "rules": 1}


def test_a_pass_that_learns_and_writes_reads_them_once_a_look(loop: MemoryLoop) -> None:
    with counting(loop) as counted:
        report = loop.sync()
    assert report.labelled
    assert report.changes
    assert any(one.controls for one in report.standing.people), "there are new answers to them"
    assert counted["looks"] > 1
    assert counted["control_task"] == counted["control_answer"] == counted["looks"]
    assert counted["rules"] == 1


def test_an_idle_project_is_free_of_both(loop: MemoryLoop) -> None:
    last = settled(loop)
    with counting(loop) as counted:
        assert loop.sync(last=last) is last
    assert not counted


def settled(loop: MemoryLoop) -> SyncReport:
    """A pass that found nothing to do, some time after the last one that did."""
    while (report := loop.sync()).idle is None:
        loop.studio.server.moment += loop.studio.paging.look_back * 2
    loop.studio.server.moment += loop.studio.paging.look_back * 2
    return report
