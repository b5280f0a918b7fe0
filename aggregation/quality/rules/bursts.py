"""Bursts: answers saved in quick succession, with pauses between."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.permutation import permutation_p, shuffles_within
from labeling.mathtypes import Floats, Indices

NAME = "bursts"

FEWEST = 30
"""Gaps between answers that a person's rhythm needs."""

SHORT = 0.25
"""The share of a person's gaps that count as short for them."""

AROUND = 41
"""Gaps around each one that tell the pace at that time."""

BREAK = 10.0
"""Times a person's median gap from which on a gap is a break, and no pace."""


def bursts(work: Work) -> Sequence[Finding]:
    """Find people whose short gaps follow each other.

    The gaps between somebody's answers are taken beside their pace at the time, so that practice
    and tiredness are no bursts. The null hypothesis: what is left comes in any order. Answers that
    were saved together, as a page is, count once.

    Args:
        work: With times of submission.

    Returns:
        A finding of each person with enough gaps.
    """
    at = work.answers["submitted_at"]
    seconds = (at - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(np.float64)
    found = []
    for who, rows in enumerate(work.rows_by_worker()):
        times = seconds[rows]
        gaps = np.diff(times[~np.isnan(times)])
        gaps = gaps[gaps > 0]
        gaps = gaps[gaps < BREAK * np.median(gaps)] if len(gaps) else gaps
        if len(gaps) >= FEWEST:
            found.append(_of_person(work.workers[who], who, gaps))
    return found


def _of_person(name: str, who: int, gaps: Floats) -> Finding:
    pace = pd.Series(gaps).rolling(AROUND, center=True, min_periods=1).median().to_numpy()
    beside = gaps / pace
    is_short = beside <= np.quantile(beside, SHORT)
    observed = int((is_short[1:] & is_short[:-1]).sum())
    rng = np.random.default_rng([who, len(gaps)])
    together: Indices = np.zeros(len(gaps), dtype=np.intp)
    drawn: list[Floats] = []

    def draw(count: int) -> Floats:
        shuffled = is_short[shuffles_within(together, count, rng)]
        pairs: Floats = (shuffled[:, 1:] & shuffled[:, :-1]).sum(axis=1).astype(np.float64)
        drawn.append(pairs)
        return pairs

    p_value = permutation_p(observed, draw)
    expected = float(np.concatenate(drawn).mean())
    line = (
        f"{observed} short gaps of {len(gaps)} follow a short one, {expected:.0f} expected; half"
        f" of the short ones are below {np.median(gaps[is_short]):.1f} s"
    )
    return Finding(NAME, (name,), p_value, line)
