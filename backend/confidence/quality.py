"""How good a confidence is: expected calibration error and AUROC."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


BINS = 10
"""Bins of equal width that [0, 1] is cut into."""


def bin_of(confidence: Floats) -> NDArray[np.intp]:
    """Give each confidence's bin; 1 belongs to the last."""
    return np.minimum((confidence * BINS).astype(np.intp), BINS - 1)


def expected_calibration_error(confidence: Floats, right: Bools) -> float:
    """Average the gap between stated confidence and accuracy over bins of equal width.

    Args:
        confidence: Stated probability that the answer is right, shape (answers,).
        right: Whether it was, shape (answers,).

    Returns:
        The mean gap, each bin weighted by its answers; 0 is best.
    """
    place = bin_of(confidence)
    stated = np.bincount(place, weights=confidence, minlength=BINS)
    observed = np.bincount(place, weights=right, minlength=BINS)
    return float(np.abs(stated - observed).sum() / len(confidence))


def auroc(confidence: Floats, right: Bools) -> float:
    """Tell how well confidence ranks right answers above wrong ones.

    Returns:
        Probability that a right answer has the higher confidence, ties counted half; NaN where
        all answers are right or all are wrong.
    """
    from scipy.stats import rankdata  # takes 0.4 s, which the service's start need not

    rights, wrongs = int(right.sum()), int((~right).sum())
    if not rights or not wrongs:
        return float("nan")
    ranks = rankdata(confidence)
    return float((ranks[right].sum() - rights * (rights + 1) / 2) / (rights * wrongs))
