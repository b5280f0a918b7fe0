"""Misses and inventions are told apart, and a yes is never held against an item."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.by_type.two_rate import probability_of_yes
from labeling.mathtypes import Floats


def simulated(
    rates: list[tuple[float, float]], *, holds: float = 0.1, items: int = 600, seed: int = 0
) -> tuple[Floats, "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", Floats]:
    """Let every worker, by sensitivity and specificity, vote on every item.

    Returns:
        The posterior, the truth, and the share of yes votes, of each item.
    """
    rng = np.random.default_rng(seed)
    truth = rng.random(items) < holds
    votes = np.array(
        [np.where(truth, rng.random(items) < a, rng.random(items) > b) for a, b in rates]
    )
    workers, rows = np.indices(votes.shape)
    posterior = probability_of_yes(rows.ravel(), workers.ravel(), votes.ravel())
    return posterior, truth, votes.mean(axis=0)


def test_two_of_five_are_enough_where_nobody_makes_things_up() -> None:
    posterior, truth, shares = simulated([(0.5, 0.995)] * 5)
    assert ((posterior > 0.5) == truth).mean() > ((shares > 0.5) == truth).mean() + 0.02
    assert (posterior[shares == 0.4] > 0.5).all()


def test_the_posterior_is_calibrated() -> None:
    fits = [simulated([(0.7, 0.97), (0.8, 0.9), (0.6, 0.98)], seed=s) for s in range(3)]
    posterior = np.concatenate([fit[0] for fit in fits])
    truth = np.concatenate([fit[1] for fit in fits])
    assert posterior.mean() == pytest.approx(truth.mean(), abs=0.02)
    sure = posterior > 0.5
    assert truth[sure].mean() == pytest.approx(posterior[sure].mean(), abs=0.05)


def test_of_a_crowd_that_nothing_is_known_of_a_yes_is_mostly_right() -> None:
    said = np.array([True] + [False] * 9)
    posterior = probability_of_yes(np.arange(10), np.zeros(10, dtype=np.intp), said)
    assert posterior[0] == pytest.approx(0.8, abs=0.05)
    assert posterior[1:].max() < 0.1


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=12))
def test_more_yes_is_never_less_probable(table: list[list[bool]]) -> None:
    votes = np.array(table)
    rows, workers = np.indices(votes.shape)
    posterior = probability_of_yes(rows.ravel(), workers.ravel(), votes.ravel())
    assert ((posterior >= 0) & (posterior <= 1)).all()
    for one, p in zip(votes, posterior, strict=True):
        for other, q in zip(votes, posterior, strict=True):
            if (one >= other).all():
                assert p >= q - 1e-9
