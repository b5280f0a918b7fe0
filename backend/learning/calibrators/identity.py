"""The identity: the model's probabilities come true as they are."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from backend.learning.calibrators.base import Calibrator
from backend.learning.noisy_labels import Evidence, Floats


@dataclass(frozen=True)
class IdentityCalibrator(Calibrator):
    """Changes nothing: what is chosen where nothing else was seen to help."""

    name = "identity"

    @classmethod
    def fit(cls, evidence: Evidence) -> Self:
        """Count the answers that it was compared on."""
        return cls(len(evidence))

    def __call__(self, log_probabilities: Floats) -> Floats:
        """Give the probabilities as they are."""
        return np.exp(log_probabilities)
