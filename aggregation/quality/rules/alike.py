"""How much two people err alike, beside what their own errors and the items lead one to expect."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix
from scipy.stats import nbinom, poisson

from aggregation.quality.rules.contract import Work
from aggregation.quality.rules.error_rates import ErrorRates
from labeling.mathtypes import Floats, Integers

OUTLIERS = 0.01
"""The share of pairs that have no say in how much pairs differ honestly."""

FEWEST = 3
"""People on a task, at least, for a minority to be told from a majority."""


@dataclass(frozen=True)
class AlikeErrors:
    """Errors that pairs of people share.

    Attributes:
        shared: Items on which both gave the same label against the majority, shape (people,
            people).
        expected: How many of them were to be expected, same shape.
    """

    shared: Integers
    expected: Floats

    @classmethod
    def of(cls, work: Work) -> "AlikeErrors":
        """Count shared errors, and how many to expect.

        An item's shared errors are spread over the pairs of its people as if it were chance who
        made them, in proportion to how often each of the two makes that error (that label where
        the majority says that one). That is the mean of the permutation test which deals an item's
        labels out to its people anew, with people's own rates of errors as weights.

        Args:
            work: Answers that are not free texts.
        """
        crowd, people = work.crowd, len(work.workers)
        counts = crowd.counts
        most = counts.max(axis=1)
        is_clear = ((counts == most[:, None]).sum(axis=1) == 1) & (counts.sum(axis=1) >= FEWEST)
        majority = counts.argmax(axis=1)
        tasks, labels = np.nonzero((counts >= 2) & is_clear[:, None])
        wrong = labels != majority[tasks]
        tasks, labels = tasks[wrong], labels[wrong]
        rates = ErrorRates.of(work, majority, is_clear)
        # A row for everybody on a task that has a shared error, a column for each such error.
        order = np.argsort(crowd.task, kind="stable")
        starts = np.searchsorted(crowd.task[order], np.arange(len(counts) + 1))
        sizes = starts[tasks + 1] - starts[tasks]
        column = np.repeat(np.arange(len(tasks)), sizes)
        offset = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        answers = order[np.repeat(starts[tasks], sizes) + offset]
        who = work.of_worker[answers]
        made = crowd.label[answers] == labels[column]
        weight = rates.of_people(who, majority[tasks][column], labels[column])
        total = np.bincount(column, weight, len(tasks))
        pairs = (total**2 - np.bincount(column, weight**2, len(tasks))) / 2
        number = counts[tasks, labels]
        scale = np.sqrt(number * (number - 1) / 2 / np.maximum(pairs, 1e-12))
        shape = (people, len(tasks))
        errors = csr_matrix((made.astype(np.float64), (who, column)), shape)
        weights = csr_matrix((weight * scale[column], (who, column)), shape)
        shared = (errors @ errors.T).toarray().astype(np.int64)
        expected = (weights @ weights.T).toarray()
        np.fill_diagonal(shared, 0)
        np.fill_diagonal(expected, 0.0)
        return cls(shared, expected)

    @cached_property
    def p_values(self) -> Floats:
        """That a pair of honest people shares so many errors, shape (people, people).

        Shared errors are counted as Poisson's, or, where pairs differ by more, as negative
        binomial; 1 where no shared error is to be expected.
        """
        upper = np.triu_indices(len(self.shared), 1)
        shared, expected = self.shared[upper], self.expected[upper]
        spread = _overdispersion(shared, expected)
        p_values = np.ones_like(self.expected)
        known = expected > 0
        p_values[upper] = np.where(known, _tail(shared, np.maximum(expected, 1e-12), spread), 1.0)
        return np.minimum(p_values, p_values.T)


def _overdispersion(shared: Integers, expected: Floats) -> float:
    """Return the squared coefficient of variation of pairs' rates, beyond Poisson's variance."""
    excess = (shared - expected) ** 2 - expected
    kept = (shared - expected) / np.sqrt(expected + 1e-12)
    inner = kept <= np.quantile(kept, 1 - OUTLIERS) if len(kept) else kept > 0
    squares = float((expected[inner] ** 2).sum())
    return max(0.0, float(excess[inner].sum()) / squares) if squares > 0 else 0.0


def _tail(shared: Integers, expected: Floats, spread: float) -> Floats:
    if spread < 1e-6:
        return np.asarray(poisson.sf(shared - 1, expected), dtype=np.float64)
    tail = nbinom.sf(shared - 1, 1 / spread, 1 / (1 + spread * expected))
    return np.asarray(tail, dtype=np.float64)
