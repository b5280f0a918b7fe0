"""Whether people genuinely differ about items, so that an error rate is the wrong question.

Where one truth stands behind every item and people miss it at one common rate, disagreement is
spread over the items as chance spreads it. Where the items themselves divide people, some gather
far more of it, and others none. The statistic is the variance of the disagreement over the items,
held against crowds that are drawn under the common rate (a parametric bootstrap).

Votes alone cannot tell an item that is hard from one that is a matter of opinion; in both, the
distribution of its votes says more than its most frequent label.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from aggregation.quality.human_error import single_accuracy
from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Floats, Integers

DRAWS = 500
"""Crowds that are drawn under one common error rate."""
DIVIDED = 2 / 3
"""An item divides people where no label has more than this share of its votes."""
LEVEL = 0.01
"""Highest p-value at which one common error rate is ruled out."""
EXCESS = 0.1
"""Share of the items that must divide people beyond what errors explain: with many items, the test
alone would call every task subjective that has a few hard items."""


@dataclass(frozen=True, slots=True)
class Subjectivity:
    """How disagreement is spread over the items.

    Attributes:
        spread: Its variance, over what one common error rate gives on average; about 1 where
            people err alike everywhere.
        p_value: How often one common error rate gives at least that variance.
        divided: Share of the items that divide people.
        divided_by_error: The same share under one common error rate.
        items: How many items have two votes or more.
    """

    spread: float
    p_value: float
    divided: float
    divided_by_error: float
    items: int

    @property
    def is_subjective(self) -> bool:
        """Whether one common error rate is ruled out, and many items divide people beyond it."""
        return self.p_value <= LEVEL and self.divided - self.divided_by_error >= EXCESS


def subjectivity(votes: pd.DataFrame, labels: int, *, seed: int) -> Subjectivity:
    """Test whether one common error rate explains how people disagree.

    Args:
        votes: The frame `task, worker, label`, given independently.
        labels: How many labels the control offers, at least 2.
        seed: Of the crowds that are drawn.

    Returns:
        The test, with its p-value.

    Raises:
        NotEnoughVotes: Fewer than two items have two votes.
    """
    table = votes.groupby(["task", "label"]).size().unstack("label", fill_value=0)
    counts: Integers = table.to_numpy(dtype=np.int64)
    counts = counts[counts.sum(axis=1) > 1]
    if len(counts) < 2:
        raise NotEnoughVotes(
            "Too few items were answered by two people to tell whether people differ",
            hint="Give more items to two reviewers (policy.votes).",
        )
    sizes = counts.sum(axis=1)
    pairs = sizes * (sizes - 1)
    agreeing = (counts * (counts - 1)).sum() / pairs.sum()
    accuracy = single_accuracy(float(agreeing), labels)
    shares = np.full(labels, (1 - accuracy) / (labels - 1))
    shares[0] = accuracy
    rng = np.random.default_rng(seed)
    drawn = [rng.multinomial(sizes, shares).astype(np.int64) for _ in range(DRAWS)]
    observed = _variance(counts)
    expected = np.array([_variance(crowd) for crowd in drawn])
    return Subjectivity(
        spread=float(observed / expected.mean()) if expected.mean() else 1.0,
        p_value=float((1 + (expected >= observed).sum()) / (1 + DRAWS)),
        divided=_divided(counts),
        divided_by_error=float(np.mean([_divided(crowd) for crowd in drawn])),
        items=len(counts),
    )


def soft_labels(votes: pd.DataFrame) -> pd.DataFrame:
    """Return the distribution of people's labels, a row per task; rows sum to 1."""
    counts = votes.groupby(["task", "label"]).size().unstack("label", fill_value=0)
    return counts.div(counts.sum(axis=1), axis=0)


def _variance(counts: Integers) -> float:
    sizes = counts.sum(axis=1)
    pairs = sizes * (sizes - 1)
    disagreement: Floats = 1 - (counts * (counts - 1)).sum(axis=1) / pairs
    mean = np.average(disagreement, weights=pairs)
    return float(np.average((disagreement - mean) ** 2, weights=pairs))


def _divided(counts: Integers) -> float:
    return float((counts.max(axis=1) <= DIVIDED * counts.sum(axis=1) + 1e-9).mean())
