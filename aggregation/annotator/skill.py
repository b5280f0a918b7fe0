"""How good an annotator is: what it says of each true label, by people's answers. Pure.

The confusion matrix of Dawid and Skene (1979), whose rows have Dirichlet priors. A row with few
texts is shrunk to what all rows have in common: how often the annotator is right at all.

Its errors may be those of the model, since what is hard for one is often hard for the other. Taken
as independent, its labels would then make beliefs too sure. So both count with a *weight*, as in a
log-linear opinion pool (Genest and Zidek, *Combining Probability Distributions*, 1986). The
annotator's is 1 where its errors are independent of the model's given the true label, and 0 where
it says nothing that the model does not. The model's is 1 where its belief is calibrated. It need
not be: what the annotator confirms is not reviewed, so that the model learns from those of the
texts in doubt that it is wrong about, and is then less sure of the others than it should be. Both
weights are learned from the same answers, each of them left out of the confusion that it is
predicted by.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from labeling.mathtypes import Floats, Indices

STRENGTH = 3.0
"""Texts that a row's prior counts for."""

WEIGHTS = np.linspace(0.0, 1.5, 16)
"""Weights that are tried; before anything is known each is as probable as the others."""

MODEL_WEIGHTS = np.exp(np.linspace(-0.7, 0.7, 15))
"""Weights of the model's belief that are tried."""

SURE = 0.9
"""How sure is sure enough that its labels count for something."""

SPREAD = 0.4
"""Standard deviation of the logarithm of the model's weight, before anything is known."""


@dataclass(frozen=True)
class AnnotatorSkill:
    """What is known of an annotator.

    Attributes:
        concentrations: Of the Dirichlet posterior of what it says, a row per true label, shape (K,
            K).
        texts: Texts that it was judged by, per true label, shape (K,).
        right: Those of them that it got right, shape (K,).
        model_weight: How much the model's belief counts where it labelled a text, above 0.
        weight: How much its labels count beside it, 0 or more.
        least_weight: What that is above with a probability of `SURE`.
    """

    concentrations: Floats
    texts: Floats
    right: Floats
    model_weight: float
    weight: float
    least_weight: float

    @cached_property
    def confusion(self) -> Floats:
        """The expected P(annotator's label | true label), shape (K, K); rows sum to 1."""
        total: Floats = self.concentrations.sum(axis=1, keepdims=True)
        return self.concentrations / total

    @cached_property
    def accuracies(self) -> Floats:
        """How often it is expected to be right of each label, shape (K,)."""
        return np.diagonal(self.confusion)

    @property
    def cautious(self) -> "AnnotatorSkill":
        """The same, whose labels count for as little as they may, for all that is known.

        Of a few texts any annotator seems to know a little, and what it seems to know best is asked
        for: whoever decides by the mean asks a worthless one for long.
        """
        return replace(self, weight=self.least_weight)

    def intervals(self, level: float = 0.95) -> Floats:
        """Return what holds how often it is right of each label with a probability of `level`.

        It goes by the texts of that label alone (Jeffreys' interval): what all labels have in
        common makes an estimate better, and an interval around it too short.

        Args:
            level: The probability, in (0, 1).

        Returns:
            The lower and the upper end for each label, shape (K, 2).
        """
        from scipy.stats import beta  # here, since scipy.stats would slow every command's start

        hits, misses = self.right + 0.5, self.texts - self.right + 0.5
        tails = (1 - level) / 2, (1 + level) / 2
        ends: Floats = np.stack([beta.ppf(tail, hits, misses) for tail in tails], axis=1)
        return ends


def perfect(labels: int) -> AnnotatorSkill:
    """Return the skill of an annotator that is never wrong, of so many labels."""
    none = np.zeros(labels)
    return AnnotatorSkill(np.eye(labels), none, none, 1.0, 1.0, 1.0)


def fit_skill(truth: Indices, said: Indices, believed: Floats) -> AnnotatorSkill:
    """Learn how good an annotator is.

    The texts must have been chosen without a look at what it says of them, so that nothing of what
    it gets wrong is left out.

    Args:
        truth: What people say of each text, a label's place, shape (texts,).
        said: What the annotator says of it, shape (texts,).
        believed: What the model believes of it without knowing either, shape (texts, K); K is 2 at
            least.

    Returns:
        What is known of the annotator; of no text, that it is as often right as wrong.

    Examples:
        >>> truth, said = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 1, 0])
        >>> fit_skill(truth, said, np.full((6, 2), 0.5)).accuracies.round(2).tolist()
        [0.88, 0.71]
    """
    count = believed.shape[1]
    counts = np.zeros((count, count))
    np.add.at(counts, (truth, said), 1.0)
    accuracy = (np.trace(counts) + 1) / (len(truth) + 2)
    prior = np.full((count, count), STRENGTH * (1 - accuracy) / (count - 1))
    np.fill_diagonal(prior, STRENGTH * accuracy)
    concentrations = counts + prior
    weights = _weights(concentrations, truth, said, believed)
    return AnnotatorSkill(concentrations, counts.sum(axis=1), np.diagonal(counts).copy(), *weights)


def _weights(
    concentrations: Floats, truth: Indices, said: Indices, believed: Floats
) -> tuple[float, float, float]:
    """Return the posterior means of both weights, and the least of the second; see the module."""
    rows = np.arange(len(truth))
    totals = concentrations.sum(axis=1)
    likelihoods = (concentrations / totals[:, None])[:, said].T
    own = concentrations[truth, said] - 1
    likelihoods[rows, truth] = own / (totals[truth] - 1)
    prior = np.log(np.maximum(believed, np.finfo(np.float64).tiny))
    # Shape (model's weights, annotator's weights, texts, labels): what they make of each text.
    logits = MODEL_WEIGHTS[:, None, None, None] * prior + WEIGHTS[:, None, None] * np.log(
        likelihoods
    )
    predicted = logits[..., rows, truth] - np.logaddexp.reduce(logits, axis=-1)
    total = predicted.sum(axis=-1) - 0.5 * (np.log(MODEL_WEIGHTS) / SPREAD)[:, None] ** 2
    chances = np.exp(total - total.max())
    chances /= chances.sum()
    models, own_ones = chances.sum(axis=1), chances.sum(axis=0)
    least = WEIGHTS[np.searchsorted(own_ones.cumsum(), 1 - SURE)]
    return float(MODEL_WEIGHTS @ models), float(own_ones @ WEIGHTS), float(least)
