"""The contract of a calibrator, and of one that speaks of the top label alone."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np

from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.rescale_top import with_top
from labeling.json_values import count, number, numbers, record
from labeling.mathtypes import Floats


@dataclass(frozen=True)
class Calibrator(ABC):
    """Turns a distribution over labels into one whose probabilities come true.

    Every fit is held close to the identity by few answers: 30 move it a little, 300 as far as they
    justify.

    Attributes:
        answers: People's answers that it was fitted on.
    """

    name: ClassVar[str]
    """What it is called in a prediction's provenance, and on disk."""

    lists: ClassVar[frozenset[str]] = frozenset()
    """Which of its parameters are lists of numbers; each other one is a number."""

    answers: int

    @property
    def description(self) -> str:
        """Its name and what stands behind it, for a prediction's provenance."""
        return f"{self.name}, {self.answers} answers"

    @classmethod
    @abstractmethod
    def fit(cls, noisy_labels: NoisyLabels) -> Self:
        """Fit it to people's answers, one at least."""

    @abstractmethod
    def __call__(self, log_probabilities: Floats) -> Floats:
        """Calibrate.

        Args:
            log_probabilities: Natural logs, shape (texts, labels).

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {"method": self.name, **asdict(self)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, less its `method`.

        Raises:
            ValueError: It did not.
        """
        parameters = [one.name for one in fields(cls) if one.name != "answers"]
        found = record(content, "answers", *parameters)
        read: dict[str, Any] = {
            name: numbers(found[name]) if name in cls.lists else number(found[name])
            for name in parameters
        }
        return cls(count(found["answers"]), **read)


@dataclass(frozen=True)
class TopCalibrator(Calibrator):
    """Calibrates the probability of the top label; for the others see `with_top`."""

    @abstractmethod
    def top(self, confidence: Floats) -> Floats:
        """Calibrate the top label's probability, shape (texts,)."""

    def __call__(self, log_probabilities: Floats) -> Floats:
        """Calibrate; see `Calibrator`."""
        probabilities = np.exp(log_probabilities)
        return with_top(probabilities, self.top(np.minimum(probabilities.max(axis=1), 1.0)))
