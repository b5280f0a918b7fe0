"""Temperature and vector scaling: log-probabilities times a slope, plus a shift a label.

Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017). The fit is a maximum a
posteriori estimate with normal priors around slope 1 and shift 0.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

from backend.calibration.calibrators.base import Calibrator
from backend.calibration.noisy_labels import TINY, NoisyLabels
from labeling.mathtypes import Floats

SLOPE_SPREAD = 0.5
"""Standard deviation, under the prior, of the slope's logarithm."""

SHIFT_SPREAD = 0.5
"""Standard deviation, under the prior, of each label's shift, in nats."""


@dataclass(frozen=True)
class Temperature(Calibrator):
    """One slope for all labels.

    Attributes:
        slope: Factor of the log-probabilities; above 1 sharpens, below 1 flattens.

    Example:
        >>> sure = np.log(np.tile([0.9, 0.1], (50, 1)))
        >>> answers = np.repeat([0, 1], [30, 20])  # right in 30 cases of 50
        >>> calibrator = Temperature.fit(NoisyLabels(sure, answers, np.ones(50)))
        >>> calibrator(sure[:1]).round(2).tolist()
        [[0.7, 0.3]]
    """

    name = "temperature"
    slope: float

    @classmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Fit the slope."""
        slope, _ = _fit(noisy_labels, with_shifts=False)
        return cls(len(noisy_labels), slope)

    def __call__(self, log_probabilities: Floats) -> Floats:
        """Calibrate; see `Calibrator`."""
        calibrated: Floats = softmax(self.slope * log_probabilities, axis=1)
        return calibrated


@dataclass(frozen=True)
class VectorScaling(Calibrator):
    """One slope for all labels, and a shift for each: Platt scaling where there are two.

    Attributes:
        slope: Factor of the log-probabilities; above 1 sharpens, below 1 flattens.
        shifts: What is added to each label's, in nats, shape (labels,).

    Example:
        >>> sure = np.log(np.tile([0.9, 0.1], (50, 1)))
        >>> answers = np.repeat([0, 1], [30, 20])  # right in 30 cases of 50
        >>> calibrator = VectorScaling.fit(NoisyLabels(sure, answers, np.ones(50)))
        >>> calibrator(sure[:1]).round(2).tolist()
        [[0.63, 0.37]]
    """

    name = "vector scaling"
    lists = frozenset({"shifts"})
    slope: float
    shifts: tuple[float, ...]

    @classmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Fit slope and shifts."""
        slope, shifts = _fit(noisy_labels, with_shifts=True)
        return cls(len(noisy_labels), slope, tuple(shifts.tolist()))

    def __call__(self, log_probabilities: Floats) -> Floats:
        """Calibrate; see `Calibrator`."""
        calibrated: Floats = softmax(self.slope * log_probabilities + np.array(self.shifts), axis=1)
        return calibrated


def _fit(noisy_labels: NoisyLabels, *, with_shifts: bool) -> tuple[float, Floats]:
    labels, answers = noisy_labels.labels, len(noisy_labels)
    # What people said, by answer and label: where labels are many, hardly any of all pairs.
    shares = noisy_labels.said
    row, label = np.nonzero(shares)
    said = shares[row, label]
    # Where the model thinks a label impossible, a shift still has to reach it.
    stated = np.maximum(noisy_labels.log_probabilities, np.log(TINY))
    by_mistake = noisy_labels.by_mistake[row]
    informative = noisy_labels.trust[row] - by_mistake

    def loss(parameters: Floats) -> tuple[float, Floats]:
        log_slope = parameters[0]
        shifts = parameters[1:] if with_shifts else np.zeros(labels)
        scaled = np.exp(log_slope) * stated
        fitted = softmax(scaled + shifts, axis=1)
        believed = informative * fitted[row, label]
        likelihood = believed + by_mistake + TINY
        explained = said * believed / likelihood
        in_row = np.bincount(row, explained, minlength=answers)
        value = -(said * np.log(likelihood)).sum()
        value += 0.5 * (log_slope / SLOPE_SPREAD) ** 2 + 0.5 * np.sum((shifts / SHIFT_SPREAD) ** 2)
        mean = np.einsum("al,al->a", fitted, scaled)
        slope_gradient = in_row @ mean - explained @ scaled[row, label]
        slope_gradient += log_slope / SLOPE_SPREAD**2
        shift_gradient = in_row @ fitted - np.bincount(label, explained, minlength=labels)
        shift_gradient += shifts / SHIFT_SPREAD**2
        return float(value), np.array(
            [slope_gradient, *(shift_gradient if with_shifts else ())], dtype=np.float64
        )

    start = np.zeros(labels + 1 if with_shifts else 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return float(np.exp(found[0])), found[1:]
