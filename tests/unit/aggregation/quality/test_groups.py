"""Shares of unevenly sampled groups, and which of them are too high."""

import numpy as np
import pytest

from aggregation.quality.groups import WeightedShare, holm, weighted_share
from aggregation.quality.intervals import clopper_pearson
from labeling.errors import NotEnoughVotes


def test_an_even_sample_is_counted() -> None:
    found = weighted_share([True, False, False, False], np.full(4, 0.3))
    assert (found.share, found.size) == pytest.approx((0.25, 4))


def test_what_was_likely_to_be_sampled_counts_for_less() -> None:
    """Half of the items err in 40%, half in 10%; the first are sampled three times as often."""
    rng = np.random.default_rng(0)
    is_doubtful = rng.random(40_000) < 0.75
    is_wrong = rng.random(40_000) < np.where(is_doubtful, 0.4, 0.1)
    found = weighted_share(is_wrong.tolist(), np.where(is_doubtful, 3.0, 1.0))
    assert found.share == pytest.approx(0.25, abs=0.01)
    assert 25_000 < found.size < 35_000


@pytest.mark.parametrize(("hits", "total"), [(0, 9), (3, 20), (20, 20)])
def test_the_interval_of_an_even_sample_is_clopper_and_pearson_s(hits: int, total: int) -> None:
    assert WeightedShare(hits / total, total).interval() == pytest.approx(
        clopper_pearson(hits, total)
    )


def test_the_p_value_of_an_even_sample_is_the_binomial_s() -> None:
    # P(X >= 3) for X ~ Binomial(10, 0.1)
    assert WeightedShare(0.3, 10).p_value(0.1) == pytest.approx(0.0702, abs=1e-4)
    assert WeightedShare(0.0, 10).p_value(0.1) == 1.0
    assert WeightedShare(1.0, 10).p_value(1.0) == 1.0


def test_a_sample_of_nothing_tells_nothing() -> None:
    with pytest.raises(NotEnoughVotes):
        weighted_share([], np.array([]))


def test_holm_rejects_step_by_step_until_one_stands() -> None:
    assert holm([0.01, 0.02, 0.04], level=0.05) == [True, True, True]
    assert holm([0.01, 0.03, 0.04], level=0.05) == [True, False, False]
    assert holm([0.02, 0.02, 0.02], level=0.05) == [False, False, False]
    assert holm([]) == []
