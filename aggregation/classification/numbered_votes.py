"""Votes by number: the arrays that worker models are fitted on."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from labeling.mathtypes import Bools, Floats, Indices

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class NumberedVotes:
    """Who gave which label to which task; one entry a vote.

    Args:
        tasks: The task of each vote, from 0 on.
        workers: Its worker, from 0 on.
        labels: The label that it names, from 0 on.
        shape: How many tasks, workers and labels there are.
    """

    tasks: Indices
    workers: Indices
    labels: Indices
    shape: tuple[int, int, int]

    def __len__(self) -> int:
        """Return how many votes there are."""
        return len(self.tasks)

    def where(self, chosen: Bools) -> "NumberedVotes":
        """Return some of the votes, among the same tasks, workers and labels."""
        return NumberedVotes(
            self.tasks[chosen], self.workers[chosen], self.labels[chosen], self.shape
        )

    @cached_property
    def of_task(self) -> Indices:
        """How many votes each task has."""
        return np.asarray(np.bincount(self.tasks, minlength=self.shape[0]), dtype=np.intp)

    @cached_property
    def of_worker(self) -> Floats:
        """How many votes each worker gave."""
        return self.by_worker(np.ones(len(self)))

    def of_tasks(self, chosen: Bools) -> "NumberedVotes":
        """Return the votes on some of the tasks, these numbered anew in their order."""
        numbers, among = np.cumsum(chosen) - 1, chosen[self.tasks]
        shape = (int(chosen.sum()), *self.shape[1:])
        return NumberedVotes(
            numbers[self.tasks[among]], self.workers[among], self.labels[among], shape
        )

    def by_cell(self, weights: Floats) -> Floats:
        """Sum weights of votes by task and label, shape (tasks, labels)."""
        n_tasks, _, k = self.shape
        sums = np.bincount(self._cells, weights=weights, minlength=n_tasks * k)
        return np.asarray(sums, dtype=np.float64).reshape(n_tasks, k)

    def by_worker(self, weights: Floats) -> Floats:
        """Sum weights of votes by worker, shape (workers,)."""
        sums = np.bincount(self.workers, weights=weights, minlength=self.shape[1])
        return np.asarray(sums, dtype=np.float64)

    def of_named(self, table: Floats) -> Floats:
        """Return what a table (tasks, labels) holds for the label that each vote names."""
        named: Floats = table.ravel()[self._cells]
        return named

    @cached_property
    def incidence(self) -> "csr_array":
        """Tasks by (worker, named label): how often that worker gave that label to that task."""
        from scipy.sparse import csr_array  # here, since it would slow every command's start

        n_tasks, n_workers, k = self.shape
        columns = self.workers * k + self.labels
        return csr_array(
            (np.ones(len(self)), (self.tasks, columns)), shape=(n_tasks, n_workers * k)
        )

    @cached_property
    def _cells(self) -> Indices:
        return np.asarray(self.tasks * self.shape[2] + self.labels, dtype=np.intp)
