"""Audits: the drawn order, which nobody can choose, and how many are asked for at a time."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from routing.guarantee.audit_test import AuditStatus, AuditTest, Event, Promise, weights_of
from routing.planning.audit_batch import BATCH_LEAST, Batch, Floats, audit_order, next_batch
from routing.planning.optimal_plan import best_plan

ERRORS = {3: 0.02, 5: 0.5, 8: 0.1, 9: 0.9}


PROMISE = Promise(1000, 0.06, 0.05)
SAFE = np.full(1000, 0.01)


class TestOrder:
    @given(st.dictionaries(st.integers(), st.floats(0, 1)), st.integers(), st.text("0123abc"))
    def test_has_every_task_once_and_is_the_same_at_every_call(
        self, errors: dict[int, float], seed: int, digest: str
    ) -> None:
        order = audit_order(errors, seed, digest)
        assert sorted(order) == sorted(errors)
        assert order == audit_order(dict(reversed(errors.items())), seed, digest)

    def test_hangs_on_the_seed_and_on_what_was_frozen(self) -> None:
        errors = dict.fromkeys(range(50), 0.1)
        orders = [audit_order(errors, seed, d) for seed, d in ((0, "a"), (0, "b"), (1, "a"))]
        assert len({tuple(order) for order in orders}) == 3

    def test_takes_the_first_in_proportion_to_its_weight(self) -> None:
        first = Counter(audit_order(ERRORS, seed, "d")[0] for seed in range(4000))
        weights = weights_of(np.array(list(ERRORS.values())))
        expected = 4000 * weights / weights.sum()
        assert chisquare([first[task] for task in ERRORS], expected).pvalue > 0.001

    def test_takes_the_next_in_proportion_to_its_weight_among_what_is_left(self) -> None:
        orders = [audit_order(ERRORS, seed, "d") for seed in range(8000)]
        second = Counter(order[1] for order in orders if order[0] == 5)
        weights = weights_of(np.array([ERRORS[task] for task in (3, 8, 9)]))
        expected = second.total() * weights / weights.sum()
        assert chisquare([second[task] for task in (3, 8, 9)], expected).pvalue > 0.001

    def test_of_many_the_doubtful_come_early_and_the_safe_too(self) -> None:
        errors = {task: 0.4 if task < 100 else 0.01 for task in range(1000)}
        early = audit_order(errors, 0, "d")[:100]
        doubtful = sum(task < 100 for task in early)
        weights = weights_of(np.array([0.4, 0.01]))
        share = 100 * weights[0] / (100 * weights[0] + 900 * weights[1])
        assert doubtful == pytest.approx(100 * share, abs=15)


class TestBatch:
    def test_is_half_of_what_the_plan_wants(self) -> None:
        plan = best_plan(SAFE, PROMISE)
        assert batch([]) == Batch(math.ceil(plan.audits / 2), 0)

    def test_reviews_what_is_doubtful_where_audits_find_more_errors_than_predicted(self) -> None:
        errors = np.where(np.arange(1000) < 850, 0.01, 0.25)
        as_predicted, too_many = (batch(audits(100, wrong), errors) for wrong in (1, 40))
        assert too_many.reviews > as_predicted.reviews

    def test_holds_what_nobody_can_tell_for_an_error(self) -> None:
        errors = np.where(np.arange(1000) < 850, 0.01, 0.25)
        lost = [replace(one, is_wrong=one.is_wrong and None) for one in audits(100, 40)]
        assert batch(lost, errors) == batch(audits(100, 40), errors)

    def test_is_never_small_for_people_do_not_wait_for_one_another(self) -> None:
        assert batch([], evidence=2.99).audits == BATCH_LEAST

    @pytest.mark.parametrize("left", [1, 4, 30])
    def test_is_never_more_than_there_is(self, left: int) -> None:
        few = batch(audits(1000 - left, wrong=900))
        assert 0 < few.audits + few.reviews <= left


def audits(number: int, wrong: int) -> list[Event]:
    return [Event(item, "audit", place < wrong) for place, item in enumerate(range(number))]


def batch(audited: list[Event], errors: Floats | None = None, evidence: float = 0.0) -> Batch:
    predicted = SAFE if errors is None else errors
    left = len(predicted) - len(audited)
    audit_status = AuditStatus(evidence, len(audited), 0, left, left, False)
    audit_test = AuditTest(PROMISE, predicted, 100)
    return next_batch(audit_test, audit_status, audited, predicted[len(audited) :])
