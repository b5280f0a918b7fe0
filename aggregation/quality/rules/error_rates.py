"""How often each person says a label where the majority says another one."""

from dataclasses import dataclass

import numpy as np

from aggregation.quality.rules.contract import Work
from labeling.mathtypes import Bools, Floats, Indices

SHRINKAGE = 5.0
"""Answers that a person needs for their own rate of an error to count half, beside the crowd's."""


@dataclass(frozen=True)
class ErrorRates:
    """Rates of the pairs of a majority's label and an answer that occur.

    Attributes:
        labels: How many labels there are.
        cells: Each pair as one number, the majority's place times `labels` plus the answer's,
            ascending.
        rates: P(answer | majority) of each person, shrunk, shape (people, cells).
    """

    labels: int
    cells: Indices
    rates: Floats

    @classmethod
    def of(cls, work: Work, majority: Indices, is_clear: Bools) -> "ErrorRates":
        """Estimate the rates.

        With few answers a person's rate of an error is the crowd's, times how much more or less
        often than the crowd the person errs at all.

        Args:
            work: Answers that are not free texts.
            majority: Each task's leading label, by its place.
            is_clear: Whether a task has one.
        """
        crowd, people = work.crowd, len(work.workers)
        labels = len(crowd.names)
        used = is_clear[crowd.task]
        who, leading = work.of_worker[used], majority[crowd.task[used]]
        cells, codes = np.unique(leading * labels + crowd.label[used], return_inverse=True)
        made = np.zeros((people, len(cells)))
        np.add.at(made, (who, codes), 1.0)
        met = np.zeros((people, labels))
        np.add.at(met, (who, leading), 1.0)
        faced = met[:, cells // labels]
        crowd_rates = made.sum(axis=0) / np.maximum(faced.sum(axis=0), 1.0)
        is_error = cells % labels != cells // labels
        errs = (made * is_error).sum(axis=1)
        usual = (faced * crowd_rates * is_error).sum(axis=1)
        prior = ((errs + 1) / (usual + 1))[:, None] * crowd_rates
        return cls(labels, cells, (made + SHRINKAGE * prior) / (faced + SHRINKAGE))

    def of_people(self, who: Indices, majority: Indices, answer: Indices) -> Floats:
        """Return the rates of given people and pairs of labels, element by element.

        Args:
            who: Places of people.
            majority: Places of the majority's labels.
            answer: Places of the answers; the pair must occur.
        """
        rates: Floats = self.rates[
            who, np.searchsorted(self.cells, majority * self.labels + answer)
        ]
        return rates
