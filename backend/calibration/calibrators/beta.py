"""Beta calibration: the log-odds of being right, linear in the logs of p and of 1 - p.

Kull, Silva Filho and Flach, "Beta calibration: a well-founded and easily implemented improvement
on logistic calibration for binary classifiers" (AISTATS 2017), of the top label against the others.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit

from backend.calibration.calibrators.base import TopCalibrator
from backend.calibration.logistic import EDGE, fit_logistic
from backend.calibration.noisy_labels import NoisyLabels
from labeling.mathtypes import Floats


@dataclass(frozen=True)
class Beta(TopCalibrator):
    """A smooth curve that may bend otherwise near 0 than near 1.

    Attributes:
        slope_right: Factor of log p.
        slope_wrong: Factor of -log (1 - p).
        shift: What is added to the log-odds, in nats.

    Example:
        >>> sure = np.log(np.tile([0.9, 0.1], (50, 1)))
        >>> answers = np.repeat([0, 1], [30, 20])  # right in 30 cases of 50
        >>> calibrator = Beta.fit(NoisyLabels(sure, answers, np.ones(50)))
        >>> calibrator(sure[:1]).round(2).tolist()
        [[0.64, 0.36]]
    """

    name = "beta"
    slope_right: float
    slope_wrong: float
    shift: float

    @classmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Fit the curve."""
        (right, wrong), shift = fit_logistic(
            _features(noisy_labels.confidence),
            noisy_labels.agrees,
            noisy_labels.trust,
            noisy_labels.by_mistake,
            np.ones(len(noisy_labels)),
        )
        return cls(len(noisy_labels), right, wrong, shift)

    def top(self, confidence: Floats) -> Floats:
        """Calibrate; see `TopCalibrator`."""
        slopes = np.array([self.slope_right, self.slope_wrong])
        calibrated: Floats = expit(_features(confidence) @ slopes + self.shift)
        return calibrated


def _features(confidence: Floats) -> Floats:
    inside = np.clip(confidence, EDGE, 1 - EDGE)
    return np.column_stack([np.log(inside), -np.log1p(-inside)])
