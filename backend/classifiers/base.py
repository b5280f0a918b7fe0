"""The contract of a text classifier: texts in, probabilities of labels out, kept in a folder."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

from labeling.mathtypes import Floats


class TextClassifier(ABC):
    """A classifier that was fitted to one control.

    Attributes:
        kind: Names its class in a saved folder.
        labels: What it tells apart, in the order of every distribution.
    """

    kind: ClassVar[str]
    labels: tuple[str, ...]

    @abstractmethod
    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Label texts.

        Returns:
            Probabilities that sum to 1, shape (texts, labels).
        """

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write it into a folder that is there and empty; weights as safetensors alone."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ValueError: It did not, or the folder is damaged.
            OSError: It cannot be read.
        """
