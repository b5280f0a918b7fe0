"""A ledger that lives for months stays as large as what it has to remember."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from routing.ledger import Ledger
from routing.ledger.compaction import FORGOTTEN, KEPT, compact
from routing.ledger.passes import recorded_pass
from routing.ledger.records import Write
from tests.support.memory_project import new_memory_loop
from tests.support.memory_studio import answer_tabs
from tests.support.observed_tasks import NOON, READING, task

PASSES = 1_000
BETWEEN = timedelta(hours=12)

READ_AGAIN = (
    "annotation.copy",
    "task.overlap",
    "task.assignees",
    "notice",
    "project.mark",
    "project.create",
    "project.show_instruction",
    "project.model_version",
    "annotation.create",
    "annotation.delete",
)
"""Writes that tell what people did, or what Label Studio was before."""


def write(key: str, kind: str, at: datetime, *, is_applied: bool = True) -> Write:
    return Write(key, kind, "task 1", None, {"score": 0.5}, at, at if is_applied else None)


def keys(ledger: Ledger, kind: str) -> list[str]:
    return [one.key for one in ledger.writes(kind)]


@pytest.fixture
def ledger(ledger: Ledger) -> Ledger:
    """A ledger that has read its project."""
    ledger.mirror([task(1)], READING, NOON)
    return ledger


@pytest.mark.parametrize("kind", FORGOTTEN)
def test_old_writes_that_nothing_reads_again_are_forgotten(ledger: Ledger, kind: str) -> None:
    ledger.plan(
        [
            write("old", kind, NOON),
            write("new", kind, NOON + timedelta(days=1)),
            write("pending", kind, NOON, is_applied=False),
        ]
    )
    compact(ledger, NOON + KEPT + timedelta(hours=1))
    assert sorted(keys(ledger, kind)) == ["new", "pending"]


@pytest.mark.parametrize("kind", READ_AGAIN)
def test_what_a_later_pass_or_person_asks_for_stays_for_ever(ledger: Ledger, kind: str) -> None:
    ledger.plan([write("old", kind, NOON)])
    compact(ledger, NOON + 100 * KEPT)
    assert keys(ledger, kind) == ["old"]


def test_the_other_project_of_a_pair_is_compacted_too(ledger: Ledger) -> None:
    blind = ledger.beside(ledger.project + 1)
    blind.mirror([task(1)], READING, NOON)
    blind.plan([write("old", "tab", NOON)])
    compact(ledger, NOON + 2 * KEPT)
    assert keys(blind, "tab") == []


def test_a_compacted_ledger_has_the_next_pass_do_nothing_else(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 60, "ada@x", "ben@x", pilot=20, target_error=0.2)
    for seed in range(6):
        loop.sync()
        answer_tabs(loop.studio, seed)
    loop.sync()
    loop.sync()
    before = loop.ledger.counts()
    compact(loop.ledger, datetime.now(NOON.tzinfo) + 2 * KEPT)
    assert loop.ledger.counts()["write"] < before["write"], "something was forgotten"
    assert loop.ledger.counts() | {"write": 0} == before | {"write": 0}
    assert loop.sync(dry_run=True).changes == []
    loop.ledger.close()


@pytest.mark.slow
def test_a_thousand_passes_leave_a_file_that_no_longer_grows(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", 1)
    ledger.upgrade()
    ledger.mirror([task(1)], READING, NOON)
    sizes = []
    for number in range(PASSES):
        at = NOON + number * BETWEEN
        with recorded_pass(ledger, lambda at=at: at):  # type: ignore[misc]
            ledger.plan([write(f"{number}:{one}", "tab", at) for one in range(20)])
        sizes.append(sum(one.stat().st_size for one in tmp_path.iterdir()))
    ledger.close()
    assert max(sizes[100:]) < 1.2 * sizes[100]
    assert sizes[100] < 2_000_000


def test_the_log_and_the_room_of_what_was_forgotten_are_given_back(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    ledger = Ledger(f"sqlite:///{file}", 1)
    ledger.upgrade()
    ledger.mirror([task(1)], READING, NOON)
    ledger.plan([write(f"tab:{one}", "tab", NOON) for one in range(5_000)])
    compact(ledger, NOON)
    full = file.stat().st_size
    compact(ledger, NOON + 2 * KEPT)
    assert file.stat().st_size < full / 4
    assert file.with_name("ledger.sqlite3-wal").stat().st_size == 0
    ledger.close()


def test_whoever_reads_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", 1)
    ledger.upgrade()
    ledger.mirror([task(1)], READING, NOON)
    with ledger.engine.connect() as reader:
        reader.exec_driver_sql("SELECT * FROM task").all()
        ledger.plan([write("tab", "tab", NOON)])
        compact(ledger, NOON + 2 * KEPT)
    assert keys(ledger, "tab") == []
    ledger.close()
