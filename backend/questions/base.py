"""The contract of a question: one control of a form, put to the model."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence

from backend.calibration.control_model import ControlModel
from backend.embedding import Vector
from backend.engines import Ability, Asked
from backend.engines.model_client import ModelClient
from backend.questions.item import PromptItem
from labeling.controls import Control
from labeling.errors import TandemError
from labeling.predictions.prediction import Part


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
        """SHA-256, in hex, over all that moves what is found."""
        return self.prompt

    @property
    @abstractmethod
    def needs(self) -> dict[str, frozenset[Ability]]:
        """What the engine must be able to do, by the name of the setting that asks for it."""

    @abstractmethod
    def asked(self, items: Sequence[PromptItem], control_model: ControlModel | None) -> list[Asked]:
        """List what the model is asked first, which can be put to it with other questions."""

    @abstractmethod
    def answer(
        self,
        items: Sequence[PromptItem],
        model: ModelClient,
        control_model: ControlModel | None,
        vectors: Sequence[Vector | TandemError | None],
    ) -> list[Part | TandemError]:
        """Answer.

        Args:
            items: What is asked about.
            model: Scores and writes.
            control_model: What people's answers taught about this control; None: nothing.
            vectors: The items' embeddings, where what was taught asks for them.

        Returns:
            For each item, in order, what the model says, or why it cannot.

        Raises:
            TandemError: The model cannot be asked at all.
        """


def digest_of(*parts: str) -> str:
    """Give SHA-256, in hex, over several texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
