"""Supervision: known answers pause, rules and doubts watch, and nobody is ever excluded by it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
SINCE = LATER + timedelta(hours=1)
MUCH_LATER = LATER + timedelta(days=1)
FLAG = Flag(CARL, "runs", "runs: 40 answers in a row are the same", 0.001)


def became(
    answers: Sequence[ControlAnswer] = (),
    events: Sequence[PersonEvent] = (),
    flags: Sequence[Flag] = (),
    at: datetime = LATER,
    given: int = 100,
    **quality: object,
) -> list[PersonEvent]:
    settings = QualitySettings.model_validate(quality)
    return supervise(events, answers, flags, settings, at, given={CARL: given})


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
        assert became((), (), [Flag(CARL, "speed", "quick", 0.06)]) == []

    def test_a_skill_in_doubt_has_somebody_watched(self) -> None:
        [carl] = became(answered(CARL, "-+-+-"))
        assert carl.state == "watched"

    def test_one_miss_is_no_doubt(self) -> None:
        assert became(answered(CARL, "-+++")) == []

    def test_a_doubt_ends_once_known_answers_given_since_speak_for_the_person(self) -> None:
        watched = became(answered(CARL, "-+-+-"), at=NOON + timedelta(minutes=4))
        assert became(answered(CARL, "-+-+-+++++"), watched) == [], "it is not clear yet"
        cleared = became(answered(CARL, "-+-+-" + "+" * 15), watched)
        assert states(cleared) == [(CARL, "active")]
        assert cleared[0].by is None
        assert cleared[0].reason.startswith(
            "known answers speak for them since the watch began: 15"
        )

    def test_known_answers_overrule_a_flag_that_stands(self) -> None:
        watched = became((), (), [FLAG])
        assert became(answered(CARL, "+" * 9, begin=SINCE), watched, [FLAG], at=MUCH_LATER) == []
        cleared = became(answered(CARL, "+" * 10, begin=SINCE), watched, [FLAG], at=MUCH_LATER)
        assert states(cleared) == [(CARL, "active")]
        assert became((), [*watched, *cleared], [FLAG], at=MUCH_LATER) == [], "it was heard"

    def test_known_answers_from_before_the_watch_do_not_end_it(self) -> None:
        assert became(answered(CARL, "+" * 20), became((), (), [FLAG]), [FLAG]) == []

    def test_without_known_answers_it_ends_after_as_many_answers_again(self) -> None:
        watched = became((), (), [FLAG], given=100)
        assert became((), watched, given=199) == []
        assert became((), watched, [FLAG], given=1000) == [], "the flag stands"
        [over] = became((), watched, given=200)
        assert (over.state, over.by) == ("active", None)
        assert over.reason == "nothing is in doubt any more, 100 answers after the watch began"

    def test_a_rule_has_somebody_watched_once_and_another_rule_again(self) -> None:
        watched = became((), (), [FLAG], given=100)
        events = [*watched, *became((), watched, given=200)]
        assert became((), events, [FLAG], given=300) == []
        other = replace(FLAG, rule="order", line="order: it gets worse")
        [again] = became((), events, [FLAG, other], given=300)
        assert (again.state, again.reason) == ("watched", "order: it gets worse")
        assert again.evidence is not None
        assert again.evidence["rules"] == ["order", "runs"]


RULES = ("runs", "order", "bursts")


@given(
    st.lists(
        st.tuples(st.lists(st.floats(0.0, 0.1), min_size=3, max_size=3), st.integers(0, 5)),
        max_size=60,
    ),
    st.booleans(),
)
def test_p_values_that_waver_make_two_events_a_rule_at_most(
    looks: Sequence[tuple[Sequence[float], int]], is_checked: bool
) -> None:
    events: list[PersonEvent] = []
    answers: list[ControlAnswer] = []
    work = 30
    for look, (p_values, right) in enumerate(looks):
        at = NOON + timedelta(days=look)
        work += 10
        if is_checked:
            answers += answered(CARL, "+" * right, begin=at - timedelta(hours=1))
        flags = [Flag(CARL, rule, rule, one) for rule, one in zip(RULES, p_values, strict=True)]
        events += became(answers, events, flags, at, work)
        assert became(answers, events, flags, at, work) == [], "a second look changes nothing"
    assert len(events) <= 2 * len(RULES)
    assert {one.state for one in events} <= {"watched", "active"}
    heard = [set((one.evidence or {})["rules"]) for one in events if one.state == "watched"]
    assert all(one - set().union(*heard[:place]) for place, one in enumerate(heard))


def test_a_skill_about_the_one_that_is_asked_for_makes_few_events() -> None:
    drawn = np.random.default_rng(5)
    counts = []
    for _ in range(40):
        said = "".join("+" if hit else "-" for hit in drawn.random(300) < 0.75)
        events: list[PersonEvent] = []
        for look in range(5, len(said), 5):
            at = NOON + timedelta(minutes=look)
            events += became(
                answered(CARL, said[:look]), events, at=at, given=10 * look, pause=False
            )
        counts.append(len(events))
    assert np.mean(counts) < 2
    assert max(counts) <= 8


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
    flags = [Flag(worker, "copies", "a copy", 0.0) for worker in range(1, 20)]
    assert {one.state for one in became(answers, (), flags)} == {"paused"}
