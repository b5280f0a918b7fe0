"""What is certified after which audits, and how many labels may be wrong then."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labeling.mathtypes import Floats
from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise, weights_of
from tests.support.audit_campaigns import audited, campaigns, probabilities


class TestRoom:
    @given(campaigns(), st.integers(0, 4))
    def test_is_for_as_many_overruled_labels_as_keep_the_promise(
        self, campaign: tuple[AuditTest, list[AuditEvent]], most: int
    ) -> None:
        audit_test, events = campaign
        assume(audit_test.audit_status(events).is_kept)
        room = audit_test.room(events, most)
        assert 0 <= room <= most
        status = audit_test.audit_status(events, room)
        assert status.is_kept
        assert status.bound + room <= audit_test.promise.allowed
        assert room == most or not audit_test.audit_status(events, room + 1).is_kept

    def test_is_for_none_where_nobody_may_err(self) -> None:
        audit_test = AuditTest(Promise(4, 0.01, 0.6), np.full(4, 0.01), 4)
        events = [AuditEvent(item, "audit", is_wrong=False) for item in range(4)]
        assert audit_test.room(events, 3) == 0


class TestLook:
    @given(campaigns())
    def test_is_kept_exactly_where_the_bound_is_within_what_is_allowed(
        self, campaign: tuple[AuditTest, list[AuditEvent]]
    ) -> None:
        audit_test, events = campaign
        audit_status = audit_test.audit_status(events)
        assert audit_status.is_kept == (audit_status.bound <= audit_test.promise.allowed)
        assert isinstance(audit_status.is_kept, bool)

    @given(campaigns())
    def test_counts(self, campaign: tuple[AuditTest, list[AuditEvent]]) -> None:
        audit_test, events = campaign
        before, audit_status = audit_test.audit_status([]), audit_test.audit_status(events)
        assert audit_status.audits == sum(event.kind == "audit" for event in events)
        assert audit_status.found == sum(event.is_wrong is True for event in events)
        assert audit_status.unchecked == before.unchecked - len(events)
        assert 0 <= audit_status.bound <= audit_status.unchecked

    @given(campaigns(), st.lists(st.floats(0.001, 0.9), min_size=2, max_size=5))
    def test_a_greater_risk_gives_a_smaller_bound(
        self, campaign: tuple[AuditTest, list[AuditEvent]], risks: list[float]
    ) -> None:
        audit_test, events = campaign
        promise, errors = audit_test.promise, audit_test.errors
        bounds = [
            AuditTest(replace(promise, risk=risk), errors, 20).audit_status(events).bound
            for risk in sorted(risks)
        ]
        assert bounds == sorted(bounds, reverse=True)

    @given(campaigns(), st.data())
    def test_what_nobody_can_tell_is_never_better_than_knowing(
        self, campaign: tuple[AuditTest, list[AuditEvent]], data: st.DataObject
    ) -> None:
        audit_test, events = campaign
        assume(events)
        place = data.draw(st.integers(0, len(events) - 1))
        lost = [*events]
        lost[place] = replace(events[place], is_wrong=None)
        audit_status, worse = audit_test.audit_status(events), audit_test.audit_status(lost)
        assert worse.evidence <= audit_status.evidence + 1e-9
        assert worse.bound >= audit_status.bound

    @given(campaigns())
    def test_an_audit_that_finds_an_error_is_worse_than_one_that_finds_none(
        self, campaign: tuple[AuditTest, list[AuditEvent]]
    ) -> None:
        audit_test, events = campaign
        assume(events and events[-1].kind == "audit")
        right, wrong = (
            audit_test.audit_status([*events[:-1], replace(events[-1], is_wrong=is_wrong)])
            for is_wrong in (False, True)
        )
        # Found last, it tells nothing but that there was one: it is gone, and so the others count.
        assert wrong.found == right.found + 1
        assert wrong.bound >= right.bound - 1

    @given(campaigns())
    def test_reviews_alone_are_no_evidence(
        self, campaign: tuple[AuditTest, list[AuditEvent]]
    ) -> None:
        audit_test, events = campaign
        audit_status = audit_test.audit_status([replace(event, kind="review") for event in events])
        is_few = audit_status.unchecked <= audit_test.promise.allowed
        assert audit_status.evidence == (np.inf if is_few else 0)
        assert audit_status.bound == audit_status.unchecked

    @given(campaigns())
    def test_what_is_audited_completely_is_known_exactly(
        self, campaign: tuple[AuditTest, list[AuditEvent]]
    ) -> None:
        audit_test, _ = campaign
        audit_status = audited(
            audit_test, range(audit_test.audit_status([]).unchecked), wrong=range(25)
        )
        assert (audit_status.unchecked, audit_status.bound, audit_status.is_kept) == (0, 0, True)

    def test_needs_no_audit_where_fewer_are_open_than_may_be_wrong(self) -> None:
        audit_status = AuditTest(Promise(100, 0.05, 0.05), np.full(5, 0.9), 0).audit_status([])
        assert (audit_status.is_kept, audit_status.bound, audit_status.audits) == (True, 5, 0)

    @pytest.mark.parametrize("audits", [5, 10, 15, 18])
    def test_without_a_single_error_allowed_asks_for_everything(self, audits: int) -> None:
        audit_test = AuditTest(Promise(19, 0.05, 0.05), np.full(19, 0.01), 19)
        assert not audited(audit_test, range(audits)).is_kept
        assert audited(audit_test, range(19)).is_kept

    def test_is_certified_sooner_the_better_the_predictions(self) -> None:
        rng = np.random.default_rng(0)
        predicted = rng.beta(0.2, 3.8, 1000)
        is_wrong = rng.random(1000) < predicted
        needed = [
            _audits_until_kept(errors, is_wrong)
            for errors in (predicted, np.full(1000, 0.05), predicted[::-1])
        ]
        assert needed == sorted(needed)
        assert needed[0] < 0.75 * needed[1]

    @given(st.lists(probabilities, min_size=300, max_size=300), st.integers(0, 400))
    @settings(max_examples=20)
    def test_bears_any_prediction(self, errors: list[float], planned: int) -> None:
        audit_test = AuditTest(Promise(300, 0.02, 0.05), np.array(errors), planned)
        for wrong in (range(0), range(300), range(0, 300, 7)):
            for audits in (1, 50, 299):
                assert not np.isnan(audited(audit_test, range(audits), wrong).evidence)


class TestPromise:
    @pytest.mark.parametrize(
        ("size", "error", "allowed"),
        [(20, 0.05, 1), (19, 0.05, 0), (100, 0.29, 29), (100, 0.07, 7), (1_000_000, 0.05, 50_000)],
    )
    def test_allows_whole_errors(self, size: int, error: float, allowed: int) -> None:
        assert Promise(size, error, 0.05).allowed == allowed


class TestWeights:
    @given(st.lists(probabilities, min_size=2, max_size=9))
    def test_audit_everything_sometime_and_doubt_sooner(self, errors: list[float]) -> None:
        weights = weights_of(np.sort(np.array(errors) / 2))
        assert np.all(weights > 0)
        assert np.all(np.diff(weights) >= 0)


def _audits_until_kept(errors: Floats, is_wrong: NDArray[np.bool_]) -> int:
    """Give the median over some orders, at looks after every tenth audit."""
    needed = []
    audit_test = AuditTest(Promise(1000, 0.08, 0.05), errors, 150)
    for seed in range(9):
        waiting = np.random.default_rng(seed).exponential(size=1000) / weights_of(errors)
        events = [AuditEvent(int(i), "audit", bool(is_wrong[i])) for i in waiting.argsort()]
        kept = (n for n in range(0, 1001, 10) if audit_test.audit_status(events[:n]).is_kept)
        needed.append(next(kept))
    return int(np.median(needed))
