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
        needs_embeddings: Whether it labels by embeddings of the settings' model, beside the texts.
        labels: What it tells apart, in the order of every distribution.
    """

    kind: ClassVar[str]
    needs_embeddings: ClassVar[bool] = False
    labels: tuple[str, ...]

    @abstractmethod
    def probabilities(self, texts: Sequence[str], embeddings: Floats | None = None) -> Floats:
        """Label texts.

        Args:
            texts: As people read them.
            embeddings: Of length 1 each, shape (texts, dims); None: there are none, which a
                classifier that `needs_embeddings` takes only where it was fitted without.

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
