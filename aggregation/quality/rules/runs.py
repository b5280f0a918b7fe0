"""Runs: the same answer again and again, more often than the items at hand explain."""

from collections.abc import Sequence

import numpy as np

from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.permutation import permutation_p, shuffles_within
from labeling.mathtypes import Floats, Indices

NAME = "runs"

FEWEST = 10
"""Answers that a person must have given."""


def runs(work: Work) -> Sequence[Finding]:
    """Find people who repeat their last answer more often than the order of the items explains.

    The null hypothesis: among items of which the others say the same, it does not matter which of
    a person's answers comes when. So their answers are shuffled among such items, which keeps how
    skilled and how one-sided they are, and what the items are.

    Args:
        work: With answers in the order in which they were given, not of free texts.

    Returns:
        A finding of each person with enough answers.
    """
    if work.is_free_text:
        return []
    return [
        _of_person(work, who, rows)
        for who, rows in enumerate(work.rows_by_worker())
        if len(rows) >= FEWEST
    ]


def _of_person(work: Work, who: int, rows: Indices) -> Finding:
    labels, strata = work.crowd.label[rows], work.crowd.majority[rows]
    rng = np.random.default_rng([who, len(rows)])
    observed = int((labels[1:] == labels[:-1]).sum())
    drawn: list[Floats] = []

    def draw(count: int) -> Floats:
        shuffled = labels[shuffles_within(strata, count, rng)]
        repeats: Floats = (shuffled[:, 1:] == shuffled[:, :-1]).sum(axis=1).astype(np.float64)
        drawn.append(repeats)
        return repeats

    p_value = permutation_p(observed, draw)
    expected = float(np.concatenate(drawn).mean())
    line = (
        f"repeats the answer before in {observed} of {len(rows) - 1} answers, {expected:.0f}"
        " expected on these items"
    )
    return Finding(NAME, (work.workers[who],), p_value, line)
