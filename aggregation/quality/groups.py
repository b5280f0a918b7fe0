"""Shares of groups that were sampled unevenly: estimates with intervals, and which are too high."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aggregation.quality.intervals import Interval
from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """How often something is so, estimated from an uneven sample.

    Attributes:
        share: The estimate, in [0, 1].
        size: Kish's effective sample size: an even sample of as many would tell as much.
    """

    share: float
    size: float

    def interval(self, level: float = 0.95) -> Interval:
        """Return Clopper and Pearson's interval for the effective sample size.

        Args:
            level: Wanted coverage, in (0, 1).

        Returns:
            Both ends, in [0, 1].
        """
        from scipy.stats import beta  # here, since scipy.stats would slow every command's start

        hits, misses, tail = self.share * self.size, (1 - self.share) * self.size, (1 - level) / 2
        low = 0.0 if hits <= 0 else float(beta.ppf(tail, hits, misses + 1))
        high = 1.0 if misses <= 0 else float(beta.isf(tail, hits + 1, misses))
        return Interval(low, high)

    def p_value(self, most: float) -> float:
        """Return how probable so high an estimate would be, were the share `most` at most."""
        from scipy.stats import beta

        hits, misses = self.share * self.size, (1 - self.share) * self.size
        return 1.0 if hits <= 0 or most >= 1 else float(beta.cdf(most, hits, misses + 1))


def weighted_share(is_so: Sequence[bool], chances: Floats) -> WeightedShare:
    """Estimate a share from a sample in which some were more probable than others.

    Args:
        is_so: Whether it is so, of each that was sampled.
        chances: How probable each was to be sampled, up to a common factor, above 0.

    Returns:
        Hájek's estimate: each counts by the inverse of its chance.

    Raises:
        NotEnoughVotes: Nothing was sampled.

    Examples:
        >>> found = weighted_share([True, False], np.array([0.2, 0.1]))
        >>> round(found.share, 3), round(found.size, 2)
        (0.333, 1.8)
    """
    if not is_so:
        raise NotEnoughVotes("A share of nothing cannot be estimated")
    weights = 1 / chances
    share = float(weights @ np.asarray(is_so, dtype=np.float64) / weights.sum())
    return WeightedShare(share, float(weights.sum() ** 2 / (weights**2).sum()))


def holm(p_values: Sequence[float], level: float = 0.05) -> list[bool]:
    """Return which hypotheses Holm's method rejects.

    Args:
        p_values: One a hypothesis.
        level: The probability with which any true one is rejected, at most.

    Returns:
        Whether each is rejected, in order.

    Examples:
        >>> holm([0.04, 0.001, 0.03])
        [False, True, False]
    """
    rejected = [False] * len(p_values)
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    for rank, place in enumerate(order):
        if p_values[place] > level / (len(p_values) - rank):
            break
        rejected[place] = True
    return rejected
