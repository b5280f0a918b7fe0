"""What the model's belief becomes once an annotator labelled the text, by Bayes' rule. Pure."""

import numpy as np

from aggregation.annotator.skill import AnnotatorSkill
from labeling.mathtypes import Floats, Indices


def fused(believed: Floats, said: Indices, skill: AnnotatorSkill) -> Floats:
    """Return p(label | model, annotator) ∝ p(label | model) · P(annotator's label | label)^weight.

    Args:
        believed: What the model believes of each text, shape (..., K).
        said: The annotator's label of it, as a place, shape (...,).
        skill: How good the annotator is.

    Returns:
        The probability of each label, shape (..., K).

    Examples:
        >>> from aggregation.annotator.skill import fit_skill
        >>> truth = np.repeat([0, 1], 50)
        >>> skill = fit_skill(truth, truth, np.full((100, 2), 0.5))
        >>> fused(np.array([[0.6, 0.4]]), np.array([1]), skill).round(2).tolist()
        [[0.0, 1.0]]
    """
    masses = believed * skill.confusion.T[said] ** skill.weight
    total: Floats = masses.sum(axis=-1, keepdims=True)
    # Where all is impossible, what it said is: the belief stands.
    return np.where(total > 0, masses / np.where(total > 0, total, 1.0), believed)
