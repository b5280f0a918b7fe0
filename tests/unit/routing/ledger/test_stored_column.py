"""A column that stays in the ledger gives what its rows hold, in few reads where ids ascend."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from labeling.errors import LedgerError
from routing.ledger import Ledger
from routing.ledger.lazy_json import object_reader
from tests.support.observed_tasks import READING, task

TASKS = 3_000


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of every third task up to three times as many, and of another project's between."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite3", 5)
    ledger.upgrade()
    ledger.mirror([task(number) for number in range(3, 3 * TASKS + 1, 3)], READING)
    ledger.beside(6).mirror([task(4), task(5)], READING)
    yield ledger
    ledger.close()


@pytest.fixture
def reads(ledger: Ledger) -> Iterator[list[str]]:
    """The questions that were sent since."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(ledger.engine, "before_cursor_execute", note)
    yield sent
    event.remove(ledger.engine, "before_cursor_execute", note)


def test_it_is_what_the_projects_rows_hold(ledger: Ledger) -> None:
    texts = ledger.state().texts
    assert len(texts) == TASKS
    assert dict(texts) == {number: f"Text {number}" for number in range(3, 3 * TASKS + 1, 3)}


def test_rows_of_others_and_such_as_are_not_there_are_none(ledger: Ledger) -> None:
    texts = ledger.state().texts
    assert texts[3] == "Text 3"
    assert [texts.get(row) for row in (1, 4, 5, 3 * TASKS + 1)] == [None] * 4


def test_any_order_gives_the_same(ledger: Ledger) -> None:
    texts = ledger.state().texts
    rows = random.Random(1).sample(range(3, 3 * TASKS + 1, 3), 200)
    assert [texts[row] for row in rows] == [f"Text {row}" for row in rows]


def test_ascending_ids_are_read_in_few_portions(ledger: Ledger, reads: list[str]) -> None:
    texts = ledger.state().texts
    reads.clear()
    for row in range(3, 3 * TASKS + 1, 3):
        assert texts[row]
    assert len(reads) <= 9


def test_two_ascending_sequences_may_take_turns(ledger: Ledger, reads: list[str]) -> None:
    texts = ledger.state().texts
    reads.clear()
    for row in range(3, 3 * TASKS // 2, 3):
        assert texts[row]
        assert texts[row + 3 * TASKS // 2]
    assert len(reads) <= 18


def test_a_single_row_costs_a_small_portion(ledger: Ledger, reads: list[str]) -> None:
    texts = ledger.state().texts
    reads.clear()
    assert texts[3 * TASKS]
    assert len(reads) == 1


def test_a_text_that_changed_is_read_anew_once_its_task_was(ledger: Ledger) -> None:
    state = ledger.state()
    assert state.texts[9] == "Text 9"
    ledger.mirror([replace(task(9), data={"text": "Another"})], READING)
    assert ledger.renewed(state, [9]).texts[9] == "Another"
    ledger.mirror([task(9)], READING)


def test_json_that_is_damaged_is_told_as_such() -> None:
    assert object_reader(float)('{"yes": 1}') == {"yes": 1.0}
    with pytest.raises(LedgerError, match="damaged"):
        object_reader(float)("{")
