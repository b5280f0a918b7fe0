"""Intervals of a share, against published values and their own promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from aggregation.quality.intervals import clopper_pearson, wilson
from labeling.errors import NotEnoughVotes

samples = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_known_values() -> None:
    assert wilson(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert clopper_pearson(8, 10) == pytest.approx((0.4439045, 0.9747893), abs=1e-6)


@given(samples)
def test_the_share_lies_within_both(sample: tuple[int, int]) -> None:
    successes, total = sample
    for interval in (wilson(successes, total), clopper_pearson(successes, total)):
        assert 0 <= interval.low <= successes / total <= interval.high <= 1


@given(samples)
def test_the_exact_interval_leaves_each_tail_its_share(sample: tuple[int, int]) -> None:
    successes, total = sample
    low, high = clopper_pearson(successes, total)
    if successes > 0:
        assert binom.sf(successes - 1, total, low) == pytest.approx(0.025, abs=1e-6)
    if successes < total:
        assert binom.cdf(successes, total, high) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_a_higher_level_is_wider(interval: type) -> None:
    narrow, wide = interval(7, 20, 0.8), interval(7, 20, 0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_nothing_checked_has_no_interval() -> None:
    with pytest.raises(NotEnoughVotes):
        wilson(0, 0)
    with pytest.raises(ValueError, match="no sample"):
        clopper_pearson(3, 2)
