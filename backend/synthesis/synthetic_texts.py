"""Synthetic texts: what they say, the label that each was written for, and what it was made of."""

from dataclasses import dataclass
from itertools import compress

from labeling.mathtypes import Bools, Floats, Indices


@dataclass(frozen=True, slots=True)
class SyntheticTexts:
    """Synthetic texts that may become training material.

    Attributes:
        texts: The texts.
        labels: The label that each was written for, as an index, shape (texts,).
        embeddings: Of length 1 each, shape (texts, dims); None: there is no embedding model.
        parents: The real text that each was made from; empty: none.
    """

    texts: tuple[str, ...]
    labels: Indices
    embeddings: Floats | None = None
    parents: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, where: Bools) -> "SyntheticTexts":
        """Return the texts that a mask picks."""
        return SyntheticTexts(
            tuple(compress(self.texts, where)),
            self.labels[where],
            None if self.embeddings is None else self.embeddings[where],
            tuple(compress(self.parents, where)),
        )
