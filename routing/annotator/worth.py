"""What a label of the annotator is worth: the human labels that it is expected to save. Pure.

A promise lets the model keep labels as long as their predicted errors add up to no more than may be
wrong. The most that it can keep is a fractional knapsack: the surest first, up to a *threshold* of
predicted error; every text beyond is reviewed, at the price of a human label. By the knapsack's
dual, a text with error p costs min(1, p / threshold) human labels: one where it is reviewed, else
its share of the errors that another text could have had. What an annotator's label is expected to
take off that cost is its value of information.
"""

from collections.abc import Iterable

import numpy as np

from aggregation.annotator.fusion import fused, weighed
from aggregation.annotator.skill import AnnotatorSkill
from labeling.mathtypes import Floats

MOST_LABELS = 8
"""Labels that the annotator may give a text that are looked into, the most probable ones."""

LARGEST = 2_000_000
"""Numbers that are held at a time for that."""


def threshold(errors: Iterable[float], allowed: float) -> float:
    """Return the predicted error up to which the model keeps labels.

    Args:
        errors: Predicted error of every text that nobody was asked about.
        allowed: How many labels may be wrong.

    Returns:
        That of the first text that is one too many; 1 where it keeps all.
    """
    ordered = np.sort(np.fromiter(errors, dtype=np.float64))
    beyond = ordered[np.cumsum(ordered) > allowed]
    return float(beyond[0]) if len(beyond) else 1.0


def cost(errors: Floats, thresholds: Floats) -> Floats:
    """Return what texts cost, in human labels: see the module.

    Args:
        errors: Predicted errors, of any shape.
        thresholds: The `threshold` of each, above 0; of a shape that is broadcast to theirs.
    """
    return np.minimum(1.0, errors / thresholds)


def worth(believed: Floats, skill: AnnotatorSkill, thresholds: Floats) -> Floats:
    """Return what the annotator's label of each text is expected to save.

    Args:
        believed: What the model believes of each text, shape (texts, K).
        skill: How good the annotator is.
        thresholds: The predicted error up to which the model keeps the label of each, shape
            (texts,).

    Returns:
        Human labels, 0 or more, shape (texts,).
    """
    labels = believed.shape[1]
    size = max(1, LARGEST // (labels * min(labels, MOST_LABELS)))
    parts = [
        _worth(believed[start : start + size], skill, thresholds[start : start + size])
        for start in range(0, len(believed), size)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _worth(believed: Floats, skill: AnnotatorSkill, thresholds: Floats) -> Floats:
    expected = weighed(believed, skill)
    chances = expected @ skill.confusion
    said = np.argsort(-chances, axis=1, kind="stable")[:, :MOST_LABELS]
    after = fused(believed[:, None, :], said, skill)
    present = cost(1 - expected.max(axis=1), thresholds)
    saved = present[:, None] - cost(1 - after.max(axis=2), thresholds[:, None])
    gain: Floats = (np.take_along_axis(chances, said, axis=1) * saved).sum(axis=1)
    return np.maximum(gain, 0.0)
