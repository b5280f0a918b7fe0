"""The contract of a method: one way to find how probable the model thinks every label."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from backend.engines import Ability, GenerateRequest, Generation, Request, Scored
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps
from backend.prompts import PromptBuilder
from labeling.errors import TandemError
from labeling.hashing import digest_of
from labeling.mathtypes import Floats
from labeling.settings.model_sections import ConfidenceSettings, MethodName

Asks = TypeVar("Asks", Request, GenerateRequest)
Says = TypeVar("Says", Scored, Generation)


@dataclass(frozen=True, slots=True)
class LabelBelief:
    """What the model believes of one text, by one method.

    Attributes:
        loglikelihoods: Natural-log probability of every label, up to a constant that they share,
            in nats, shape (labels,).
        truncated: Whether the text was cut in its middle to fit.
        missing: The largest probability that the engine may have kept from any label, in [0, 1].
    """

    loglikelihoods: Floats
    truncated: bool = False
    missing: float = 0.0


class ConfidenceMethod(ABC):
    """Finds what the model believes of texts.

    Adding a method is adding one file, and its name in
    `labeling.settings.model_sections.MethodName`. One that asks
    the model once is an `OneStepMethod`.

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
        return digest_of(self.name, *self._moved_by())

    def _moved_by(self) -> Sequence[str]:
        """List what moves its findings, beside its name and the project's prompt."""
        return ()

    @abstractmethod
    def steps(
        self, texts: Sequence[str], abilities: Abilities
    ) -> Steps[list[LabelBelief | TandemError]]:
        """Ask the model about texts.

        Args:
            texts: The texts, as prompts show them.
            abilities: What the engine can do.

        Returns:
            For each text, in order, the belief, or why there is none.

        Raises:
            TandemError: The model cannot be asked at all.
        """

    def transform(self, log_probabilities: Floats) -> Floats:
        """Return what the method makes of a whole distribution, priors taken out.

        Args:
            log_probabilities: Natural logs, up to a constant per text, shape (texts, labels).

        Returns:
            Natural logs, up to a constant per text, shape (texts, labels).
        """
        return log_probabilities


class OneStepMethod(ConfidenceMethod, Generic[Asks, Says]):
    """A method that plans all its requests at once and reads their answers."""

    @abstractmethod
    def plan(self, texts: Sequence[str], abilities: Abilities) -> Sequence[Asks]:
        """List the requests about texts.

        Args:
            texts: The texts, as prompts show them.
            abilities: What the engine can do.

        Returns:
            The requests, equally many per text, in the texts' order.
        """

    @abstractmethod
    def read(
        self, requests: Sequence[Asks], answers: Sequence[Says | TandemError]
    ) -> list[LabelBelief | TandemError]:
        """Read what the model answered.

        Args:
            requests: What `plan` listed.
            answers: The answer to each, in order.

        Returns:
            For each text, in order, the belief, or why there is none.
        """

    def steps(
        self, texts: Sequence[str], abilities: Abilities
    ) -> Steps[list[LabelBelief | TandemError]]:
        """Plan and read, in one step; see `ConfidenceMethod`."""
        requests = self.plan(texts, abilities)
        answers = yield requests
        return self.read(requests, answers)
