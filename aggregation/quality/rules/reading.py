"""Reading: time that does not grow with the length of the text, as it does where people read it."""

from collections.abc import Sequence

import numpy as np

from aggregation.quality.rules.among_people import unusually_high
from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.times import log_seconds

NAME = "reading"

FEWEST = 20
"""Answers with a time that a person's slope needs."""


def reading(work: Work) -> Sequence[Finding]:
    """Find people whose time follows the length of the text less than other people's does.

    Whoever reads a text twice as long takes longer, by a share that differs from person to person.
    The null hypothesis: a person's slope of log-seconds over log-words is spread among honest
    people as it is among these. Where people do not take longer for longer texts, nobody's slope
    stands out.

    Args:
        work: With seconds and texts.

    Returns:
        A finding of each person with enough measured answers on texts of differing lengths.
    """
    logs, words = log_seconds(work), work.log_words
    people, slopes, variances, sizes = [], [], [], []
    for who, timed in work.people_with(FEWEST, ~np.isnan(logs)):
        x = words[timed] - words[timed].mean()
        squares = float((x**2).sum())
        if squares == 0:
            continue
        y = logs[timed] - logs[timed].mean()
        slope = float((x * y).sum()) / squares
        people.append(work.workers[who])
        slopes.append(slope)
        variances.append(float(((y - slope * x) ** 2).sum()) / (len(timed) - 2) / squares)
        sizes.append(len(timed))
    if not people:
        return []
    p_values = unusually_high(-np.array(slopes), np.array(variances))
    usual = 2 ** float(np.median(slopes))
    return [
        Finding(
            NAME,
            (who,),
            float(p_value),
            f"takes {2**slope:.2f} times as long for a text of twice the length, others"
            f" {usual:.2f} times; {size} answers",
        )
        for who, slope, p_value, size in zip(people, slopes, p_values, sizes, strict=True)
    ]
