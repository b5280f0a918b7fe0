"""A bank of solved items, and the few that a text is best shown: like it, unlike each other.

The items are picked by maximal marginal relevance (Carbonell and Goldstein, "The Use of MMR,
Diversity-Based Reranking for Reordering Documents and Producing Summaries", SIGIR 1998), a label
after the other, so that no label is shown more often than another one that has items left.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from labeling.json_values import count, record, text
from labeling.mathtypes import Bools, Floats, Indices

RELEVANCE = 0.6
"""How much likeness to the text counts against likeness to what is shown already, in [0, 1]."""

_STORED = np.dtype("<f2")
"""How vectors are kept: half precision is plenty to say which text is nearer."""


@dataclass(frozen=True, slots=True)
class SolvedItem:
    """An item that people answered.

    Attributes:
        key: The form's item.
        answer: The control's answer.
        label: What examples are balanced by: the answer, or of several spans their labels.
    """

    key: str
    answer: str
    label: str

    @property
    def folded(self) -> str:
        """Its text, space and capitals aside; of two items that are alike in it, one is kept."""
        return folded(self.key)

    def to_json(self) -> list[str]:
        """Write it as JSON's types."""
        return [self.key, self.answer, self.label]

    @classmethod
    def from_json(cls, content: object) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        if not isinstance(content, list) or len(content) != 3:
            raise ValueError("a solved item is a text, an answer and a label")
        return cls(*map(text, content))


def folded(key: str) -> str:
    """Return an item's text, space and capitals aside.

    >>> folded("Off  to Rome ") == folded("off to rome")
    True
    """
    return " ".join(key.split()).casefold()


def distinct(items: Iterable[SolvedItem]) -> list[SolvedItem]:
    """Keep the first of those whose texts are alike, space and capitals aside."""
    first: dict[str, SolvedItem] = {}
    for one in items:
        first.setdefault(one.folded, one)
    return [*first.values()]


@dataclass(frozen=True)
class ExampleBank:
    """Solved items with their embeddings.

    Attributes:
        items: No two of them have the same text.
        encoded: Their vectors of length 1, shape (items, dims), in half precision and base64.
    """

    items: tuple[SolvedItem, ...]
    encoded: str

    @classmethod
    def of(cls, items: Iterable[SolvedItem], vectors: Mapping[str, Floats]) -> Self:
        """Make a bank; of items whose texts are alike, the first is kept.

        Args:
            items: The items, in any order; those without a vector are left out.
            vectors: Embeddings, shape (dims,) each, by key.
        """
        kept = tuple(sorted(distinct(i for i in items if i.key in vectors), key=_order))
        rows = [_unit(np.asarray(vectors[one.key], dtype=np.float64)) for one in kept]
        content = np.array(rows, dtype=_STORED).tobytes()
        return cls(kept, base64.b64encode(content).decode("ascii"))

    @cached_property
    def vectors(self) -> Floats:
        """The items' vectors, shape (items, dims)."""
        flat = np.frombuffer(base64.b64decode(self.encoded), dtype=_STORED)
        rows: Floats = flat.astype(np.float64).reshape(len(self.items), -1)
        return rows

    @cached_property
    def _labels(self) -> Indices:
        """The label of each item, as a number, shape (items,)."""
        _, numbers = np.unique([one.label for one in self.items], return_inverse=True)
        return np.asarray(numbers, dtype=np.intp)

    @cached_property
    def centre(self) -> Floats:
        """The mean of the vectors, shape (dims,): stands for a text that says nothing."""
        mean: Floats = self.vectors.mean(axis=0)
        return mean

    def nearest(self, key: str, vector: Floats | None, number: int) -> tuple[SolvedItem, ...]:
        """Pick examples for an item: never itself, nor one of the same text.

        Args:
            key: The item.
            vector: Its embedding, shape (dims,); None: it says nothing, so the most central are
                picked.
            number: How many are picked, as far as there are.

        Returns:
            The examples, the one that is most like the item last.
        """
        query = _unit(self.centre if vector is None else np.asarray(vector, dtype=np.float64))
        likeness = self.vectors @ query
        own = folded(key)
        free = np.array([one.folded != own for one in self.items], dtype=np.bool_)
        picked = self._relevant(likeness, free, number)
        picked.sort(key=lambda place: (likeness[place], place))
        return tuple(self.items[place] for place in picked)

    def typical(self, number: int) -> tuple[SolvedItem, ...]:
        """Pick the items that are most like all others, yet unlike each other, in order.

        Args:
            number: How many are picked, as far as there are.
        """
        free = np.ones(len(self.items), dtype=np.bool_)
        picked = self._relevant(self.vectors @ _unit(self.centre), free, number)
        return tuple(self.items[place] for place in picked)

    def _relevant(self, likeness: Floats, free: Bools, number: int) -> list[int]:
        """Pick by maximal marginal relevance, a label after the other; return their places."""
        free = free.copy()
        nearest_shown = np.zeros(len(self.items))
        shown = np.zeros(len(self.items), dtype=np.intp)  # by label, of which there are no more
        picked: list[int] = []
        while len(picked) < number and free.any():
            allowed = free & (shown[self._labels] == shown[self._labels[free]].min())
            worth = RELEVANCE * likeness - (1 - RELEVANCE) * nearest_shown
            best = int(np.where(allowed, worth, -np.inf).argmax())
            picked.append(best)
            free[best] = False
            shown[self._labels[best]] += 1
            nearest_shown = np.maximum(nearest_shown, self.vectors @ self.vectors[best])
        return picked

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        dims = self.vectors.shape[1]
        return {
            "items": [one.to_json() for one in self.items],
            "dims": dims,
            "vectors": self.encoded,
        }

    @classmethod
    def from_json(cls, content: object) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "items", "dims", "vectors")
        bank = cls(solved_items(found["items"]), text(found["vectors"]))
        try:
            content_bytes = base64.b64decode(bank.encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("the vectors are no base64") from error
        wanted = len(bank.items) * count(found["dims"]) * _STORED.itemsize
        if not bank.items or not wanted or len(content_bytes) != wanted:
            raise ValueError("there is not one vector an item")
        if not np.isfinite(bank.vectors).all():
            raise ValueError("a vector is not finite")
        if len(distinct(bank.items)) < len(bank.items):
            raise ValueError("two items have the same text")
        return bank


def solved_items(content: object) -> tuple[SolvedItem, ...]:
    """Read a list of solved items.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(content, Sequence) or isinstance(content, str):
        raise ValueError("a list of solved items was expected")
    return tuple(map(SolvedItem.from_json, content))


def _order(item: SolvedItem) -> tuple[str, str]:
    return item.key, item.answer


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    unit: Floats = vector / length if length > 0 else vector
    return unit
