"""The contract of a learner: people's answers to one control go in, what labels texts comes out."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Protocol, TypeAlias

from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats

Progress: TypeAlias = Callable[[float], None]
"""Is told which share of the work is done, in [0, 1]."""


def unheard(_: float) -> None:
    """Take progress, and tell nobody."""


class Learned(Protocol):
    """What a learner made: labels texts, and can be kept in a folder."""

    def __call__(self, texts: Texts) -> Floats:
        """Return probabilities that sum to 1, shape (texts, labels)."""

    def save(self, folder: Path) -> None:
        """Write it into a folder that is there and empty, weights as safetensors alone."""


class Learner(ABC):
    """One way to learn.

    Attributes:
        name: How it is called in settings and reports.
        fewest_answers: Answers below which it is not tried.
    """

    name: ClassVar[str]
    fewest_answers: ClassVar[int]

    @abstractmethod
    def fit(self, material: Material, progress: Progress = unheard) -> Learned:
        """Learn; the same material gives the same.

        Args:
            material: What is learned from, `fewest_answers` at least.
            progress: Is told how far it is.

        Returns:
            What was learned.
        """
