"""The certificate is never above its risk, whoever reviews what, in whatever order it is drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise, weights_of
from tests.support.audit_campaigns import audited, campaigns, probabilities

risks = st.sampled_from([0.05, 0.2, 0.4, 0.6])


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
