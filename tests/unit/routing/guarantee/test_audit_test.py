"""The certificate: never above its risk, whoever reviews what, and exact where all is known."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labeling.mathtypes import Floats
from routing.guarantee.audit_test import (
    AuditEvent,
    AuditStatus,
    AuditTest,
    CheckKind,
    Promise,
    weights_of,
)

risks = st.sampled_from([0.05, 0.2, 0.4, 0.6])
probabilities = st.floats(0, 1)


@st.composite
def events_of(draw: st.DrawFn, items: int) -> list[AuditEvent]:
    """Any audits and reviews of some of the items, in any order."""
    order = draw(st.permutations(range(items)))
    kinds: st.SearchStrategy[CheckKind] = st.sampled_from(["audit", "audit", "review"])
    outcomes: st.SearchStrategy[bool | None] = st.sampled_from([False, False, True, None])
    return [
        AuditEvent(item, draw(kinds), draw(outcomes))
        for item in order[: draw(st.integers(0, items))]
    ]


@st.composite
def campaigns(draw: st.DrawFn) -> tuple[AuditTest, list[AuditEvent]]:
    errors = np.array(draw(st.lists(probabilities, min_size=1, max_size=25)))
    promise = Promise(len(errors) + draw(st.integers(0, 9)), draw(st.floats(0.001, 0.4)), 0.05)
    events = draw(events_of(len(errors)))
    return AuditTest(promise, errors, draw(st.integers(0, 40))), events


def audited(audit_test: AuditTest, items: Sequence[int], wrong: Sequence[int] = ()) -> AuditStatus:
    return audit_test.audit_status([AuditEvent(item, "audit", item in wrong) for item in items])


class TestNoAdversary:
    """All orders of the audits and all reviews between them, with their exact probabilities."""

    @given(
        errors=st.lists(probabilities, min_size=4, max_size=4),
        is_wrong=st.lists(st.booleans(), min_size=4, max_size=4),
        is_lost=st.lists(st.sampled_from([False, False, True]), min_size=4, max_size=4),
        allowed=st.integers(0, 2),
        risk=risks,
        planned=st.integers(0, 5),
    )
    @settings(max_examples=60, deadline=None)
    def test_that_knows_all_labels_and_plays_its_best_deceives_more_often_than_the_risk(
        self,
        errors: list[float],
        is_wrong: list[bool],
        is_lost: list[bool],
        allowed: int,
        risk: float,
        planned: int,
    ) -> None:
        predicted = np.array(errors)
        weights = weights_of(predicted)
        audit_test = AuditTest(Promise(5, allowed / 5 + 0.01, risk), predicted, planned)

        def best(events: list[AuditEvent]) -> float:
            """Give the probability of a false certificate from here, if it plays its best."""
            gone = {event.item for event in events}
            left = [item for item in range(4) if item not in gone]
            wrong = sum(is_wrong[item] for item in left)
            if not wrong:
                return 0.0
            # It may overrule people in any number of labels, and choose it by what it sees.
            fewest = max(allowed + 1 - wrong, 0)
            if any(
                audit_test.audit_status(events, overruled).is_kept
                for overruled in range(fewest, allowed + 1)
            ):
                return 1.0
            seen = [None if is_lost[item] else is_wrong[item] for item in range(4)]
            chances = weights[left] / weights[left].sum()
            audits = [best([*events, AuditEvent(item, "audit", seen[item])]) for item in left]
            reviews = [best([*events, AuditEvent(item, "review", seen[item])]) for item in left]
            return max(float(chances @ audits), *reviews)

        assert best([]) <= risk + 1e-9

    def test_is_told_that_it_may_deceive_where_it_may(self) -> None:
        # The game is one that can be lost: one wrong label among four that are drawn alike stays
        # unseen for two audits with probability one half, and the risk is 0.6.
        audit_test = AuditTest(Promise(4, 0.01, 0.6), np.full(4, 0.01), 4)
        assert not audited(audit_test, [0]).is_kept
        assert audited(audit_test, [0, 1]).is_kept


class TestEvidence:
    @given(
        errors=st.lists(probabilities, min_size=5, max_size=5),
        is_wrong=st.lists(st.booleans(), min_size=5, max_size=5),
        allowed=st.integers(0, 2),
        planned=st.integers(0, 5),
        review=st.integers(0, 4),
    )
    @settings(max_examples=40, deadline=None)
    def test_against_the_truth_is_one_in_the_mean_over_all_orders(
        self,
        errors: list[float],
        is_wrong: list[bool],
        allowed: int,
        planned: int,
        review: int,
    ) -> None:
        predicted = np.array(errors)
        weights = weights_of(predicted)
        audit_test = AuditTest(Promise(5, allowed / 5 + 0.01, 0.05), predicted, planned)

        def mean(events: list[AuditEvent]) -> float:
            left = [item for item in range(5) if item not in {event.item for event in events}]
            if len(events) == 4:
                gains = audit_test._wealth(events).gains(sum(is_wrong[item] for item in left))
                return float((1 + gains).prod(axis=1).mean())
            if len(events) == 1 and review in left:
                return mean([*events, AuditEvent(review, "review", is_wrong[review])])
            audits = [mean([*events, AuditEvent(item, "audit", is_wrong[item])]) for item in left]
            return float(weights[left] @ audits / weights[left].sum())

        assert mean([]) == pytest.approx(1, abs=1e-6)

    @given(campaigns())
    def test_grows_with_the_errors_that_it_speaks_against(
        self, campaign: tuple[AuditTest, list[AuditEvent]]
    ) -> None:
        audit_test, events = campaign
        wealth, allowed = audit_test._wealth(events), audit_test.promise.allowed
        factors = 1 + np.stack([wealth.gains(allowed + 1 + more) for more in range(5)])
        assert np.all(factors > 0)
        assert np.all(np.diff(factors, axis=0) >= 0)

    @given(campaigns())
    def test_stays_positive_whatever_number_of_errors_is_left(
        self, campaign: tuple[AuditTest, list[AuditEvent]]
    ) -> None:
        audit_test, events = campaign
        wealth = audit_test._wealth(events)
        for errors_left in range(1, audit_test.promise.allowed + 1):
            assert np.all(wealth.gains(errors_left) > -1)


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
