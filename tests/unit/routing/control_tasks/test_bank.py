"""The bank: what comes in, what is retired and why, and what ends a dispute."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from routing.control_tasks.bank import MINED, changed_control_tasks, sources
from routing.control_tasks.known_answer import KnownAnswer
from routing.ledger.control_tasks import ControlTask, FirstAnswer
from tests.support.observed_tasks import NOON

LATER = NOON + timedelta(days=1)
KNOWN = KnownAnswer(("a",), "file", {"text": "Known"})


def changed(
    present: Sequence[ControlTask], wanted: Sequence[KnownAnswer], *given: FirstAnswer, **more: Any
) -> list[ControlTask]:
    options = {"disputed": (), "exposures": 2, "seed": 1, "at": LATER, **more}
    return changed_control_tasks(present, wanted, given, **options)


def first(*wanted: KnownAnswer) -> list[ControlTask]:
    return changed([], wanted, at=NOON)


def said(worker: int, number: int = 1) -> FirstAnswer:
    return FirstAnswer(number, worker, "a", False, NOON)


class TestComing:
    def test_what_is_known_is_numbered_and_stays_as_it_is(self) -> None:
        present = first(KNOWN, KnownAnswer(("b",), "file", {"text": "Other"}))
        assert [one.number for one in present] == [1, 2]
        assert changed(present, [KNOWN, KnownAnswer(("b",), "file", {"text": "Other"})]) == []

    def test_of_the_project_s_own_tasks_no_more_than_a_number_are_in_use(self) -> None:
        own = [KnownAnswer(("a",), "agreement", task=task) for task in range(1, 500)]
        present = first(*own)
        assert len(present) == MINED
        assert changed(present, own) == []


class TestRetiring:
    def test_it_is_retired_once_enough_people_were_asked(self) -> None:
        present = first(KNOWN)
        assert changed(present, [KNOWN], said(2)) == []
        [one] = changed(present, [KNOWN], said(2), said(3))
        assert (one.retired_because, one.retired_at, one.counts) == ("exposures", LATER, True)

    def test_what_nobody_says_any_more_is_withdrawn_and_comes_back(self) -> None:
        [gone] = changed(first(KNOWN), [])
        assert (gone.retired_because, gone.counts) == ("withdrawn", False)
        [back] = changed([gone], [KNOWN])
        assert back.is_in_use

    def test_what_is_in_doubt_stays_so_until_somebody_decides(self) -> None:
        [doubted] = changed(first(KNOWN), [KNOWN], disputed=[1])
        assert (doubted.retired_because, doubted.counts) == ("disputed", False)
        assert changed([doubted], [KNOWN]) == []
        corrected = KnownAnswer(("b",), "file", {"text": "Known"})
        [decided] = changed([doubted], [corrected])
        assert (decided.is_in_use, decided.accepted, decided.known_at) == (True, ["b"], LATER)

    def test_an_explanation_is_a_word_on_it_too(self) -> None:
        [doubted] = changed(first(KNOWN), [KNOWN], disputed=[1])
        explained = KnownAnswer(("a",), "file", {"text": "Known"}, explanation="See the guide.")
        [decided] = changed([doubted], [explained])
        assert (decided.is_in_use, decided.known_at) == (True, LATER)


class TestSources:
    def test_they_are_numbers_of_the_blind_project_s_own_tasks_and_each_is_taken_once(self) -> None:
        found = sources(3, range(100, 110), [101, 102], seed=1)
        assert len(set(found)) == 3
        assert set(found) <= set(range(100, 110)) - {101, 102}
        assert sources(3, range(100, 102), [101], seed=1) == [100]
