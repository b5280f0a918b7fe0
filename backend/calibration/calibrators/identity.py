"""The identity: the model's probabilities come true as they are."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from backend.calibration.calibrators.base import Calibrator
from backend.calibration.noisy_labels import NoisyLabels
from labeling.mathtypes import Floats


@dataclass(frozen=True)
class IdentityCalibrator(Calibrator):
    """Changes nothing: what is chosen where nothing else was seen to help.

    Example:
        >>> sure = np.log(np.tile([0.9, 0.1], (50, 1)))
        >>> answers = np.repeat([0, 1], [30, 20])  # right in 30 cases of 50
        >>> calibrator = IdentityCalibrator.fit(NoisyLabels(sure, answers, np.ones(50)))
        >>> calibrator(sure[:1]).round(2).tolist()
        [[0.9, 0.1]]
    """

    name = "identity"

    @classmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Count the answers that it was compared on."""
        return cls(len(noisy_labels))

    def __call__(self, log_probabilities: Floats) -> Floats:
        """Return the probabilities as they are."""
        return np.exp(log_probabilities)
