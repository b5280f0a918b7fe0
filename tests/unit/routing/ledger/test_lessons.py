"""How lessons did is remembered, once a round, and of each project by itself."""

from dataclasses import replace

from routing.ledger.lessons import Lesson, lessons, record_lesson
from tests.unit.routing.conftest import NewLedger

FIRST = Lesson(round=2, answers=60, judged=58, wrong=11, compared=0, kappa=None, mean_error=0.25)
SECOND = Lesson(round=3, answers=80, judged=58, wrong=9, compared=220, kappa=0.5, mean_error=0.125)


def test_lessons_are_read_as_they_were_recorded_the_first_one_first(new_ledger: NewLedger) -> None:
    ledger, other = new_ledger(), new_ledger()
    record_lesson(ledger, SECOND)
    record_lesson(ledger, FIRST)
    assert lessons(ledger) == [FIRST, SECOND]
    assert lessons(other) == []


def test_a_round_s_lesson_stays_as_it_was_judged_first(new_ledger: NewLedger) -> None:
    ledger = new_ledger()
    record_lesson(ledger, SECOND)
    record_lesson(ledger, replace(SECOND, compared=0, kappa=None))
    assert lessons(ledger) == [SECOND]
