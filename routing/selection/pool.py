"""The pool: the texts of a project as a strategy sees them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from labeling.mathtypes import Bools, Floats, Indices

Reals: TypeAlias = npt.NDArray[np.floating[Any]]
"""Numbers of any precision: a million embeddings in single precision take half of the memory."""


@dataclass(frozen=True, slots=True)
class ControlColumns:
    """Where a pool's probabilities tell of one control: of one question, or of several.

    Attributes:
        start: The first of its columns.
        questions: How many questions it is cut into; the columns of each follow one another.
        outcomes: Columns of a question, which sum to 1 in each row.
    """

    start: int
    questions: int
    outcomes: int

    @property
    def end(self) -> int:
        """The column behind its last."""
        return self.start + self.questions * self.outcomes

    def of(self, probabilities: Reals) -> Reals:
        """Return the control's part of rows of probabilities, (items, questions, outcomes)."""
        own = probabilities[:, self.start : self.end]
        return own.reshape(len(own), self.questions, self.outcomes)


@dataclass(frozen=True, eq=False)
class Pool:
    """Texts, what the model believes of each, and which of them people answered.

    Attributes:
        probabilities: Of every label, shape (items, labels), where one label is asked for: each row
            sums to 1. Where more is asked, the columns of each of the questions do.
        is_answered: Whether people answered each, shape (items,).
        embeddings: Of each text, of length 1, shape (items, dims); None: there are none.
        errors: Predicted probability that the model's label is wrong, shape (items,); None: what
            the probabilities say of their top label.
        controls: Which columns of the probabilities are each control's; none: one label is asked
            for, and all columns are.

    Raises:
        ValueError: The shapes do not fit together.
    """

    probabilities: Reals
    is_answered: Bools
    embeddings: Reals | None = None
    errors: Floats | None = None
    controls: tuple[ControlColumns, ...] = ()

    def __post_init__(self) -> None:
        items = len(self.is_answered)
        for name in ("probabilities", "embeddings", "errors"):
            array = getattr(self, name)
            if array is not None and (len(array) != items or array.ndim != 1 + (name != "errors")):
                raise ValueError(f"{name} of shape {array.shape} for {items} items")
        if self.asked[-1].end != self.probabilities.shape[1]:
            raise ValueError(f"{self.probabilities.shape[1]} columns for {self.controls}")

    def __len__(self) -> int:
        return len(self.is_answered)

    @property
    def asked(self) -> tuple[ControlColumns, ...]:
        """The columns of each control, one at least."""
        return self.controls or (ControlColumns(0, 1, self.probabilities.shape[1]),)

    @property
    def labels(self) -> int:
        """How many labels there are; of questions of two outcomes, each is one more."""
        return 1 + sum(one.questions * (one.outcomes - 1) for one in self.asked)

    @cached_property
    def open_items(self) -> Indices:
        """The items that nobody answered, ascending, shape (open items,)."""
        return np.flatnonzero(~self.is_answered)

    @cached_property
    def answered_items(self) -> Indices:
        """The items that people answered, ascending, shape (answered items,)."""
        return np.flatnonzero(self.is_answered)

    def beliefs(self, items: Indices) -> Floats:
        """Return the probabilities of items in double precision, shape (items, columns)."""
        return self.probabilities[items].astype(np.float64)

    def vectors(self, items: Indices) -> Reals:
        """Return the embeddings of items in single precision, shape (items, dims).

        Raises:
            ValueError: There are none.
        """
        if self.embeddings is None:
            raise ValueError("the pool has no embeddings")
        return self.embeddings[items].astype(np.float32)
