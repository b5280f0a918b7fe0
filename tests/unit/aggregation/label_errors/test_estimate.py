"""The number of wrong labels is estimated with intervals that hold it as often as they say."""

from collections import Counter

import numpy as np
import pytest
from scipy.special import expit, logit

from aggregation.label_errors.estimate import estimate_errors


def test_before_anybody_reviewed_the_suspicions_are_believed_with_room() -> None:
    estimate = estimate_errors({0.02: 900, 0.7: 100}, [], [], seed=0)
    assert estimate.before == estimate.after
    assert estimate.before.low < 88 < estimate.before.high
    assert (estimate.mended, estimate.confirmed) == (0, 0)


def test_what_was_mended_is_gone_and_what_was_confirmed_was_right() -> None:
    estimate = estimate_errors({0.01: 50}, [0.9] * 6 + [0.6] * 4, [True] * 7 + [False] * 3, seed=0)
    assert (estimate.mended, estimate.confirmed) == (7, 3)
    assert estimate.before.expected == pytest.approx(estimate.after.expected + 7)
    assert estimate.before.low == estimate.after.low + 7


def test_reviewers_who_confirm_all_lower_the_estimate_and_who_mend_all_raise_it() -> None:
    rest, picked = {0.1: 200}, [0.3] * 30
    confirmed = estimate_errors(rest, picked, [False] * 30, seed=0).after
    mended = estimate_errors(rest, picked, [True] * 30, seed=0).after
    assert confirmed.high < 20 < mended.low


def test_once_all_are_reviewed_nothing_is_left_to_estimate() -> None:
    estimate = estimate_errors({}, [0.4, 0.2], [True, False], seed=0)
    assert (estimate.before.low, estimate.before.high, estimate.after.high) == (1, 1, 0)


@pytest.mark.parametrize("offset", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("slope", [0.7, 1.2])
def test_intervals_hold_the_number_though_suspicions_are_off(offset: float, slope: float) -> None:
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        suspected = np.sort(rng.beta(0.4, 3, size=400).clip(1e-4, 1 - 1e-4))[::-1]
        wrong = rng.random(400) < expit(offset + slope * logit(suspected))
        picked = np.r_[np.arange(48), 48 + rng.choice(352, size=12, replace=False)]
        left = np.setdiff1d(np.arange(400), picked)
        estimate = estimate_errors(
            Counter(suspected[left].tolist()),
            suspected[picked].tolist(),
            wrong[picked].tolist(),
            seed=seed,
        )
        held += estimate.before.low <= wrong.sum() <= estimate.before.high
    assert held >= 36
