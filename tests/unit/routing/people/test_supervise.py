"""Supervision: known answers pause, rules and doubts watch, and nobody is ever excluded by it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest

from aggregation.quality.control_answers import ControlAnswer
from labeling.settings.quality_section import QualitySettings
from routing.ledger.people import PersonEvent, PersonState
from routing.people.evidence import Flag
from routing.people.states import next_event
from routing.people.supervise import supervise
from tests.support.control_answers import answered
from tests.support.observed_tasks import NOON

CARL, ANN = 7, 8
LATER = NOON + timedelta(days=1)
FLAG = Flag(CARL, "40 answers in a row are the same", 0.001)


def became(
    answers: Sequence[ControlAnswer] = (),
    events: Sequence[PersonEvent] = (),
    flags: Sequence[Flag] = (),
    at: datetime = LATER,
    **quality: object,
) -> list[PersonEvent]:
    settings = QualitySettings.model_validate(quality)
    return supervise(events, answers, flags, settings, at)


def states(events: Sequence[PersonEvent]) -> list[tuple[int, str]]:
    return [(one.worker, one.state) for one in events]


def event(state: PersonState, by: str | None = None, at: datetime = LATER) -> PersonEvent:
    return next_event([], CARL, state, "why", at, by=by)


def test_who_misses_known_answers_is_paused_with_the_evidence() -> None:
    [carl] = became([*answered(CARL, "-" * 8), *answered(ANN, "+" * 8)])
    assert (carl.worker, carl.number, carl.state, carl.by) == (CARL, 1, "paused", None)
    assert carl.evidence is not None
    assert carl.evidence["controls"] == 8
    assert carl.evidence["right"] == 0
    assert carl.evidence["low"] < carl.evidence["skill"] < carl.evidence["high"] < 0.75
    assert carl.evidence["e_value"] >= 100
    assert carl.reason.startswith("0 of 8 known answers right, a skill of 10%")


def test_it_is_said_once() -> None:
    events = became(answered(CARL, "-" * 8))
    assert became(answered(CARL, "-" * 20), events) == []


def test_evidence_that_once_sufficed_suffices_whatever_came_after() -> None:
    assert states(became(answered(CARL, "-" * 8 + "+" * 60))) == [(CARL, "paused")]


def test_nobody_is_paused_where_the_settings_do_not_want_it_but_watched() -> None:
    [carl] = became(answered(CARL, "-" * 8), pause=False)
    assert carl.state == "watched"
    assert "`quality.pause` is false" in carl.reason


@pytest.mark.parametrize("state", ["paused", "excluded", "in training"])
def test_what_somebody_is_asked_nothing_in_stays(state: PersonState) -> None:
    assert became(answered(CARL, "-" * 30), [event(state, "ann@x")], [FLAG]) == []


class TestResumed:
    resumed = event("active", "ann@x")

    def test_the_test_begins_anew(self) -> None:
        assert became(answered(CARL, "-" * 30), [self.resumed]) == []

    def test_what_is_missed_since_pauses_again(self) -> None:
        since = answered(CARL, "-" * 8, begin=LATER)
        [carl] = became([*answered(CARL, "+" * 40), *since], [self.resumed])
        assert (carl.state, carl.number) == ("paused", 2)
        assert carl.evidence is not None
        assert carl.evidence["controls"] == 7, "the one of that very moment came before"

    def test_a_flag_does_not_outvote_the_admin(self) -> None:
        assert became((), [self.resumed], [FLAG]) == []


class TestWatched:
    def test_a_flag_has_somebody_watched_and_never_paused(self) -> None:
        [carl] = became((), (), [FLAG] * 50)
        assert carl.state == "watched"
        assert FLAG.line in carl.reason

    def test_a_flag_that_may_well_be_chance_does_nothing(self) -> None:
        assert became((), (), [Flag(CARL, "quick", 0.06)]) == []

    def test_a_skill_in_doubt_has_somebody_watched(self) -> None:
        [carl] = became(answered(CARL, "-+-+-"))
        assert carl.state == "watched"

    def test_one_miss_is_no_doubt(self) -> None:
        assert became(answered(CARL, "-+++")) == []

    def test_it_ends_once_nothing_is_in_doubt(self) -> None:
        watched = became(answered(CARL, "-+-+-"))
        assert became(answered(CARL, "-+-+-+++"), watched) == [], "it is not clear yet"
        cleared = became(answered(CARL, "-+-+-" + "+" * 15), watched)
        assert states(cleared) == [(CARL, "active")]
        assert cleared[0].by is None

    def test_it_goes_on_while_a_flag_stands(self) -> None:
        assert became(answered(CARL, "+" * 20), became((), (), [FLAG]), [FLAG]) == []


def test_honest_people_are_rarely_paused_however_often_one_looks() -> None:
    drawn = np.random.default_rng(3)
    people, looks = 200, 40
    right = drawn.random((people, looks)) < 0.75
    answers = [
        one
        for person in range(people)
        for one in answered(person, "".join("+" if hit else "-" for hit in right[person]))
    ]
    ever = {one.worker for one in became(answers, wrongly_paused=0.05) if one.state == "paused"}
    # The evidence is the most at any look, so one look at the end is a look after every answer.
    assert len(ever) <= 16, "ten are expected at most, and sixteen exceed that in 3% of the cases"


def test_nobody_is_ever_excluded_by_it() -> None:
    answers = [one for worker in range(1, 20) for one in answered(worker, "-" * 40)]
    flags = [Flag(worker, "a copy", 0.0) for worker in range(1, 20)]
    assert {one.state for one in became(answers, (), flags)} == {"paused"}
