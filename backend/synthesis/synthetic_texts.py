"""Synthetic texts: what they say, the label that each was written for, and what it was made of."""

from dataclasses import dataclass
from itertools import compress

import numpy as np

from labeling.mathtypes import Bools, Floats, Indices


@dataclass(frozen=True, slots=True)
class SyntheticTexts:
    """Synthetic texts that may become training material.

    Attributes:
        texts: The texts.
        labels: The label that each was written for, as an index, shape (texts,).
        embeddings: Of length 1 each, shape (texts, dims); None: there is no embedding model.
        parents: The real text that each was made from; empty: none.
        rivals: The label that each was to be taken for, as an index, shape (texts,); -1: none.
            None: no text has one.
        confirmed: Which ones' labels people confirmed, shape (texts,); None: nobody was asked.
    """

    texts: tuple[str, ...]
    labels: Indices
    embeddings: Floats | None = None
    parents: tuple[str, ...] = ()
    rivals: Indices | None = None
    confirmed: Bools | None = None

    @property
    def has_rival(self) -> Bools:
        """Whether each was to be taken for another label, shape (texts,)."""
        if self.rivals is None:
            return np.zeros(len(self), dtype=np.bool_)
        found: Bools = self.rivals >= 0
        return found

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, where: Bools) -> "SyntheticTexts":
        """Return the texts that a mask picks."""
        return SyntheticTexts(
            tuple(compress(self.texts, where)),
            self.labels[where],
            None if self.embeddings is None else self.embeddings[where],
            tuple(compress(self.parents, where)),
            None if self.rivals is None else self.rivals[where],
            None if self.confirmed is None else self.confirmed[where],
        )
