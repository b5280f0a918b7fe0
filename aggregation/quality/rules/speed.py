"""Speed: a pace that is unusual in the direction in which known answers go wrong.

Fast is not bad in itself: on some crowds fast answers are right more often, on others slow ones.
So whether fast or slow is bad is learned from how people answered this project's control tasks;
until they show it, the rule says nothing.
"""

from collections.abc import Sequence

import numpy as np

from aggregation.quality.rules.among_people import learned_directions, unusually_high
from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.times import beside_others
from labeling.mathtypes import Floats

NAME = "speed"

FEWEST = 10
"""Answers with a time that a person's pace needs."""


def speed(work: Work) -> Sequence[Finding]:
    """Find people whose pace on the same items is unlike other people's, to the bad side.

    The null hypothesis: the log of a person's pace, beside other people's time for the same items
    and texts of that length, is spread among honest people as it is among these.

    Args:
        work: With seconds, and known answers of control tasks.

    Returns:
        A finding of each person with enough measured answers, where a direction is shown.
    """
    beside = beside_others(work)
    people = [*work.people_with(FEWEST, ~np.isnan(beside))]
    directions = learned_directions(_contributions(work, beside))
    pace = np.array([np.median(beside[rows]) for _, rows in people])
    # A median's variance is π/2 times a mean's.
    variances = np.array(
        [np.pi / 2 * np.var(beside[rows], ddof=1) / len(rows) for _, rows in people]
    )
    p_by_direction = {sign: unusually_high(-sign * pace, variances) for sign in (-1, 1)}
    findings = []
    for place, (who, rows) in enumerate(people):
        better = int(directions[who])
        if better == 0:
            continue
        bad, times = ("fast", "faster") if better > 0 else ("slow", "slower")
        ratio = float(np.exp(abs(pace[place])))
        own = "faster" if pace[place] < 0 else "slower"
        findings.append(
            Finding(
                NAME,
                (work.workers[who],),
                float(p_by_direction[better][place]),
                f"{ratio:.1f} times {own} than others on the same items, median of {len(rows)}"
                f" answers; known answers are wrong more often where people are {times} ({bad} is"
                " bad here)",
            )
        )
    return findings


def _contributions(work: Work, beside: Floats) -> Floats:
    """Return, a person, how far known answers that took longer were right more often."""
    used = work.is_control & ~np.isnan(beside)
    sums = np.zeros(len(work.workers))
    if used.any():
        right = work.is_right[used] - work.is_right[used].mean()
        longer = beside[used] - beside[used].mean()
        np.add.at(sums, work.of_worker[used], right * longer)
    return sums
