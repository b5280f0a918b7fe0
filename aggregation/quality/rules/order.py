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

LEAST_FREEDOM = 10
"""Degrees of freedom that the test needs, once it is told what hangs on the items."""


def order(work: Work) -> Sequence[Finding]:
    """Find people who agree with the others less and less along their work.

    What is asked changes with time, so that a few things are held still. Answers are compared with
    those alone that were asked for in the same way, since a pilot, reviews and audits have items of
    different difficulty, one after the other; and, in each kind, beside how sure the model was,
    since a tab may show the most doubtful first. Votes count that were planned before anybody
    answered: those that followed a disagreement settle old ones and not yet the latest, so that
    everybody would seem to get worse. The null hypothesis: what is left has nothing to do with when
    it was answered. The test of partial correlation is the limit of the permutation test that
    exchanges answers of one kind of asking (Pitman, Significance tests which may be applied to
    samples from any populations II, JRSS Supplement 1937). It also sees honest people who get
    tired.

    Args:
        work: With answers in the order in which they were given, not of free texts.

    Returns:
        A finding of each person with enough answers.
    """
    if work.is_free_text:
        return []
    work = work.planned
    people = work.people_with(FEWEST, work.crowd.majority != NONE)
    found = (_of_person(work, who, rows) for who, rows in people)
    return [one for one in found if one is not None]


def _of_person(work: Work, who: int, rows: Indices) -> Finding | None:
    agrees = (work.crowd.label[rows] == work.crowd.majority[rows]).astype(np.float64)
    known = _known(work, rows)
    gram = known.T @ known
    freedom = len(rows) - int(np.linalg.matrix_rank(gram, hermitian=True)) - 1
    if freedom < LEAST_FREEDOM:
        return None
    places = np.linspace(-0.5, 0.5, len(rows))
    both = np.stack([places, agrees], axis=1)
    rest = both - known @ (np.linalg.pinv(gram, hermitian=True) @ (known.T @ both))
    correlation = _correlation(rest[:, 0], rest[:, 1])
    statistic = correlation * np.sqrt(freedom / max(1e-12, 1 - correlation**2))
    half = len(rows) // 2
    line = (
        f"agrees with the others in {agrees[:half].mean():.0%} of the first {half} answers and in"
        f" {agrees[half:].mean():.0%} of the {len(rows) - half} after"
    )
    return Finding(NAME, (work.workers[who],), float(t.cdf(statistic, freedom)), line)


def _known(work: Work, rows: Indices) -> Floats:
    """Return what is known of each answer's item, shape (rows, columns)."""
    kinds = work.of_asking[rows]
    by_kind = (kinds[:, None] == np.unique(kinds)).astype(np.float64)
    clearness = work.crowd.shares(rows)[np.arange(len(rows)), work.crowd.majority[rows]]
    confidence = np.nan_to_num(work.answers["confidence"].to_numpy()[rows])
    return np.column_stack([by_kind, by_kind * confidence[:, None], clearness])


def _correlation(x: Floats, y: Floats) -> float:
    norm = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return 0.0 if norm < 1e-9 else float((x * y).sum()) / norm
