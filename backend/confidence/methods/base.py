"""The contract of a method: one way to find how probable the model thinks every label."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from backend.engines import Ability, Asked
from backend.engines.model_client import ModelClient
from backend.prompts import PromptBuilder
from labeling.errors import TandemError
from labeling.settings.sections import ConfidenceSettings, MethodName

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelBelief:
    """What the model believes of one text, by one method.

    Attributes:
        loglikelihoods: Natural-log probability of every label, up to a constant that they share,
            shape (labels,).
        truncated: Whether the text was cut in its middle to fit.
        missing: The largest probability that the engine may have kept from any label, in [0, 1].
    """

    loglikelihoods: Floats
    truncated: bool = False
    missing: float = 0.0


class ConfidenceMethod(ABC):
    """Finds what the model believes of texts.

    Adding a method is adding one file, and its name in `labeling.settings.sections.MethodName`.

    Args:
        builder: Builds the prompts of the project.
        settings: How often and how freely the model is asked.
    """

    name: ClassVar[MethodName]
    """What the settings call it."""
    needs: ClassVar[frozenset[Ability]]
    """What the engine must be able to do."""
    takes_prior: ClassVar[bool]
    """Whether it speaks in likelihoods, which carry what the model says whatever the text."""

    def __init__(self, builder: PromptBuilder, settings: ConfidenceSettings) -> None:
        self.builder = builder
        self.settings = settings
        self.labels = builder.labels

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over all that moves what it finds, beside the project's prompt."""
        return hashlib.sha256("\0".join([self.name, *self._moved_by()]).encode()).hexdigest()

    def _moved_by(self) -> Sequence[str]:
        """List what moves its findings, beside its name and the project's prompt."""
        return ()

    def asked(self, texts: Sequence[str]) -> Sequence[Asked]:  # noqa: ARG002 - most list nothing
        """List what `ask` begins with, where that can be put to the model with other questions."""
        return ()

    @abstractmethod
    def ask(self, texts: Sequence[str], model: ModelClient) -> list[LabelBelief | TandemError]:
        """Ask the model about texts.

        Returns:
            For each text, in order, the belief, or why there is none.

        Raises:
            TandemError: The model cannot be asked at all.
        """

    def transform(self, log_probabilities: Floats) -> Floats:
        """Say what was found, priors taken out, as confidence.

        Args:
            log_probabilities: Natural logs, up to a constant a text, shape (texts, labels).

        Returns:
            The same, after what the method makes of a whole distribution.
        """
        return log_probabilities
