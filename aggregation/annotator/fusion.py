"""What the model's belief becomes once an annotator labelled the text, by Bayes' rule. Pure."""

import numpy as np

from aggregation.annotator.skill import AnnotatorSkill
from labeling.mathtypes import Floats, Indices


def weighed(believed: Floats, skill: AnnotatorSkill) -> Floats:
    """Return what the model's belief counts for beside the annotator's labels, before there is one.

    Args:
        believed: What the model believes of each text, shape (..., K).
        skill: What is known of the annotator.

    Returns:
        The probability of each label, shape (..., K).
    """
    return _normalised(believed**skill.model_weight, believed)


def fused(believed: Floats, said: Indices, skill: AnnotatorSkill) -> Floats:
    """Return p(label | model, annotator) ∝ p(label | model)^a · P(annotator's label | label)^b.

    Args:
        believed: What the model believes of each text, shape (..., K).
        said: The annotator's label of it, as a place, shape (...,).
        skill: How good the annotator is, and both weights.

    Returns:
        The probability of each label, shape (..., K).

    Examples:
        >>> from aggregation.annotator.skill import fit_skill
        >>> truth = np.repeat([0, 1], 50)
        >>> skill = fit_skill(truth, truth, np.full((100, 2), 0.5))
        >>> fused(np.array([[0.6, 0.4]]), np.array([1]), skill).round(2).tolist()
        [[0.0, 1.0]]
    """
    likelihoods = skill.confusion.T[said] ** skill.weight
    return _normalised(believed**skill.model_weight * likelihoods, believed)


def _normalised(masses: Floats, believed: Floats) -> Floats:
    """Return masses as probabilities; where all are 0, since what it said is impossible, belief."""
    total: Floats = masses.sum(axis=-1, keepdims=True)
    return np.where(total > 0, masses / np.where(total > 0, total, 1.0), believed)
