"""The contract of a question: one control of a form, put to the model."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeAlias

from backend.calibration.control_model import ControlModel
from backend.engines import Ability
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps
from backend.questions.item import PromptItem
from labeling.controls import Control
from labeling.errors import TandemError
from labeling.predictions.prediction import Part

Parts: TypeAlias = list[Part | TandemError]
"""For each item, in order, what the model answers, or why it cannot."""


class Question(ABC):
    """Puts one control to the model.

    Attributes:
        control: The control.
        engine: The engine's name and the model's, for provenance.
    """

    control: Control
    engine: str

    @property
    @abstractmethod
    def prompt(self) -> str:
        """SHA-256, in hex, over all that is asked beside the item."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over all that moves the answers."""
        return self.prompt

    @property
    @abstractmethod
    def needs(self) -> dict[str, frozenset[Ability]]:
        """What the engine must be able to do, by the name of the setting that asks for it."""

    @abstractmethod
    def steps(
        self, items: Sequence[PromptItem], control_model: ControlModel, abilities: Abilities
    ) -> Steps[Parts]:
        """Ask about items, and calibrate the answers.

        Args:
            items: What is asked about.
            control_model: What was learned about this control.
            abilities: What the engine can do.

        Returns:
            A conversation with the model that ends in one part or error per item, in order.

        Raises:
            TandemError: The model cannot be asked at all.
        """
