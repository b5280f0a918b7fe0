"""Which calibrator: the simplest that no richer one beats, by cross-validated log loss.

A richer method takes the place of a simpler one only where it beats it by more than the standard
error of the difference (the one-standard-error rule of Breiman et al., *Classification and
Regression Trees*, 1984), and the identity is the simplest of all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backend.calibration.calibrators import Calibrator
from backend.calibration.noisy_labels import NoisyLabels, folds, standard_error
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class LossComparison:
    """How two ways to answer compare, on answers that neither saw.

    Attributes:
        gain: Mean nats an answer by which the challenger's log loss is lower.
        standard_error: Of that mean.
    """

    gain: float
    standard_error: float

    @property
    def is_better(self) -> bool:
        """Whether the challenger wins by more than the standard error."""
        return self.gain > self.standard_error

    def __str__(self) -> str:
        return f"{self.gain:+.4f} ± {self.standard_error:.4f} nats an answer"


@dataclass(frozen=True, slots=True)
class CalibratorChoice:
    """The calibrator that was chosen.

    Attributes:
        calibrator: Fitted to all answers.
        out_of_fold: What its method makes of each answer's text when fitted on the other folds,
            probabilities of shape (answers, labels).
        log_loss: Mean cross-validated log loss by method, in nats an answer.
        why: Why it was chosen, in one line.
    """

    calibrator: Calibrator
    out_of_fold: Floats
    log_loss: Mapping[str, float]
    why: str


def compare(losses: Floats, challengers: Floats) -> LossComparison:
    """Compare two log losses of the same answers.

    Args:
        losses: Of what is in place, nats, shape (answers,).
        challengers: Of what may take its place, nats, shape (answers,).

    Returns:
        By how much the challenger is better.
    """
    gains = losses - challengers
    return LossComparison(float(gains.mean()), standard_error(gains))


def choose(noisy_labels: NoisyLabels, methods: Mapping[str, type[Calibrator]]) -> CalibratorChoice:
    """Choose a calibrator, and fit it to all answers; two answers at least.

    Args:
        noisy_labels: The answers.
        methods: The calibrators that may be chosen, by name, from the simplest on.

    Returns:
        The calibrator, and what speaks for it.
    """
    out_of_fold = {name: _held_out(noisy_labels, method) for name, method in methods.items()}
    losses = {
        name: noisy_labels.log_loss(probabilities) for name, probabilities in out_of_fold.items()
    }
    best, *others = losses
    why = f"nothing beats {best} by more than the standard error"
    for name in others:
        comparison = compare(losses[best], losses[name])
        if comparison.is_better:
            why = f"{name} beats {best}: {comparison}"
            best = name
    means = {name: float(loss.mean()) for name, loss in losses.items()}
    return CalibratorChoice(methods[best].fit(noisy_labels), out_of_fold[best], means, why)


def _held_out(noisy_labels: NoisyLabels, method: type[Calibrator]) -> Floats:
    """Calibrate each answer's text by a fit that did not see it, shape (answers, labels)."""
    calibrated = np.empty_like(noisy_labels.log_probabilities)
    part = folds(len(noisy_labels))
    for number in np.unique(part):
        held = part == number
        calibrator = method.fit(noisy_labels.part(~held))
        calibrated[held] = calibrator(noisy_labels.log_probabilities[held])
    return calibrated
