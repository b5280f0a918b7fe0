"""How good a confidence is: ECE, AUROC, Brier score and log loss, computed here alone.

Everywhere `confidence` holds probabilities in [0, 1] that answers are right, shape (answers,), and
`right` whether they were, shape (answers,).
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Bools, Floats, Indices

Numbers: TypeAlias = Sequence[float] | Floats
Flags: TypeAlias = Sequence[bool] | Bools
Outcomes: TypeAlias = Flags | Floats

BINS = 10
"""Bins of equal width that [0, 1] is cut into."""


def bin_of(confidence: Floats) -> Indices:
    """Return each confidence's bin of equal width, from 0; 1 belongs to the last."""
    return np.minimum((confidence * BINS).astype(np.intp), BINS - 1)


def expected_calibration_error(confidence: Numbers, right: Outcomes) -> float:
    """Return the mean gap between stated confidence and accuracy, over bins of equal width.

    The bins are those of Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), ten
    of equal width, so that figures compare with published ones and with each other whatever the
    confidences are. Of few answers the estimate is too high: chance alone leaves a gap in each
    bin.

    Args:
        confidence: Stated probabilities.
        right: What came of them: right or wrong, or the share of people who agreed.

    Returns:
        The gap in [0, 1], each bin weighted by its answers; 0 is best.

    Raises:
        NotEnoughVotes: There is no answer.

    Examples:
        >>> round(expected_calibration_error([0.9] * 5, [True, True, True, False, False]), 2)
        0.3
    """
    claimed, _ = checked(confidence, right)
    came_true = np.asarray(right, dtype=np.float64)
    place = bin_of(claimed)
    stated = np.bincount(place, weights=claimed, minlength=BINS)
    observed = np.bincount(place, weights=came_true, minlength=BINS)
    return float(np.abs(stated - observed).sum() / len(claimed))


def auroc(confidence: Numbers, right: Flags) -> float:
    """Return the probability that a right answer has a higher confidence than a wrong one.

    Args:
        confidence: Stated probabilities.
        right: What came of them.

    Returns:
        The probability in [0, 1], ties counted half; NaN where all answers are right or all are
        wrong.

    Raises:
        NotEnoughVotes: There is no answer.

    Examples:
        >>> auroc([0.9, 0.6, 0.7], [True, False, True])
        1.0
    """
    from scipy.stats import rankdata  # takes 0.4 s, which no program's start need

    claimed, came_true = checked(confidence, right)
    rights, wrongs = int(came_true.sum()), int((~came_true).sum())
    if not rights or not wrongs:
        return float("nan")
    ranks = rankdata(claimed)
    return float((ranks[came_true].sum() - rights * (rights + 1) / 2) / (rights * wrongs))


def brier(confidence: Numbers, right: Flags) -> float:
    """Return the mean squared distance of confidence from the truth: 0 at best, 1 at worst.

    Args:
        confidence: Stated probabilities.
        right: What came of them.

    Raises:
        NotEnoughVotes: There is no answer.

    Examples:
        >>> brier([1.0, 0.5], [True, False])
        0.125
    """
    claimed, came_true = checked(confidence, right)
    return float(np.mean((claimed - came_true) ** 2))


def log_loss(confidence: Numbers, right: Flags) -> float:
    """Return the mean negative log-probability of what happened, in nats; finite at 0 and 1.

    Args:
        confidence: Stated probabilities.
        right: What came of them.

    Raises:
        NotEnoughVotes: There is no answer.

    Examples:
        >>> round(log_loss([0.5, 0.5], [True, False]), 4)
        0.6931
    """
    claimed, came_true = checked(confidence, right)
    believed = np.where(came_true, claimed, 1 - claimed)
    return float(-np.mean(np.log(np.clip(believed, np.finfo(np.float64).eps, 1.0))))


def checked(confidence: Numbers, right: Outcomes) -> tuple[Floats, Bools]:
    """Return confidences and outcomes as arrays of one shape, (answers,).

    Args:
        confidence: Stated probabilities.
        right: What came of them.

    Raises:
        NotEnoughVotes: There is no answer.
        ValueError: The two do not fit each other, or a confidence is no probability.
    """
    claimed = np.asarray(confidence, dtype=np.float64)
    came_true = np.asarray(right, dtype=np.bool_)
    if claimed.shape != came_true.shape or claimed.ndim != 1:
        raise ValueError(f"{claimed.shape} confidences do not fit {came_true.shape} outcomes")
    if claimed.size == 0:
        raise NotEnoughVotes(
            "Calibration needs answers that people checked", hint="Have people check some items."
        )
    if not ((claimed >= 0) & (claimed <= 1)).all():
        raise ValueError("A confidence is not a number in [0, 1]")
    return claimed, came_true
