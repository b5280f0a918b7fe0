"""How many standing labels are wrong, before and after some of them were reviewed.

What was reviewed was picked by its suspected probability p alone, most of it from the top and some
at random, so it is no random sample of labels. But given p, the pick tells nothing more about a
label, so the curve from p to the share of wrong labels can be learned from what was reviewed as if
it had been drawn at random. The curve is a line in log-odds, log-odds(wrong) = a + b · log-odds(p).
Before anybody reviewed, a is 0 ± 1 and b is 1 ± 0.3 (below a quarter it is cut off): the suspicions
are believed, with room for a factor of e in the odds. Its posterior is worked out on a grid.

What this assumes: what reviewers say is right; labels with the same p are as often wrong whether
reviewed or not; and the line. The random picks are there to move the line where hardly anything is
suspected, which is where most labels lie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Bools, Floats, Integers

OFFSET_SPREAD, SLOPE_SPREAD = 1.0, 0.3
"""Standard deviations of the prior normal of a and b."""

EDGE = 1e-4
"""Probabilities are kept so far from 0 and 1."""

BIN = 0.05
"""Width of the bins that labels are counted in, in log-odds."""

DRAWS = 2_000
"""Curves that are drawn from the posterior, and numbers of errors under each."""


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """An estimated number of wrong labels.

    Attributes:
        expected: The mean.
        low: The lower end of an interval that holds the number with the wanted probability.
        high: Its upper end.
    """

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ErrorEstimate:
    """Wrong labels among those that stood when the suspicions were worked out.

    Attributes:
        before: All of them.
        after: Those that no reviewer looked at, which still stand.
        mended: Reviewed labels that were wrong.
        confirmed: Reviewed labels that were right.
    """

    before: ErrorCount
    after: ErrorCount
    mended: int
    confirmed: int


def estimate_errors(
    unreviewed: Mapping[float, int],
    reviewed: Sequence[float],
    was_wrong: Sequence[bool],
    *,
    seed: int,
    level: float = 0.95,
) -> ErrorEstimate:
    """Estimate how many labels are wrong.

    Args:
        unreviewed: How many labels nobody reviewed, by their suspected probability.
        reviewed: That of each label that was reviewed, as it was before.
        was_wrong: Whether the reviewers said something else, in the same order.
        seed: Of the draws.
        level: The probability with which an interval holds the number.

    Returns:
        The estimate, with intervals.

    Examples:
        >>> estimate = estimate_errors({0.1: 100}, [], [], seed=0)
        >>> round(estimate.before.expected) in range(10, 16)
        True
    """
    rng = np.random.default_rng(seed)
    offsets, slopes = _curves(_floats(reviewed), np.asarray(was_wrong, dtype=np.bool_), rng)
    # Labels that are about as suspect share a bin, so that a million cost no more than a thousand.
    bins = (_log_odds(_floats([*unreviewed])) / BIN).round()
    odds, places = np.unique(bins, return_inverse=True)
    labels = np.bincount(places, weights=[*unreviewed.values()], minlength=len(odds))
    wrong = 1 / (1 + np.exp(-offsets[:, None] - slopes[:, None] * odds * BIN))
    left = rng.binomial(labels.astype(np.int64), wrong).sum(axis=1)
    mended = sum(was_wrong)
    return ErrorEstimate(
        before=_count(left + mended, level),
        after=_count(left, level),
        mended=mended,
        confirmed=len(was_wrong) - mended,
    )


def _curves(reviewed: Floats, was_wrong: Bools, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw offsets and slopes from their posterior, on a grid of four standard deviations."""
    offsets = np.linspace(-4 * OFFSET_SPREAD, 4 * OFFSET_SPREAD, 161)
    slopes = np.linspace(0.25, 1 + 4 * SLOPE_SPREAD, 79)
    a, b = (grid.ravel() for grid in np.meshgrid(offsets, slopes))
    log_posterior = -0.5 * ((a / OFFSET_SPREAD) ** 2 + ((b - 1) / SLOPE_SPREAD) ** 2)
    for odds, wrong in zip(_log_odds(reviewed), was_wrong, strict=True):
        signed = (a + b * odds) * (1 if wrong else -1)
        log_posterior -= np.logaddexp(0, -signed)
    masses = np.exp(log_posterior - log_posterior.max())
    picked = rng.choice(len(a), size=DRAWS, p=masses / masses.sum())
    return a[picked], b[picked]


def _log_odds(probabilities: Floats) -> Floats:
    inside = np.clip(probabilities, EDGE, 1 - EDGE)
    log_odds: Floats = np.log(inside) - np.log1p(-inside)
    return log_odds


def _floats(numbers: Sequence[float]) -> Floats:
    return np.asarray(numbers, dtype=np.float64)


def _count(drawn: Integers, level: float) -> ErrorCount:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return ErrorCount(float(drawn.mean()), float(low), float(high))
