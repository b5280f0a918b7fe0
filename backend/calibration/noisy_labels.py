"""People's answers, which may be wrong or opinions, beside what the model believes of the texts.

People err. Each answer comes with the probability that it is right, and everything that is fitted
or judged here explains the answers as the truth seen through that noise (the forward correction of
Patrini et al., "Making Deep Neural Networks Robust to Label Noise", CVPR 2017), so that careless
people do not make the model look unsure of what it knows.

Where people are asked for their opinion nobody errs. What is to come true then is the share of
people who give each label: what is fitted or judged is held against all of them, by cross-entropy.
"""

from dataclasses import dataclass, replace

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
        shares: The share of people who give each label, shape (answers, labels), where their
            opinion is asked, so that the answer is but the most frequent one; None: it is not.
    """

    log_probabilities: Floats
    answers: Indices
    reliability: Floats
    shares: Floats | None = None

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
    def top(self) -> Indices:
        """The label that the model finds most probable, as an index, shape (answers,)."""
        top: Indices = self.log_probabilities.argmax(axis=1)
        return top

    @property
    def said(self) -> Floats:
        """The share of each label in what people said: all of it the answer's, or their opinions.

        Of shape (answers, labels); each row sums to 1.
        """
        return np.eye(self.labels)[self.answers] if self.shares is None else self.shares

    @property
    def agrees(self) -> Floats:
        """The share of what people said that the label is which the model finds most probable.

        Of shape (answers,): 1 or 0, but for opinions.
        """
        if self.shares is None:
            agreed: Floats = (self.answers == self.top).astype(np.float64)
            return agreed
        agrees: Floats = self.shares[np.arange(len(self)), self.top]
        return agrees

    @property
    def trust(self) -> Floats:
        """The reliability, never less than chance, where an answer says nothing; 1 of opinions."""
        if self.shares is not None:
            return np.ones(len(self))
        return np.maximum(self.reliability, 1 / self.labels)

    @property
    def by_mistake(self) -> Floats:
        """Probability of each answer where another label is the truth, shape (answers,)."""
        return (1 - self.trust) / max(self.labels - 1, 1)

    def part(self, where: Bools) -> "NoisyLabels":
        """Return the answers that a mask picks."""
        return NoisyLabels(
            self.log_probabilities[where],
            self.answers[where],
            self.reliability[where],
            None if self.shares is None else self.shares[where],
        )

    def with_beliefs(self, probabilities: Floats) -> "NoisyLabels":
        """Return the same answers beside another belief, shape (answers, labels)."""
        log_probabilities = np.log(np.maximum(probabilities, TINY))
        return replace(self, log_probabilities=log_probabilities)

    def log_loss(self, probabilities: Floats) -> Floats:
        """Judge beliefs by the answers, which may be wrong, or by people's opinions.

        Args:
            probabilities: Of every label, shape (answers, labels).

        Returns:
            Negative natural logs of the answers' likelihood, the mean over people's opinions, shape
            (answers,).
        """
        if self.shares is None:
            of_answer = probabilities[np.arange(len(self)), self.answers]
            informative = self.trust - self.by_mistake
            loss: Floats = -np.log(self.by_mistake + informative * of_answer + TINY)
            return loss
        # Of opinions everybody's is taken as it is: nobody errs.
        mean: Floats = -(self.shares * np.log(probabilities + TINY)).sum(axis=1)
        return mean


def folds(answers: int) -> Indices:
    """Cut answers at random, always in the same way, into `FOLDS` parts: the part of each."""
    part: Indices = np.random.default_rng(0).permutation(answers) % FOLDS
    return part


def standard_error(differences: Floats) -> float:
    """Return the standard error of a mean."""
    if len(differences) < 2:
        return float("inf")
    return float(differences.std(ddof=1) / np.sqrt(len(differences)))
