"""How many audits are asked for at a time, and what is reviewed beside them."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from labeling.mathtypes import Floats, Indices
from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise
from routing.planning.audit_batch import AuditBatch, next_batch

PROMISE = Promise(1000, 0.06, 0.05)
SAFE = np.full(1000, 0.01)
DOUBTED = np.where(np.arange(1000) < 850, 0.01, 0.25)


class TestBatch:
    def test_is_half_of_the_planned_audits_at_first(self) -> None:
        assert batch([]) == AuditBatch(50, 0)
        assert batch(audits(20, 0)) == AuditBatch(30, 0)

    def test_is_larger_the_less_people_like_to_wait(self) -> None:
        known = audits(20, 1)
        sizes = [batch(known, round_price=price).audits for price in (0, 50, 200, 1000)]
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[-1]

    def test_of_those_who_would_not_wait_is_all_that_is_planned(self) -> None:
        assert batch(audits(20, 1), round_price=1e6).audits == 80

    def test_reviews_what_is_doubtful_where_audits_found_too_many_errors(self) -> None:
        as_predicted, too_many = (batch(audits(100, wrong), DOUBTED) for wrong in (1, 20))
        assert min(as_predicted.reviews, too_many.reviews) > 0
        assert sum(astuple(too_many)) > sum(astuple(as_predicted))

    def test_is_some_audits_where_no_more_were_planned(self) -> None:
        audit_test = AuditTest(PROMISE, SAFE, planned=0)
        status = audit_test.audit_status([])
        asked = next_batch(audit_test, status, [], order_after([]), round_price=0)
        assert asked.audits > 0

    def test_holds_what_nobody_can_tell_for_an_error(self) -> None:
        lost = [replace(one, is_wrong=one.is_wrong and None) for one in audits(100, 20)]
        assert batch(lost, DOUBTED).reviews >= batch(audits(100, 20), DOUBTED).reviews > 0

    @pytest.mark.parametrize("left", [61, 64, 90])
    def test_is_never_more_than_there_is(self, left: int) -> None:
        few = batch(audits(1000 - left, wrong=900))
        assert 0 < few.audits + few.reviews <= left


def audits(number: int, wrong: int, first: int = 0) -> list[AuditEvent]:
    """Audits of items in their order, of which the first few find an error."""
    return [
        AuditEvent(item, "audit", place < wrong)
        for place, item in enumerate(range(first, first + number))
    ]


def audit_test_of(predicted: Floats) -> AuditTest:
    return AuditTest(PROMISE, predicted, 100)


def order_after(events: list[AuditEvent]) -> Indices:
    return np.arange(len(events), len(SAFE), dtype=np.intp)


def batch(
    events: list[AuditEvent],
    predicted: Floats = SAFE,
    round_price: float = 0.0,
) -> AuditBatch:
    audit_test = audit_test_of(predicted)
    status = audit_test.audit_status(events)
    return next_batch(audit_test, status, events, order_after(events), round_price=round_price)
