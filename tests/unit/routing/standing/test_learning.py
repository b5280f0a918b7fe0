"""Where learning stands: which lessons tell of it, and what is forecast from them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from routing.ledger.chance_looks import ChanceLook
from routing.ledger.lessons import Lesson
from routing.ledger.records import LedgerState, Population, Round
from routing.standing.learning import learning_of, learning_standing, recent_lessons
from tests.support.observed_tasks import NOON
from tests.support.snapshots import VERSION, facts_of, piloted, prelabelled, snapshot_of

N = 600
LESSONS = [
    Lesson(1, 0, 0, 0, 0, None, 0.3),
    Lesson(2, 60, 60, 18, 540, 0.7, 0.25),
    Lesson(3, 80, 60, 15, 520, 0.9, 0.22),
    Lesson(4, 120, 60, 12, 480, 0.95, 0.2),
]
LOOK = ChanceLook(4, "margin", -0.01, -0.1, 0.1, 40, False)


def with_rounds(
    state: LedgerState, *, configs: tuple[str | None, ...] = (None,) * 4
) -> LedgerState:
    """The state after a round for each lesson, an hour apart, of these label configs."""
    rounds = [
        Round(
            one.round,
            VERSION,
            one.answers,
            84,
            90,
            240,
            "why",
            NOON + timedelta(hours=one.round),
            config,
        )
        for one, config in zip(LESSONS, configs, strict=True)
    ]
    return replace(state, rounds=rounds)


def frozen_at(hours: float) -> Population:
    at = NOON + timedelta(hours=hours)
    return Population(1, N, 0.05, 0.05, 0, 30, "texts", VERSION, "It is time", at)


class TestLessons:
    def test_all_of_one_label_config_and_population_tell(self) -> None:
        assert recent_lessons(LESSONS, with_rounds(piloted(N))) == LESSONS

    def test_another_label_config_begins_anew(self) -> None:
        state = with_rounds(piloted(N), configs=("<a/>", "<a/>", "<b/>", "<b/>"))
        assert recent_lessons(LESSONS, state) == LESSONS[2:]

    def test_what_came_after_a_freeze_begins_anew(self) -> None:
        state = replace(with_rounds(piloted(N)), populations=[frozen_at(2.5)])
        assert recent_lessons(LESSONS, state) == LESSONS[2:]

    def test_once_all_is_frozen_the_last_lessons_still_tell(self) -> None:
        state = replace(with_rounds(piloted(N)), populations=[frozen_at(9)])
        assert recent_lessons(LESSONS, state) == LESSONS

    def test_where_answers_were_taken_away_the_curve_begins_anew(self) -> None:
        known = [*LESSONS[:2], replace(LESSONS[2], answers=200), LESSONS[3]]
        assert recent_lessons(known, with_rounds(piloted(N))) == LESSONS[3:]

    def test_a_lesson_whose_round_was_not_recorded_tells_nothing(self) -> None:
        lost = replace(LESSONS[3], round=9)
        assert recent_lessons([*LESSONS, lost], with_rounds(piloted(N))) == LESSONS


class TestForecast:
    def test_says_how_often_the_model_is_wrong_and_what_more_labels_bring(self) -> None:
        facts = facts_of(with_rounds(piloted(N)))
        told = learning_standing(facts, LESSONS, LOOK)
        assert told.error
        assert told.error.expected == pytest.approx(0.2)
        assert told.error.low < 0.2 < told.error.high
        assert told.gain
        assert 0 <= told.gain.low < told.gain.expected < told.gain.high < 0.2
        doubts = sorted(facts.predicted_errors.values(), reverse=True)
        assert told.mended == pytest.approx(sum(doubts[:100]))
        assert (told.more, told.left) == (100, N - 60 - 100)
        assert told.chance == LOOK

    def test_the_curve_goes_from_the_first_lesson_to_the_labels_more(self) -> None:
        told = learning_standing(facts_of(with_rounds(piloted(N))), LESSONS, None)
        answers = [one.answers for one in told.curve]
        assert answers == sorted({*answers})
        assert (answers[0], answers[-1]) == (60, 220)
        assert 120 in answers

    def test_no_more_labels_are_forecast_than_are_open(self) -> None:
        told = learning_standing(facts_of(with_rounds(piloted(90))), LESSONS, None)
        assert (told.more, told.left) == (30, 0)

    def test_one_lesson_tells_how_often_the_model_is_wrong_alone(self) -> None:
        told = learning_standing(facts_of(with_rounds(piloted(N))), LESSONS[:2], None)
        assert told.error
        assert told.gain is None
        assert not told.curve

    def test_each_rule_says_what_it_looks_at(self) -> None:
        told = learning_standing(facts_of(with_rounds(piloted(N))), LESSONS, None)
        values = {one.rule: one.value for one in told.signs}
        assert told.gain
        assert values == {
            "plan": pytest.approx(84 / 540),
            "learning curve": told.gain.high,
            "label stability": pytest.approx(0.85),
            "overall uncertainty": 0.2,
        }
        assert not told.fired

    def test_stable_labels_fire_a_rule_and_leave_the_plan_as_it_is(self) -> None:
        stable = [*LESSONS[:1], *(replace(one, kappa=0.995) for one in LESSONS[1:])]
        told = learning_standing(facts_of(with_rounds(piloted(N))), stable, None)
        assert [one.rule for one in told.fired] == ["label stability"]


def test_before_the_model_learned_from_an_answer_nothing_is_told() -> None:
    assert learning_of(snapshot_of(prelabelled(N))) is None
