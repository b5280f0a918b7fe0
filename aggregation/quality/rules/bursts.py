"""Bursts: answers saved in quick succession, with pauses between, more than other people's are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from aggregation.quality.rules.among_people import unusually_high
from aggregation.quality.rules.contract import Finding, Work
from labeling.mathtypes import Floats

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
    """Find people whose short gaps follow each other more than other people's do.

    The gaps between somebody's answers are taken beside their pace at the time, so that practice
    and tiredness are no bursts. A short gap follows a short one more often than by chance with
    anybody who works in sittings, meets easy items together, or waits for a slow server. The null
    hypothesis is that by how much it does is spread among honest people as it is among these.
    Answers that were saved together, as a page is, count once.

    Args:
        work: With times of submission.

    Returns:
        A finding of each person with enough gaps.
    """
    at = work.answers["submitted_at"]
    seconds = (at - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(np.float64)
    people, excesses, variances, lines = [], [], [], []
    for who, rows in work.people_with(FEWEST, ~np.isnan(seconds)):
        gaps = np.diff(seconds[rows])
        gaps = gaps[gaps > 0]
        gaps = gaps[gaps < BREAK * np.median(gaps)] if len(gaps) else gaps
        if len(gaps) < FEWEST:
            continue
        pace = pd.Series(gaps).rolling(AROUND, center=True, min_periods=1).median().to_numpy()
        beside: Floats = gaps / pace
        is_short = beside <= np.quantile(beside, SHORT)
        short, following = int(is_short.sum()), int((is_short[1:] & is_short[:-1]).sum())
        expected, variance = _in_any_order(short, len(gaps))
        people.append(work.workers[who])
        excesses.append((following - expected) / short)
        variances.append(variance / short**2)
        lines.append(
            f"{following} of {short} short gaps follow a short one, {expected:.0f} by chance; half"
            f" of them are below {np.median(gaps[is_short]):.1f} s"
        )
    if not people:
        return []
    p_values = unusually_high(np.array(excesses), np.array(variances))
    usual = float(np.median(excesses))
    return [
        Finding(
            NAME, (who,), float(p_value), f"{line}, {excess:+.0%} where others have {usual:+.0%}"
        )
        for who, excess, p_value, line in zip(people, excesses, p_values, lines, strict=True)
    ]


def _in_any_order(short: int, gaps: int) -> tuple[float, float]:
    """Return the mean and the variance of the short gaps that follow a short one, in any order.

    They are as many as there are short gaps, less the runs of them (Wald & Wolfowitz, On a test
    whether two samples are from the same population, Annals of Mathematical Statistics 1940).
    """
    long = gaps - short
    mean = short * (short - 1) / gaps
    return mean, mean * long * (long + 1) / (gaps * (gaps - 1))
