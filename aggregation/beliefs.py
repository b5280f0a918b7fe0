"""What the model believes of a task, and how that reads as the probability of every label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Posterior = dict[str, float]
"""Probability of every label, which sums to 1; where answers are open, of the likeliest alone."""


@dataclass(frozen=True, slots=True)
class PartBelief:
    """What the model believes of its answer to one control of a form.

    Attributes:
        confidence: Probability that the answer is right, in [0, 1].
        distribution: Where one candidate is the answer, the probability of each. Where the answer
            is made of several, each one's own: by label, or by span, `[0,5,"PER"]`.
    """

    confidence: float
    distribution: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Belief:
    """What the model believes of one task.

    Attributes:
        label: Its answer.
        confidence: Probability that the answer is right, in [0, 1].
        distribution: Probability of every candidate; may be empty where only `confidence` is known.
        model_version: The version that answered.
        calibrated: Whether people's answers stand behind `confidence`; only then is it believed.
        parts: Of an answer to a form, what stands behind each control's, by the control's name.
    """

    label: str
    confidence: float
    distribution: Mapping[str, float] = field(default_factory=dict)
    model_version: str = ""
    calibrated: bool = False
    parts: Mapping[str, PartBelief] = field(default_factory=dict)


def spread(belief: Belief, labels: Sequence[str]) -> Posterior:
    """Write a belief as the probability of every label.

    The answer keeps its `confidence`, which is what was calibrated; the rest goes to the other
    labels as the distribution shares it out, evenly where it does not say.

    Args:
        belief: What the model says of a task.
        labels: Every label, in the order of the result.

    Returns:
        The probability of each label; they sum to 1.
    """
    others = {label: belief.distribution.get(label, 0.0) for label in labels}
    others.pop(belief.label, None)
    total = sum(others.values())
    rest = 1.0 - belief.confidence
    shares = {
        label: rest * (p / total if total > 0 else 1 / len(others)) for label, p in others.items()
    }
    return {label: shares.get(label, belief.confidence) for label in labels}
