"""Replayed people are checked by control tasks: who is proved careless is asked no more."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from labeling.settings.quality_section import QualitySettings
from routing.ledger.records import LedgerAnnotation
from tandem.replay.checked_people import CheckedPeople
from tandem.replay.people import ControlVote, GivenVote, SimulatedPeople
from tests.support.ledger_states import answer

KNOWN = 40
QUALITY = QualitySettings(controls_most=0.5)
CAREFUL, CARELESS = "reviewer 0", "reviewer 1"


def said(worker: str, *, is_right: bool) -> list[ControlVote]:
    return [ControlVote(number, worker, 0 if is_right else 1, 0) for number in range(1, KNOWN + 1)]


def answered(worker: str, count: int, *, blind: bool = True) -> list[LedgerAnnotation]:
    """Ordinary answers of one person."""
    return [
        replace(answer(number, number), worker=worker, blind=blind)
        for number in range(1, count + 1)
    ]


@pytest.fixture
def people() -> CheckedPeople:
    inner = SimulatedPeople(lambda _item, reviewer: reviewer, number=3)
    known = {CAREFUL: said(CAREFUL, is_right=True), CARELESS: said(CARELESS, is_right=False)}
    return CheckedPeople(inner, known, QUALITY, seed=1)


def work(people: CheckedPeople, looks: int, worker: str = CARELESS) -> None:
    for _ in range(looks):
        people.look(answered(worker, 8))


def workers(votes: Sequence[GivenVote]) -> set[str]:
    return {one.worker for one in votes}


def test_control_tasks_come_with_ordinary_answers_alone(people: CheckedPeople) -> None:
    assert not people.look([])
    given = people.look(answered(CAREFUL, 8))
    assert {one.worker for one in given} == {CAREFUL}
    assert 0 < len(given) <= 4


def test_who_reviews_beside_pre_labels_is_given_none(people: CheckedPeople) -> None:
    assert not people.look(answered(CAREFUL, 40, blind=False))


def test_nobody_is_given_one_twice_and_all_that_was_said_is_told_again(
    people: CheckedPeople,
) -> None:
    work(people, 30, CAREFUL)
    told = people.look([])
    assert len(told) == len(people.answers) <= KNOWN
    assert len({one.control for one in told}) == len(told)


def test_who_is_proved_careless_is_asked_no_more(people: CheckedPeople) -> None:
    assert CARELESS in workers(people.votes(0, set(), 3))
    work(people, 10)
    assert people.paused == {CARELESS: sum(one.worker == 1 for one in people.answers)}
    assert workers(people.votes(0, set(), 3)) == {CAREFUL, "reviewer 2"}
    assert len(people.votes(0, set(), 1)) == 1


def test_who_is_paused_is_given_no_control_task_either(people: CheckedPeople) -> None:
    work(people, 10)
    before = len(people.answers)
    work(people, 5)
    assert len(people.answers) == before


def test_careful_people_go_on(people: CheckedPeople) -> None:
    work(people, 30, CAREFUL)
    assert not people.events


def test_what_is_known_of_the_people_behind_stays_as_it_is(people: CheckedPeople) -> None:
    assert people.number == 3
    assert not people.absent(0)
