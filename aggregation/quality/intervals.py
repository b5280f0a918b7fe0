"""Confidence intervals of a share, such as an accuracy that was measured on a sample."""

from typing import NamedTuple

from labeling.errors import NotEnoughVotes


class Interval(NamedTuple):
    """A two-sided interval within [0, 1]."""

    low: float
    high: float


def wilson(successes: int, total: int, level: float = 0.95) -> Interval:
    """Return Wilson's score interval: about `level` coverage on average, sound for small samples.

    Args:
        successes: How often it happened.
        total: In how many trials.
        level: Wanted coverage, in (0, 1).

    Returns:
        Both ends, in [0, 1].

    Raises:
        NotEnoughVotes: The sample is empty.

    Examples:
        >>> interval = wilson(8, 10)
        >>> round(interval.low, 2), round(interval.high, 2)
        (0.49, 0.94)
    """
    from scipy.stats import norm  # here, since scipy.stats would slow every command's start

    _check(successes, total, level)
    z = float(norm.ppf((1 + level) / 2))
    share = successes / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * (share * (1 - share) / total + z * z / (4 * total**2)) ** 0.5
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == total else min(1.0, centre + half)
    return Interval(low, high)


def clopper_pearson(successes: int, total: int, level: float = 0.95) -> Interval:
    """Return Clopper and Pearson's exact interval: at least `level` coverage, whatever the share.

    Args:
        successes: How often it happened.
        total: In how many trials.
        level: Wanted coverage, in (0, 1).

    Returns:
        Both ends, in [0, 1].

    Raises:
        NotEnoughVotes: The sample is empty.
    """
    from scipy.stats import beta

    _check(successes, total, level)
    tail = (1 - level) / 2
    failures = total - successes
    low = 0.0 if successes == 0 else float(beta.ppf(tail, successes, failures + 1))
    high = 1.0 if failures == 0 else float(beta.isf(tail, successes + 1, failures))
    return Interval(low, high)


def _check(successes: int, total: int, level: float) -> None:
    if total == 0:
        raise NotEnoughVotes(
            "A share of nothing has no interval", hint="Have people check some items first."
        )
    if not (0 <= successes <= total and 0 < level < 1):
        raise ValueError(f"{successes} of {total} at level {level} is no sample")
