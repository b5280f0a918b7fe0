"""The pool: the texts of a project as a strategy sees them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from labeling.mathtypes import Bools, Floats, Indices

Reals: TypeAlias = npt.NDArray[np.floating[Any]]
"""Numbers of any precision: a million embeddings in single precision take half of the memory."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Texts, what the model believes of each, and which of them people answered.

    Attributes:
        probabilities: Of every label, shape (items, labels); each row sums to 1.
        is_answered: Whether people answered each, shape (items,).
        embeddings: Of each text, of length 1, shape (items, dims); None: there are none.
        errors: Predicted probability that the model's label is wrong, shape (items,); None: what
            the probabilities say of their top label.

    Raises:
        ValueError: The shapes do not fit together.
    """

    probabilities: Reals
    is_answered: Bools
    embeddings: Reals | None = None
    errors: Floats | None = None

    def __post_init__(self) -> None:
        items = len(self.is_answered)
        for name in ("probabilities", "embeddings", "errors"):
            array = getattr(self, name)
            if array is not None and (len(array) != items or array.ndim != 1 + (name != "errors")):
                raise ValueError(f"{name} of shape {array.shape} for {items} items")

    def __len__(self) -> int:
        return len(self.is_answered)

    @cached_property
    def open_items(self) -> Indices:
        """The items that nobody answered, ascending, shape (open items,)."""
        return np.flatnonzero(~self.is_answered)

    @cached_property
    def answered_items(self) -> Indices:
        """The items that people answered, ascending, shape (answered items,)."""
        return np.flatnonzero(self.is_answered)

    def beliefs(self, items: Indices) -> Floats:
        """Return the probabilities of items in double precision, shape (items, labels)."""
        return self.probabilities[items].astype(np.float64)

    def vectors(self, items: Indices) -> Reals:
        """Return the embeddings of items in single precision, shape (items, dims).

        Raises:
            ValueError: There are none.
        """
        if self.embeddings is None:
            raise ValueError("the pool has no embeddings")
        return self.embeddings[items].astype(np.float32)
