"""Runs: the same answer again and again, more often than the items at hand explain."""

from collections.abc import Sequence

import numpy as np

from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.permutation import permutation_p, shuffles_within
from labeling.mathtypes import Floats, Indices

NAME = "runs"

FEWEST = 10
"""Answers that a person must have given."""

AROUND = 40
"""Answers that follow each other and among which a person's answers are exchanged: so few that what
is asked, and how hard it is, hardly changes among them."""


def runs(work: Work) -> Sequence[Finding]:
    """Find people who repeat their last answer more often than the order of the items explains.

    The null hypothesis: of answers that were given at about the same time and asked for in the same
    way, on items of which the others say the same, it does not matter which comes when. So a
    person's answers are shuffled among such, which keeps how skilled and how one-sided they are,
    what the items are, and how they change along the work.

    Args:
        work: With answers in the order in which they were given, not of free texts.

    Returns:
        A finding of each person with enough answers.
    """
    if work.is_free_text:
        return []
    return [_of_person(work, who, rows) for who, rows in work.people_with(FEWEST)]


def _of_person(work: Work, who: int, rows: Indices) -> Finding:
    labels, strata = work.crowd.label[rows], _strata(work, rows)
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


def _strata(work: Work, rows: Indices) -> Indices:
    """Return which of a person's answers may be exchanged: those of one number."""
    about = np.arange(len(rows)) // AROUND
    alike = np.stack([about, work.of_asking[rows], work.crowd.majority[rows]], axis=1)
    numbers: Indices = np.unique(alike, axis=0, return_inverse=True)[1].ravel()
    return numbers
