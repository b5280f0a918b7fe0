"""From the probability that one answer is right to a distribution over all labels."""

import numpy as np

from backend.confidence.rescale_top import with_top
from labeling.mathtypes import Floats

ABOVE_EVEN = 1e-3
"""By so much, relatively, an answer stays at least above even odds."""

TINY = 1e-300
"""Keeps the logarithm of what is thought impossible finite."""


def as_distribution(shares: Floats, confidence: Floats) -> Floats:
    """Set the probability of each row's top label; the others share the rest.

    The answer stays the answer: one that is less probable than even odds is lifted just above them,
    the less the less probable it is, so that the order of confidences never changes.

    Args:
        shares: Probabilities, shape (texts, labels); the others share the rest in their proportion,
            and evenly where they have none. See `with_top`.
        confidence: That the top label is right, in [0, 1], shape (texts,).

    Returns:
        Natural-log probabilities, shape (texts, labels).
    """
    least = (1 + ABOVE_EVEN * (1 + confidence)) / shares.shape[1]
    probabilities = with_top(shares, np.minimum(np.maximum(confidence, least), 1.0))
    logs: Floats = np.log(np.maximum(probabilities, TINY))
    return logs


def label_as_distribution(answer: int, confidence: float, labels: int) -> Floats:
    """Set the probability of one label; the others share the rest evenly.

    Args:
        answer: The label's index.
        confidence: That it is right, in [0, 1].
        labels: How many labels there are.

    Returns:
        Natural-log probabilities, shape (labels,).
    """
    logs: Floats = as_distribution(np.eye(labels)[[answer]], np.array([confidence]))[0]
    return logs
