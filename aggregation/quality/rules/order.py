"""Order: work that begins well and then gets worse."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.crowd import NONE
from labeling.mathtypes import Floats, Indices

NAME = "order"

FEWEST = 20
"""Answers that a person must have given on items of which the others have a majority."""


def order(work: Work) -> Sequence[Finding]:
    """Find people who agree with the others less and less along their work.

    Whether an answer agrees is taken beside how often people agree on such an item, so that hard
    items at the end are no sign of anything. The null hypothesis: what is left has nothing to do
    with when it was answered. The test of correlation is the permutation test's limit (Pitman,
    Significance tests which may be applied to samples from any populations II, JRSS Supplement
    1937). It also sees honest people who get tired.

    Args:
        work: With answers in the order in which they were given, not of free texts.

    Returns:
        A finding of each person with enough answers.
    """
    if work.is_free_text:
        return []
    return [
        _of_person(work, who, compared)
        for who, rows in enumerate(work.rows_by_worker())
        if len(compared := rows[work.crowd.majority[rows] != NONE]) >= FEWEST
    ]


def _of_person(work: Work, who: int, rows: Indices) -> Finding:
    agrees = (work.crowd.label[rows] == work.crowd.majority[rows]).astype(np.float64)
    clearness = work.crowd.shares(rows)[np.arange(len(rows)), work.crowd.majority[rows]]
    places = np.arange(len(rows), dtype=np.float64)
    correlation = _correlation(places, _without(agrees, clearness))
    freedom = len(rows) - 3
    statistic = correlation * np.sqrt(freedom / max(1e-12, 1 - correlation**2))
    half = len(rows) // 2
    line = (
        f"agrees with the others in {agrees[:half].mean():.0%} of the first {half} answers and in"
        f" {agrees[half:].mean():.0%} of the {len(rows) - half} after"
    )
    return Finding(NAME, (work.workers[who],), float(t.cdf(statistic, freedom)), line)


def _without(values: Floats, explained_by: Floats) -> Floats:
    """Return what a straight line over `explained_by` leaves of the values."""
    x = explained_by - explained_by.mean()
    squares = float((x**2).sum())
    rest: Floats = values - values.mean()
    return rest if squares == 0 else rest - x * float((x * rest).sum()) / squares


def _correlation(x: Floats, y: Floats) -> float:
    x, y = x - x.mean(), y - y.mean()
    norm = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return 0.0 if norm < 1e-12 else float((x * y).sum()) / norm
