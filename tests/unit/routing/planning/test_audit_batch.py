"""How many audits are asked for at a time, and what is reviewed beside them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from routing.guarantee.audit_test import AuditEvent, AuditStatus, AuditTest, Promise
from routing.planning.audit_batch import BATCH_LEAST, AuditBatch, Floats, next_batch
from routing.planning.optimal_plan import best_plan

PROMISE = Promise(1000, 0.06, 0.05)
SAFE = np.full(1000, 0.01)


class TestBatch:
    def test_is_half_of_what_the_plan_wants(self) -> None:
        plan = best_plan(SAFE, PROMISE)
        assert batch([]) == AuditBatch(math.ceil(plan.audits / 2), 0)

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


def audits(number: int, wrong: int) -> list[AuditEvent]:
    return [AuditEvent(item, "audit", place < wrong) for place, item in enumerate(range(number))]


def batch(
    audited: list[AuditEvent], errors: Floats | None = None, evidence: float = 0.0
) -> AuditBatch:
    predicted = SAFE if errors is None else errors
    left = len(predicted) - len(audited)
    audit_status = AuditStatus(evidence, len(audited), 0, left, left, False)
    audit_test = AuditTest(PROMISE, predicted, 100)
    return next_batch(audit_test, audit_status, audited, predicted[len(audited) :])
