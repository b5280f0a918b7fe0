"""Admission: who is sent to the training, and who is not."""

import pytest

from routing.facts.vote_demands import Reviewer
from routing.ledger.people import PersonEvent
from routing.training.admission import admissions, in_training, trained
from tests.support.observed_tasks import NOON

NEW, EXPERT = Reviewer(2, 10), Reviewer(3, 10, expert=True)
SENT = PersonEvent(2, 1, "in training", None, "new", None, NOON)
"""Of somebody who was sent there."""


def test_who_is_new_is_sent_there() -> None:
    [event] = admissions([NEW], [], (), is_on=True, at=NOON)
    assert (event.worker, event.number, event.state, event.by) == (2, 1, "in training", None)


@pytest.mark.parametrize("is_on", [True, False])
def test_an_expert_is_not(is_on: bool) -> None:
    assert admissions([EXPERT], [], (), is_on=is_on, at=NOON) == []


def test_who_has_answered_already_is_not() -> None:
    assert admissions([NEW], [], {2}, is_on=True, at=NOON) == []


def test_nobody_is_where_the_setting_is_off() -> None:
    assert admissions([NEW], [], (), is_on=False, at=NOON) == []


@pytest.mark.parametrize("state", ["active", "watched", "paused", "excluded", "in training"])
def test_nobody_is_sent_twice(state: str) -> None:
    event = PersonEvent(2, 1, state, "admin", "so", None, NOON)  # type: ignore[arg-type]
    assert admissions([NEW], [event], (), is_on=True, at=NOON) == []


def test_who_is_in_training_works_once_the_setting_is_off() -> None:
    [event] = admissions([NEW], [SENT], (), is_on=False, at=NOON)
    assert (event.number, event.state) == (2, "active")
    assert admissions([NEW], [SENT, event], (), is_on=False, at=NOON) == []
    assert in_training([NEW], [SENT, event]) == []
    assert trained([NEW], [SENT, event]) == [2]


def test_who_reviews_no_more_is_in_no_training() -> None:
    assert in_training([EXPERT], [SENT]) == []
    assert trained([EXPERT], [SENT]) == []
