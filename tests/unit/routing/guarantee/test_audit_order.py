"""The order of audits, which nobody can choose."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from routing.guarantee.audit_order import audit_order
from routing.guarantee.audit_test import weights_of

ERRORS = {3: 0.02, 5: 0.5, 8: 0.1, 9: 0.9}


class TestOrder:
    @given(st.dictionaries(st.integers(), st.floats(0, 1)), st.integers(), st.text("0123abc"))
    def test_has_every_task_once_and_is_the_same_at_every_call(
        self, errors: dict[int, float], seed: int, digest: str
    ) -> None:
        order = audit_order(errors, seed, digest)
        assert sorted(order) == sorted(errors)
        assert order == audit_order(dict(reversed(errors.items())), seed, digest)

    def test_depends_on_the_seed_and_on_what_was_frozen(self) -> None:
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
