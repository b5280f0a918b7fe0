"""Another probability for the top label, while the others share the rest as before."""

import numpy as np

from labeling.mathtypes import Floats

TIE = 1e-9
"""By so much, relatively, the top label stays above the others."""


def with_top(probabilities: Floats, confidence: Floats) -> Floats:
    """Set the probability of every row's top label; the others share the rest as before.

    The top label stays the top one wherever it can: where another would get more than it, the
    others' shares move towards even ones, no further than needed.

    Args:
        probabilities: Shape (texts, labels).
        confidence: The top labels' new probabilities, shape (texts,).

    Returns:
        Probabilities that sum to 1, shape (texts, labels).
    """
    texts, labels = probabilities.shape
    if labels == 1:
        return np.ones_like(probabilities)
    rows, top = np.arange(texts), probabilities.argmax(axis=1)
    others = probabilities.copy()
    others[rows, top] = 0.0
    even = np.full_like(others, 1 / (labels - 1))
    even[rows, top] = 0.0
    left = others.sum(axis=1, keepdims=True)
    shares = np.divide(others, left, out=even.copy(), where=left > 0)
    rest = (1 - confidence)[:, None]
    largest, least = shares.max(axis=1, keepdims=True), 1 / (labels - 1)
    excess = rest * largest - confidence[:, None] * (1 - TIE)
    room = np.maximum(rest * (largest - least), TIE)
    towards_even = np.clip(excess / room, 0.0, 1.0)
    changed: Floats = rest * (shares + towards_even * (even - shares))
    changed[rows, top] = confidence
    return changed
