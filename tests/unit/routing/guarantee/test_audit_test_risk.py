"""The certificate is never above its risk, whoever reviews what, in whatever order it is drawn."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from labeling.mathtypes import Floats
from routing.guarantee import wealth
from routing.guarantee.audit_test import AuditEvent, AuditTest, Promise, weights_of
from routing.guarantee.mixture_audit_test import MixtureAuditTest
from routing.planning.audit_batch import next_batch
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
        games=st.sampled_from([1, 2, 1024]),
        kind=st.sampled_from([AuditTest, MixtureAuditTest]),
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
        games: int,
        kind: type[AuditTest],
    ) -> None:
        predicted = np.array(errors)
        weights = weights_of(predicted)
        audit_test = kind(Promise(5, allowed / 5 + 0.01, risk), predicted, planned)

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

        with pytest.MonkeyPatch.context() as patch:
            # With fewer games than labels, one stands for several numbers of wrong labels.
            patch.setattr(wealth, "MOST_GAMES", games)
            assert best([]) <= risk + 1e-9

    @pytest.mark.parametrize("kind", [AuditTest, MixtureAuditTest])
    def test_is_told_that_it_may_deceive_where_it_may(self, kind: type[AuditTest]) -> None:
        # The game is one that can be lost: one wrong label among four that are drawn alike stays
        # unseen for two audits with probability one half, and the risk is 0.6.
        audit_test = kind(Promise(4, 0.01, 0.6), np.full(4, 0.01), 4)
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
        assume(any(is_wrong))
        predicted = np.array(errors)
        weights = weights_of(predicted)
        audit_test = AuditTest(Promise(5, allowed / 5 + 0.01, 0.05), predicted, planned)

        def mean(events: list[AuditEvent]) -> float:
            left = [item for item in range(5) if item not in {event.item for event in events}]
            if len(events) == 4:
                return math.exp(won(audit_test, events)[sum(is_wrong) - 1])
            if len(events) == 1 and review in left:
                return mean([*events, AuditEvent(review, "review", is_wrong[review])])
            audits = [mean([*events, AuditEvent(item, "audit", is_wrong[item])]) for item in left]
            return float(weights[left] @ audits / weights[left].sum())

        assert mean([]) == pytest.approx(1, abs=1e-6)

    @given(campaigns())
    def test_is_never_lost_altogether(self, campaign: tuple[AuditTest, list[AuditEvent]]) -> None:
        assert np.all(np.isfinite(won(*campaign)))

    @given(campaigns())
    def test_that_rules_a_number_out_does_so_for_good(
        self, campaign: tuple[AuditTest, list[AuditEvent]]
    ) -> None:
        audit_test, events = campaign
        needed = math.log(1 / audit_test.promise.risk)
        ruled_out = [won(audit_test, events[:n]) >= needed for n in range(len(events) + 1)]
        assert all(np.all(later >= earlier) for earlier, later in itertools.pairwise(ruled_out))


class TestManyCampaigns:
    """Whole campaigns, in which people review until it is proved, as a plan has them do."""

    @pytest.mark.parametrize("scale", [1.0, 2.0, 3.0], ids=["calibrated", "too sure", "far off"])
    def test_break_the_promise_no_more_often_than_the_risk(self, scale: float) -> None:
        broken = [self.is_broken(scale, seed) for seed in range(120)]
        assert sum(broken) <= binom.ppf(1 - 1e-4, len(broken), 0.2)

    def is_broken(self, scale: float, seed: int) -> bool:
        rng = np.random.default_rng(seed)
        errors = np.minimum(rng.beta(0.5, 5.0, 300), 0.99)
        is_wrong = rng.random(300) < np.minimum(errors * scale, 0.99)
        promise = Promise(300, 0.06, 0.2)
        order = np.argsort(rng.exponential(size=300) / weights_of(errors))
        audit_test, events, left = AuditTest(promise, errors, 40), list[AuditEvent](), order
        while not (status := audit_test.audit_status(events)).is_kept:
            batch = next_batch(audit_test, status, events, left, round_price=5)
            drawn, rest = left[: batch.audits], left[batch.audits :]
            doubtful = rest[np.argsort(-errors[rest], kind="stable")[: batch.reviews]]
            events += [AuditEvent(int(one), "audit", bool(is_wrong[one])) for one in drawn]
            events += [AuditEvent(int(one), "review", bool(is_wrong[one])) for one in doubtful]
            left = rest[~np.isin(rest, doubtful)]
        return int(is_wrong[left].sum()) > promise.allowed


def won(audit_test: AuditTest, events: list[AuditEvent]) -> Floats:
    """What each number's game won, in nats."""
    return audit_test._after(events).wealth.logs.copy()
