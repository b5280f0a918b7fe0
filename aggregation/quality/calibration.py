"""How honest a confidence is, as curves: reliability, and risk against coverage.

Everywhere `confidence` holds probabilities in [0, 1] that answers are right, and `correct` whether
they were, one per item.
"""

import numpy as np
import pandas as pd

from aggregation.quality.intervals import wilson
from labeling.metrics import Flags, Numbers, checked


def reliability(confidence: Numbers, correct: Flags, bins: int = 10) -> pd.DataFrame:
    """Compare what was claimed with what was right, in bins of about equally many items.

    Items of equal confidence stay in one bin, so there may be fewer bins than asked for.

    Args:
        confidence: Stated probabilities in [0, 1], one per item.
        correct: What came of them.
        bins: How many bins are wanted.

    Returns:
        A row per bin: `count`, `confidence` (mean), `accuracy`, `low` and `high` (Wilson, 95%).

    Raises:
        NotEnoughVotes: There is no item.
    """
    claimed, right = checked(confidence, correct)
    _, ranks, counts = np.unique(claimed, return_inverse=True, return_counts=True)
    middles = np.cumsum(counts) - counts / 2
    of_value = np.minimum((middles / len(claimed) * bins).astype(int), bins - 1)
    items = pd.DataFrame({"bin": of_value[ranks], "confidence": claimed, "right": right})
    table = (
        items.groupby("bin")
        .agg(count=("right", "size"), confidence=("confidence", "mean"), accuracy=("right", "mean"))
        .reset_index(drop=True)
    )
    hits = items.groupby("bin")["right"].sum()
    intervals = [wilson(int(k), int(n)) for k, n in zip(hits, table["count"], strict=True)]
    return table.assign(low=[i.low for i in intervals], high=[i.high for i in intervals])


def risk_coverage(
    confidence: Numbers, correct: Flags, weights: Numbers | None = None
) -> pd.DataFrame:
    """Follow the error rate as ever less confident answers are kept.

    Args:
        confidence: Of each answer.
        correct: Whether each answer was right.
        weights: How many items each one stands for, where they are an uneven sample; None: one.

    Returns:
        A row for each distinct confidence, falling: `threshold`, `coverage` (share of items kept)
        and `risk` (share of wrong answers among the items kept).

    Raises:
        NotEnoughVotes: There is no item.
    """
    claimed, right = checked(confidence, correct)
    masses = np.ones_like(claimed) if weights is None else np.asarray(weights, dtype=np.float64)
    items = pd.DataFrame({"threshold": claimed, "kept": masses, "wrong": masses * ~right})
    sums = items.groupby("threshold").sum().sort_index(ascending=False).cumsum().reset_index()
    return pd.DataFrame(
        {
            "threshold": sums["threshold"],
            "coverage": sums["kept"] / masses.sum(),
            "risk": sums["wrong"] / sums["kept"],
        }
    )
