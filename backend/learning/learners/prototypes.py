"""Prototypes that texts nobody answered help to place: with few answers, most is in the texts.

A mixture with one component a label over the embeddings, which lie on a sphere (von Mises-Fisher;
Banerjee et al., "Clustering on the Unit Hypersphere using von Mises-Fisher Distributions", JMLR
2005). It is fitted by expectation-maximization to answered and open texts at once, where an open
text counts less than an answer (Nigam et al., "Text Classification from Labeled and Unlabeled
Documents using EM", Machine Learning 2000). A mixture that was fitted so is surer than it is right:
how sharp its beliefs are is set by answers that it did not see and a prior.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from backend.calibration.noisy_labels import NoisyLabels, folds
from backend.classifiers.prototypes import Prototypes
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.material import Material
from labeling.errors import SettingsError
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings

CONCENTRATION = 40.0
"""Nats, while the mixture is fitted, that a text at a prototype has over one at a right angle."""

OPEN_WEIGHT = 0.1
"""What an open text counts beside an answer."""

STEPS = 30
"""Of expectation-maximization."""

SHARPNESS = 15.0
"""Nats, when it labels, that a text at a prototype has over one at a right angle: the middle of the
prior. News stories and questions of many kinds bore out 12 to 25."""

SPREAD = 0.3
"""Standard deviation, under the prior, of its natural log."""


@dataclass(frozen=True, slots=True)
class PrototypesLearner(Learner):
    """Places prototypes, in a second."""

    name: ClassVar[str] = "prototypes"
    fewest_answers: ClassVar[int] = 20

    def fit(self, material: Material, progress: Progress = unheard) -> LearnedClassifier:
        """Learn; see `Learner.fit`.

        Raises:
            SettingsError: The texts have no embeddings.
        """
        known, answers = material.known.embeddings, material.answers
        if known is None:
            raise _no_embedding()
        open_ = material.open_.embeddings if material.open_ else None
        if open_ is None:
            open_ = np.empty((0, known.shape[1]))
        part = folds(len(known))
        numbers = np.unique(part)
        held_out = np.empty((len(known), answers.labels))
        for done, number in enumerate(numbers):
            held = part == number
            mixture = _Mixture.fit(known[~held], answers.part(~held), open_)
            held_out[held] = mixture.nats(known[held])
            progress((done + 1) / (len(numbers) + 1))
        sharpness = _sharpness(held_out, answers)
        mixture = _Mixture.fit(known, answers, open_)
        progress(1.0)
        directions = sharpness * mixture.prototypes
        bias = sharpness / CONCENTRATION * mixture.log_shares
        return LearnedClassifier(Prototypes(material.values, directions, bias))


def new_prototypes(settings: Settings) -> PrototypesLearner:
    """Make the learner.

    Raises:
        SettingsError: The settings name no embedding model.
    """
    if settings.learning.embedding is None:
        raise _no_embedding()
    return PrototypesLearner()


def _no_embedding() -> SettingsError:
    return SettingsError(
        "There is no embedding model to place prototypes in",
        where="learning.embedding",
        hint="Name one, or leave the prototypes out of learning.train.",
    )


@dataclass(frozen=True, slots=True)
class _Mixture:
    """One component a label.

    Attributes:
        prototypes: The middle of each, of length 1, shape (labels, dims).
        log_shares: Natural logs of their shares of all texts, shape (labels,).
    """

    prototypes: Floats
    log_shares: Floats

    @classmethod
    def fit(cls, known: Floats, answers: NoisyLabels, open_: Floats) -> "_Mixture":
        """Fit it to answered and open texts, given by their embeddings."""
        said = answers.said * answers.trust[:, None]
        # The mean of all counts as one more text of each label.
        sums, counts = said.T @ known + known.mean(axis=0), said.sum(axis=0) + 1
        mixture = cls._of(sums, counts)
        for _ in range(STEPS if len(open_) else 0):
            believed = OPEN_WEIGHT * softmax(mixture.nats(open_), axis=1)
            mixture = cls._of(sums + believed.T @ open_, counts + believed.sum(axis=0))
        return mixture

    @classmethod
    def _of(cls, sums: Floats, counts: Floats) -> "_Mixture":
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return cls(sums / lengths, np.log(counts / counts.sum()))

    def nats(self, embeddings: Floats) -> Floats:
        """Return log probabilities but for a constant a text, shape (texts, labels)."""
        found: Floats = CONCENTRATION * embeddings @ self.prototypes.T + self.log_shares
        return found


def _sharpness(held_out: Floats, answers: NoisyLabels) -> float:
    """Return the likeliest sharpness, in nats, by answers that were not seen and the prior."""

    def loss(away: float) -> float:
        beliefs = softmax(SHARPNESS * np.exp(SPREAD * away) / CONCENTRATION * held_out, axis=1)
        return float(answers.log_loss(beliefs).sum()) + 0.5 * away**2

    away = minimize_scalar(loss, bounds=(-6.0, 6.0), method="bounded").x
    return float(SHARPNESS * np.exp(SPREAD * away))
