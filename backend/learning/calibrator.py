"""Calibration from people's answers: vector scaling, held close to the identity by few answers.

Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017) scale the logits by one slope
and shift each label. Here the fit is a maximum a posteriori estimate with normal priors around
slope 1 and shift 0: 30 answers move it a little, 300 as far as they justify.

People err too. Where each answer comes with the probability that it is right, the fit explains
the answers as the truth seen through that noise (the forward correction of Patrini et al., "Making
Deep Neural Networks Robust to Label Noise", CVPR 2017), so that careless people do not make the
model look unsure of what it knows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

Floats = NDArray[np.float64]

SLOPE_SPREAD = 0.5
"""Standard deviation, beforehand, of the slope's logarithm."""

SHIFT_SPREAD = 0.5
"""Standard deviation, beforehand, of each label's shift, in nats."""

TINY = 1e-300
"""Keeps the logarithm of what the model thinks impossible finite."""

FEWEST_ANSWERS = 10
"""Answers below which nothing is fitted."""


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Turns a distribution over labels into one whose probabilities come true.

    Attributes:
        slope: Factor of the log-probabilities; above 1 sharpens, below 1 flattens.
        shifts: What is added to each label's, in nats, shape (labels,).
        answers: People's answers that it was fitted on.
    """

    slope: float
    shifts: tuple[float, ...]
    answers: int

    @property
    def description(self) -> str:
        """Its name and what stands behind it, for a prediction's provenance."""
        return f"vector scaling, {self.answers} answers"

    def __call__(self, log_probabilities: Floats) -> Floats:
        """Calibrate.

        Args:
            log_probabilities: Natural logs, shape (..., labels).

        Returns:
            Probabilities, shape (..., labels).
        """
        calibrated: Floats = softmax(self.slope * log_probabilities + np.array(self.shifts), -1)
        return calibrated


def fit(
    log_probabilities: Floats, answers: NDArray[np.intp], reliability: Floats | None = None
) -> Calibrator | None:
    """Fit a calibrator to people's answers; None where there are fewer than `FEWEST_ANSWERS`.

    Args:
        log_probabilities: The model's log-probabilities, shape (answers, labels).
        answers: The label that people gave each, as an index, shape (answers,).
        reliability: Probability that each answer is right, shape (answers,); a wrong one is any
            other label alike. None: all are right.
    """
    if len(answers) < FEWEST_ANSWERS:
        return None
    rows = np.arange(len(answers))
    labels = log_probabilities.shape[1]
    one_hot = np.zeros_like(log_probabilities)
    one_hot[rows, answers] = 1.0
    trust = np.ones(len(answers)) if reliability is None else reliability
    # Never less than chance, where an answer says nothing.
    trust = np.maximum(trust, 1 / labels)
    by_mistake = (1 - trust) / max(labels - 1, 1)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        log_slope, shifts = parameters[0], parameters[1:]
        scaled = np.exp(log_slope) * log_probabilities
        fitted = softmax(scaled + shifts, axis=1)
        believed = (trust - by_mistake) * fitted[rows, answers]
        likelihood = believed + by_mistake + TINY
        amiss = (believed / likelihood)[:, None] * (fitted - one_hot)
        value = -np.log(likelihood).sum()
        value += 0.5 * (log_slope / SLOPE_SPREAD) ** 2 + 0.5 * np.sum((shifts / SHIFT_SPREAD) ** 2)
        slope_gradient = np.sum(amiss * scaled) + log_slope / SLOPE_SPREAD**2
        shift_gradient = amiss.sum(axis=0) + shifts / SHIFT_SPREAD**2
        return float(value), np.concatenate([[slope_gradient], shift_gradient])

    found = minimize(loss, np.zeros(labels + 1), jac=True, method="L-BFGS-B")
    return Calibrator(
        slope=float(np.exp(found.x[0])),
        shifts=tuple(float(shift) for shift in found.x[1:]),
        answers=len(answers),
    )
