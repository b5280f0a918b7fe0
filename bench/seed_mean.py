"""A mean over the seeds of a benchmark, with the interval that tells how far it can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from scipy import stats


@dataclass(frozen=True, slots=True)
class SeedMean:
    """A mean over the seeds, with its 95% interval."""

    mean: float
    low: float
    high: float


def mean_of(values: Sequence[float]) -> SeedMean:
    """Return a mean with its 95% interval, by Student's t."""
    mean = fmean(values)
    if len(values) < 2:
        return SeedMean(mean, mean, mean)
    reach = float(stats.sem(values) * stats.t.ppf(0.975, len(values) - 1))
    return SeedMean(mean, mean - reach, mean + reach)
