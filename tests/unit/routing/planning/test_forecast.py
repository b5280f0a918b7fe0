"""Forecasts: what a promise will ask of people, with an interval that holds what it does ask."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from routing.guarantee.audit_test import AuditEvent, AuditStatus, AuditTest, Promise, weights_of
from routing.planning.forecast import (
    TARGETS,
    Basis,
    Floats,
    audits_to_come,
    best,
    everything,
    forecast,
    pareto,
    resampled,
)
from routing.planning.optimal_plan import best_plan

ERROR, RISK = 0.05, 0.05


def doubts(tasks: int, seed: int = 1, level: float = 5.0) -> Floats:
    """Predicted errors as a fair model has them: most are small, a few are large."""
    return np.random.default_rng(seed).beta(0.7, 0.7 * level, tasks)


def basis(tasks: int = 1000, **known: Any) -> Basis:
    return replace(Basis(doubts(tasks), tasks, RISK), **known)


class TestForecast:
    def test_it_is_the_best_plan(self) -> None:
        plan = best_plan(basis().errors, Promise(1000, ERROR, RISK))
        ahead = forecast(basis(), ERROR)
        assert (ahead.reviews, ahead.audits, ahead.left) == (plan.reviews, plan.audits, plan.left)
        assert ahead.labels == plan.reviews + plan.audits
        assert ahead.is_worth

    def test_a_task_may_take_more_votes_than_one_and_some_are_owed_already(self) -> None:
        plain, dear = forecast(basis(), ERROR), forecast(basis(votes=1.5, owed=40), ERROR)
        assert dear.labels == pytest.approx(40 + 1.5 * plain.labels)

    def test_the_pilot_is_picked_at_random_so_it_saves_fewer_reviews_than_it_costs(self) -> None:
        plain, begun = forecast(basis(), ERROR), forecast(basis(pilot=100), ERROR)
        assert plain.labels < begun.labels < plain.labels + 100
        assert begun.reviews > 100

    def test_fewer_errors_ask_for_more_labels(self) -> None:
        points = pareto(basis())
        assert [one.error for one in points] == sorted(TARGETS)
        labels = [one.labels for one in points]
        assert labels == sorted(labels, reverse=True)

    @given(
        errors=st.lists(st.floats(0, 1), max_size=60),
        answered=st.integers(0, 40),
        error=st.floats(0.001, 0.5),
        found=st.integers(0, 30),
        owed=st.integers(0, 9),
    )
    def test_the_interval_holds_the_forecast_and_is_possible(
        self, errors: list[float], answered: int, error: float, found: int, owed: int
    ) -> None:
        known = Basis(np.array(errors), len(errors) + answered, RISK, 1.5, 0, owed, found, found)
        ahead = forecast(known, error)
        assert owed <= ahead.low <= ahead.labels <= ahead.high <= known.everything
        assert ahead.reviews + ahead.audits + ahead.left == pytest.approx(len(errors), abs=1)


class TestInterval:
    def test_without_answers_it_is_wide_and_answers_make_it_narrow(self) -> None:
        assert basis().factors == pytest.approx((0.178, 2.372), abs=0.001)
        widths = [
            (ahead := forecast(basis(predicted=many, found=many), ERROR)).high - ahead.low
            for many in (0, 10, 100)
        ]
        assert widths == sorted(widths, reverse=True)

    def test_more_errors_than_were_predicted_raise_it(self) -> None:
        low, high = basis(predicted=20, found=40).factors
        assert 1 < low < 2 < high

    def test_what_people_are_asked_lies_in_it(self) -> None:
        """In 90% of projects at least; 33 of 40 or more are then seen with probability 97%."""
        assert sum(holds(seed) for seed in range(40)) >= 33


def holds(seed: int) -> bool:
    """Run a project whose model is off by an unknown factor; tell whether the interval held it."""
    rng = np.random.default_rng(seed)
    tasks, pilot = int(rng.integers(400, 1500)), 60
    predicted = doubts(tasks, seed, rng.uniform(3, 8))
    true = np.clip(predicted * rng.gamma(2) / 2, 0.01, 0.99)
    wrong = rng.random(tasks) < true
    rest = slice(pilot, None)
    known = Basis(
        predicted[rest],
        tasks,
        RISK,
        predicted=float(predicted[:pilot].sum()),
        found=int(wrong[:pilot].sum()),
    )
    plan = best_plan(true[rest], Promise(tasks, ERROR, RISK))
    kept = np.argsort(-true[rest])[plan.reviews :]
    needed = audits(Promise(tasks, ERROR, RISK), true[rest][kept], wrong[rest][kept], plan.audits)
    ahead = forecast(known, ERROR)
    return ahead.low <= plan.reviews + needed <= ahead.high


def audits(promise: Promise, errors: Floats, wrong: NDArray[np.bool_], planned: int) -> int:
    """Audit frozen labels, ten at a time, until the promise is kept; give the audits."""
    audit_test = AuditTest(promise, errors, planned)
    rng = np.random.default_rng(planned)
    order = np.argsort(rng.exponential(size=len(errors)) / weights_of(errors))
    events = [AuditEvent(int(item), "audit", bool(wrong[item])) for item in order]
    done = 0
    while not audit_test.audit_status(events[:done]).is_kept:
        done += 10
    return min(done, len(events))


class TestAudits:
    def known(self, evidence: float, *, is_kept: bool = False) -> AuditStatus:
        return AuditStatus(evidence, 30, 2, 500, 40, is_kept)

    def test_the_more_evidence_there_is_the_fewer_are_to_come(self) -> None:
        frozen = basis(500, size=1000)
        ahead = [audits_to_come(frozen, ERROR, self.known(one)) for one in (-1.0, 0.0, 1.5, 2.9)]
        labels = [one.labels for one in ahead]
        assert labels == sorted(labels, reverse=True)
        assert labels[0] > labels[-1] > 0
        assert all(one.low < one.labels < one.high for one in ahead)

    def test_none_are_to_come_once_it_is_kept(self) -> None:
        ahead = audits_to_come(basis(500), ERROR, self.known(3.1, is_kept=True))
        assert (ahead.labels, ahead.audits, ahead.left) == (0, 0, 500)

    def test_every_last_label_may_be_asked_already(self) -> None:
        asked = Basis(np.empty(0), 1000, RISK, owed=60)
        assert audits_to_come(asked, ERROR, self.known(1.0)).labels == 60

    def test_what_is_asked_already_is_to_come_at_least(self) -> None:
        frozen = basis(500, size=1000, owed=300)
        assert audits_to_come(frozen, ERROR, self.known(2.9)).labels == 300


class TestCannotBePromised:
    def test_where_not_one_label_may_be_wrong(self) -> None:
        ahead = forecast(basis(15), ERROR)
        assert not ahead.is_worth
        assert (ahead.labels, ahead.left) == (15, 0)

    def test_where_the_model_is_too_weak(self) -> None:
        weak = Basis(np.full(1000, 0.6), 1000, RISK)
        ahead = forecast(weak, ERROR)
        assert 50 < ahead.left < 100, "as many could be left open without any model"
        assert not ahead.is_worth


class TestBest:
    @pytest.mark.parametrize("labels", [150, 333, 600, 950])
    def test_it_is_the_lowest_rate_that_fits(self, labels: int) -> None:
        found = best(basis(), labels)
        assert found is not None
        assert found.labels <= labels
        assert forecast(basis(), found.error - 0.001).labels > labels

    def test_people_label_everything_where_that_fits(self) -> None:
        assert best(basis(), 1000) == everything(basis())
        assert everything(basis()).error == 0

    def test_there_is_none_where_not_even_the_loosest_fits(self) -> None:
        assert best(basis(owed=10), 9) is None


@given(errors=st.lists(st.floats(0, 1), min_size=1, max_size=30), count=st.integers(0, 90))
def test_tasks_without_a_prediction_are_like_the_others(errors: list[float], count: int) -> None:
    found = resampled(np.array(errors), count)
    assert len(found) == count
    assert all(min(errors) <= one <= max(errors) for one in found)
    if count % len(errors) == 0 and count:
        assert np.mean(found) == pytest.approx(np.mean(errors), abs=0.5 / len(errors) + 1e-9)
