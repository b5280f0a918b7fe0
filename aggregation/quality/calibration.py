"""How honest a confidence is: calibration, ranking, and risk against coverage.

Everywhere `confidence` holds probabilities in [0, 1] that answers are right, and `correct` whether
they were, one an item.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from aggregation.quality.intervals import wilson
from labeling.errors import NotEnoughVotes

Floats = npt.NDArray[np.float64]
Numbers = Sequence[float] | Floats
Flags = Sequence[bool] | npt.NDArray[np.bool_]


def reliability(confidence: Numbers, correct: Flags, bins: int = 10) -> pd.DataFrame:
    """Compare what was claimed with what was right, in bins of about equally many items.

    Items of equal confidence stay in one bin, so there may be fewer bins than asked for.

    Returns:
        A row a bin: `count`, `confidence` (mean), `accuracy`, `low` and `high` (Wilson, 95%).

    Raises:
        NotEnoughVotes: There is no item.
    """
    claimed, right = _arrays(confidence, correct)
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


def expected_calibration_error(confidence: Numbers, correct: Flags, bins: int = 10) -> float:
    """Give the mean gap between claimed and real accuracy, over bins of equal mass.

    Raises:
        NotEnoughVotes: There is no item.
    """
    table = reliability(confidence, correct, bins)
    gaps = (table["confidence"] - table["accuracy"]).abs()
    return float((gaps * table["count"]).sum() / table["count"].sum())


def auroc(confidence: Numbers, correct: Flags) -> float:
    """Give the probability that a right answer has a higher confidence than a wrong one.

    Raises:
        NotEnoughVotes: There are not both right and wrong answers.
    """
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

    claimed, right = _arrays(confidence, correct)
    if right.all() or not right.any():
        raise NotEnoughVotes(
            "AUROC needs answers that were right and answers that were wrong",
            hint="Have people check more items.",
        )
    return float(roc_auc_score(right, claimed))


def brier(confidence: Numbers, correct: Flags) -> float:
    """Give the mean squared distance of confidence from the truth, 0 at best, 1 at worst.

    Raises:
        NotEnoughVotes: There is no item.
    """
    claimed, right = _arrays(confidence, correct)
    return float(np.mean((claimed - right) ** 2))


def log_loss(confidence: Numbers, correct: Flags) -> float:
    """Give the mean negative log-probability of what happened, in nats; finite at 0 and 1.

    Raises:
        NotEnoughVotes: There is no item.
    """
    claimed, right = _arrays(confidence, correct)
    believed = np.where(right, claimed, 1 - claimed)
    return float(-np.mean(np.log(np.clip(believed, np.finfo(np.float64).eps, 1.0))))


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
    claimed, right = _arrays(confidence, correct)
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


def area_under_risk_coverage(
    confidence: Numbers, correct: Flags, weights: Numbers | None = None
) -> float:
    """Give the mean risk over all coverages: 0 at best, the error rate for a random order.

    Raises:
        NotEnoughVotes: There is no item.
    """
    curve = risk_coverage(confidence, correct, weights)
    return float((curve["risk"] * curve["coverage"].diff().fillna(curve["coverage"])).sum())


def _arrays(confidence: Numbers, correct: Flags) -> tuple[Floats, npt.NDArray[np.bool_]]:
    claimed = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(correct, dtype=np.bool_)
    if claimed.shape != right.shape or claimed.ndim != 1:
        raise ValueError(f"{claimed.shape} confidences do not fit {right.shape} outcomes")
    if claimed.size == 0:
        raise NotEnoughVotes(
            "Calibration needs answers that people checked", hint="Have people check some items."
        )
    if not ((claimed >= 0) & (claimed <= 1)).all():
        raise ValueError("A confidence is not a number in [0, 1]")
    return claimed, right
