"""Forecasts: what a promise will ask of people, with an interval that holds what it does ask."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise
from routing.planning.basis import AuditBasis, Basis
from routing.planning.course import audit_course, open_course
from routing.planning.error_draws import Calibration, prior
from routing.planning.forecast import (
    TARGETS,
    Floats,
    audits_to_come,
    forecast,
    pareto,
)
from routing.planning.optimal_plan import best_plan
from routing.planning.scaling import resampled
from routing.planning.votes_needed import VotesPerTask

ERROR, RISK = 0.05, 0.05


def doubts(tasks: int, seed: int = 1, level: float = 5.0) -> Floats:
    """Predicted errors as a fair model has them: most are small, a few are large."""
    return np.random.default_rng(seed).beta(0.7, 0.7 * level, tasks)


def after(answers: int, errors: Floats) -> Calibration:
    """What is known of predictions that learned from so many answers."""
    return prior(errors, is_calibrated=True).learned_from(np.resize(errors, answers))


def basis(tasks: int = 400, **known: Any) -> Basis:
    errors = doubts(tasks)
    return replace(Basis(errors, tasks, RISK, calibration=after(100, errors)), **known)


class TestForecast:
    def test_the_same_draws_give_the_same_forecast_and_other_draws_another(self) -> None:
        assert forecast(basis(), ERROR) == forecast(basis(), ERROR)
        assert forecast(basis(), ERROR) != forecast(basis(seed=1), ERROR)

    def test_labels_are_those_of_the_tasks_that_people_are_asked_about(self) -> None:
        ahead = forecast(basis(), ERROR)
        assert ahead.labels == pytest.approx(ahead.reviews + ahead.audits, abs=1)
        assert ahead.reviews + ahead.audits + ahead.left == 400
        assert ahead.is_worth

    def test_a_task_may_take_more_votes_than_one_and_some_are_owed_already(self) -> None:
        plain = forecast(basis(), ERROR)
        dear = forecast(basis(votes=VotesPerTask.always(1.5), owed=40), ERROR)
        assert dear.labels == pytest.approx(40 + 1.5 * plain.labels, rel=0.02)

    def test_the_pilot_is_picked_at_random_so_it_saves_fewer_reviews_than_it_costs(self) -> None:
        plain, begun = forecast(basis(), ERROR), forecast(basis(pilot=50), ERROR)
        assert begun.reviews > 50
        assert begun.labels < plain.labels + 50

    def test_people_who_slip_make_more_audits_needed(self) -> None:
        slipping = VotesPerTask(slip=np.full(1, 0.03))
        assert forecast(basis(votes=slipping), ERROR).labels > forecast(basis(), ERROR).labels

    def test_fewer_errors_ask_for_more_labels(self) -> None:
        points = pareto(basis(), TARGETS[3::2])
        assert [one.error for one in points] == sorted(TARGETS[3::2])
        labels = [one.labels for one in points]
        assert labels == sorted(labels, reverse=True)

    @given(
        errors=st.lists(st.floats(0, 1), max_size=60),
        answered=st.integers(0, 40),
        error=st.floats(0.001, 0.5),
        owed=st.integers(0, 9),
    )
    @settings(deadline=None, max_examples=15)
    def test_the_interval_is_possible(
        self, errors: list[float], answered: int, error: float, owed: int
    ) -> None:
        votes = VotesPerTask.always(1.5)
        known = Basis(np.array(errors), len(errors) + answered, RISK, votes, 0, owed)
        ahead = forecast(known, error)
        assert owed <= ahead.low <= ahead.high
        assert ahead.reviews + ahead.audits + ahead.left == len(errors)


class TestInterval:
    def test_answers_make_it_narrow(self) -> None:
        errors = doubts(400)
        widths = [
            (ahead := forecast(basis(calibration=after(many, errors)), ERROR)).high - ahead.low
            for many in (0, 100, 3000)
        ]
        assert widths[-1] < min(widths[:-1])

    def test_votes_that_are_not_known_widen_it(self) -> None:
        unsure = VotesPerTask(*(np.tile([1.0, 2.0], 24),) * 3)
        narrow = forecast(basis(votes=VotesPerTask.always(1.5)), ERROR)
        wide = forecast(basis(votes=unsure), ERROR)
        assert wide.high - wide.low > narrow.high - narrow.low

    @pytest.mark.slow
    @pytest.mark.parametrize("tasks", [150, 300])
    def test_it_holds_what_people_are_asked(self, tasks: int) -> None:
        """In 90% of projects: fewer are seen once in a thousand times."""
        held = sum(holds(tasks, seed) for seed in range(30))
        assert held >= binom.ppf(1e-3, 30, 0.9)


def holds(tasks: int, seed: int) -> bool:
    """Play a project whose model is off by an unknown amount; tell whether the interval held it."""
    rng = np.random.default_rng([seed, tasks])
    errors = doubts(tasks, seed, rng.uniform(3, 8))
    left = after(80, errors)
    came = open_course(errors, Promise(tasks, ERROR, RISK), left, rng)
    ahead = forecast(Basis(errors, tasks, RISK, calibration=left, seed=seed), ERROR)
    return ahead.low <= came.reviews + came.audits <= ahead.high


class TestCourse:
    def test_it_ends_once_the_promise_is_kept(self) -> None:
        errors = np.full(400, 0.02)
        promise = Promise(400, 0.1, RISK)
        wrong = np.random.default_rng(0).random(400) < errors
        course = audit_course(AuditTest(promise, errors, 40), [], np.arange(400), errors, wrong)
        events = [AuditEvent(item, "audit", bool(wrong[item])) for item in range(course.audits)]
        assert AuditTest(promise, errors, 40).audit_status(events).is_kept

    def test_labels_that_are_nearly_guesses_are_asked_about_once_it_is_kept(self) -> None:
        errors = np.where(np.arange(400) < 10, 0.6, 0.02)
        promise, order, wrong = Promise(400, 0.2, RISK), np.arange(400)[::-1], np.full(400, False)
        audit_test = AuditTest(promise, errors, 40)
        course = audit_course(audit_test, [], order, errors, wrong)
        surer = audit_course(audit_test, [], order, np.minimum(errors, 0.3), wrong)
        assert (course.audits, course.reviews) == (surer.audits, surer.reviews + 10)

    def test_a_model_that_is_far_off_is_reviewed_nearly_whole(self) -> None:
        errors = np.full(200, 0.02)
        promise = Promise(200, 0.1, RISK)
        bad = audit_course(
            AuditTest(promise, errors, 40), [], np.arange(200), errors, np.full(200, True)
        )
        assert bad.audits + bad.reviews >= 180


class TestAudits:
    def known(self, right: int, waiting: int = 0, **known: Any) -> AuditBasis:
        errors = np.sort(doubts(500))[:400]
        audit_test = AuditTest(Promise(500, 0.1, RISK), errors, 60)
        order = np.random.default_rng(0).permutation(400)
        events = [AuditEvent(int(item), "audit", False) for item in order[:right]]
        return replace(
            AuditBasis(
                audit_test,
                errors,
                events,
                list(range(right - waiting, right)),
                order[right:],
                calibration=after(200, errors),
            ),
            **known,
        )

    def test_the_more_evidence_there_is_the_fewer_are_to_come(self) -> None:
        ahead = [audits_to_come(self.known(right)) for right in (0, 15, 30)]
        labels = [one.labels for one in ahead]
        assert labels == sorted(labels, reverse=True)
        assert labels[0] > labels[-1] > 0
        assert all(one.low <= one.labels <= one.high for one in ahead)

    def test_none_are_to_come_once_it_is_kept(self) -> None:
        ahead = audits_to_come(self.known(200))
        assert (ahead.labels, ahead.audits, ahead.left) == (0, 0, 200)

    def test_what_waits_for_an_answer_may_be_wrong(self) -> None:
        answered, waiting = audits_to_come(self.known(30)), audits_to_come(self.known(30, 30))
        assert waiting.labels > answered.labels

    def test_what_is_asked_already_is_to_come_at_least(self) -> None:
        assert audits_to_come(self.known(200, owed=300)).labels == 300


class TestCannotBePromised:
    def test_where_not_one_label_may_be_wrong(self) -> None:
        ahead = forecast(basis(15), ERROR)
        assert not ahead.is_worth
        assert (ahead.labels, ahead.left) == (15, 0)

    def test_where_the_model_is_too_weak(self) -> None:
        weak = Basis(np.full(300, 0.6), 300, RISK)
        ahead = forecast(weak, ERROR)
        assert ahead.left < 30, "as many could be left open without any model"
        assert not ahead.is_worth


def test_a_plan_over_draws_expects_more_audits_than_one_that_takes_the_predictions_for_true() -> (
    None
):
    errors, promise = doubts(1000), Promise(1000, 0.1, RISK)
    plain, drawn = best_plan(errors, promise), best_plan(errors, promise, draws=basis().draws)
    assert drawn.left < plain.left


@given(errors=st.lists(st.floats(0, 1), min_size=1, max_size=30), count=st.integers(0, 90))
def test_tasks_without_a_prediction_are_like_the_others(errors: list[float], count: int) -> None:
    found = resampled(np.array(errors), count)
    assert len(found) == count
    assert all(min(errors) <= one <= max(errors) for one in found)
    if count % len(errors) == 0 and count:
        assert np.mean(found) == pytest.approx(np.mean(errors), abs=0.5 / len(errors) + 1e-9)
