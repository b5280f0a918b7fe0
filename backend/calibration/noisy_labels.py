"""People's answers, which may be wrong, beside what the model believes of the same texts.

People err. Each answer comes with the probability that it is right, and everything that is fitted
or judged here explains the answers as the truth seen through that noise (the forward correction of
Patrini et al., "Making Deep Neural Networks Robust to Label Noise", CVPR 2017), so that careless
people do not make the model look unsure of what it knows.
"""

from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Bools, Floats, Indices

FOLDS = 5
"""Parts that answers are cut into where what is fitted is judged."""

TINY = 1e-300
"""Keeps the logarithm of what is thought impossible finite."""


@dataclass(frozen=True, slots=True)
class NoisyLabels:
    """Answers, and the model's belief about each.

    Attributes:
        log_probabilities: The model's natural-log probabilities, shape (answers, labels).
        answers: The label that people gave each, as an index, shape (answers,).
        reliability: Probability that each answer is right, shape (answers,); a wrong one is any
            other label alike.
    """

    log_probabilities: Floats
    answers: Indices
    reliability: Floats

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return int(self.log_probabilities.shape[1])

    @property
    def confidence(self) -> Floats:
        """Probability of the label that the model finds most probable, shape (answers,)."""
        top: Floats = np.exp(self.log_probabilities.max(axis=1))
        return np.minimum(top, 1.0)

    @property
    def agrees(self) -> Bools:
        """Whether that label is the one that people gave, shape (answers,)."""
        agrees: Bools = self.log_probabilities.argmax(axis=1) == self.answers
        return agrees

    @property
    def trust(self) -> Floats:
        """The reliability, never less than chance, where an answer says nothing."""
        return np.maximum(self.reliability, 1 / self.labels)

    @property
    def by_mistake(self) -> Floats:
        """Probability of each answer where another label is the truth, shape (answers,)."""
        return (1 - self.trust) / max(self.labels - 1, 1)

    def part(self, where: Bools) -> "NoisyLabels":
        """Return the answers that a mask picks."""
        return NoisyLabels(
            self.log_probabilities[where], self.answers[where], self.reliability[where]
        )

    def with_beliefs(self, probabilities: Floats) -> "NoisyLabels":
        """Return the same answers beside another belief, shape (answers, labels)."""
        log_probabilities = np.log(np.maximum(probabilities, TINY))
        return NoisyLabels(log_probabilities, self.answers, self.reliability)

    def log_loss(self, probabilities: Floats) -> Floats:
        """Judge beliefs by the answers, which may be wrong.

        Args:
            probabilities: Of every label, shape (answers, labels).

        Returns:
            Negative natural logs of the answers' likelihood, shape (answers,).
        """
        believed = probabilities[np.arange(len(self)), self.answers]
        loss: Floats = -np.log(self.by_mistake + (self.trust - self.by_mistake) * believed + TINY)
        return loss


def folds(answers: int) -> Indices:
    """Cut answers at random, always in the same way, into `FOLDS` parts: the part of each."""
    part: Indices = np.random.default_rng(0).permutation(answers) % FOLDS
    return part


def standard_error(differences: Floats) -> float:
    """Return the standard error of a mean."""
    if len(differences) < 2:
        return float("inf")
    return float(differences.std(ddof=1) / np.sqrt(len(differences)))
