"""What the others say of an item: their labels without one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from labeling.mathtypes import Floats, Indices

Counts: TypeAlias = npt.NDArray[np.int32]

PRIOR = 1.0
"""How many votes the whole crowd's shares of labels count as, beside the others' votes."""

NONE = -1
"""Stands for the majority where the others tie, or where there are none."""

_ROWS = 20_000
"""How many rows are laid out over all labels at a time."""


@dataclass(frozen=True)
class Crowd:
    """Votes as numbers.

    Attributes:
        task: Each answer's task, shape (answers,).
        label: Each answer's label, as its place in `names`, shape (answers,).
        names: The labels, in the form's order, then those that it does not name.
        counts: Votes by task and label, shape (tasks, labels).
    """

    task: Indices
    label: Indices
    names: Sequence[str]
    counts: Counts

    @classmethod
    def of(cls, task: Indices, labels: "pd.Series[str]", order: Sequence[str]) -> "Crowd":
        """Count the votes.

        Args:
            task: Each answer's task, numbered from 0.
            labels: Each answer's label.
            order: Labels in the form's order.
        """
        names = [*order, *sorted(set(labels.unique()) - set(order))]
        places = {name: place for place, name in enumerate(names)}
        label = labels.map(places).to_numpy(dtype=np.intp)
        counts = np.zeros((int(task.max(initial=-1)) + 1, len(names)), dtype=np.int32)
        np.add.at(counts, (task, label), 1)
        return cls(task, label, names, counts)

    @cached_property
    def majority(self) -> Indices:
        """The label that most others gave, an answer; `NONE` where they tie; shape (answers,)."""
        parts = [self._majority(rows) for rows in self._chunks()]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)

    @cached_property
    def frequencies(self) -> Floats:
        """The share of all answers that each label has, shape (labels,)."""
        frequencies: Floats = self.counts.sum(axis=0) / max(1, len(self.task))
        return frequencies

    def shares(self, rows: Indices) -> Floats:
        """Return how often others say each label of these answers' items.

        Args:
            rows: Places of the answers.

        Returns:
            Shares, shrunk towards the whole crowd's, shape (rows, labels).
        """
        counts = self._others(rows)
        shares: Floats = (counts + PRIOR * self.frequencies) / (
            counts.sum(axis=1, keepdims=True) + PRIOR
        )
        return shares

    def _others(self, rows: Indices) -> Counts:
        counts = self.counts[self.task[rows]]
        counts[np.arange(len(rows)), self.label[rows]] -= 1
        return counts

    def _majority(self, rows: Indices) -> Indices:
        counts = self._others(rows)
        best = counts.argmax(axis=1).astype(np.intp)
        most = counts[np.arange(len(rows)), best]
        is_clear = (most > 0) & ((counts == most[:, None]).sum(axis=1) == 1)
        return np.where(is_clear, best, NONE)

    def _chunks(self) -> list[Indices]:
        rows = np.arange(len(self.task), dtype=np.intp)
        return [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]
