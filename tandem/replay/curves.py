"""What a way of labelling comes to: how right its labels are, by the human labels spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from labeling.mathtypes import Indices

Way = Literal["model", "people", "tandem"]


@dataclass(frozen=True, slots=True)
class ReplayPoint:
    """How right the labels of all items are once so many human labels were given.

    Attributes:
        labels: Human labels.
        accuracy: Share of right labels, of the items whose right label is known.
        seconds: What people's labels took; None where it was not measured.
    """

    labels: int
    accuracy: float
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ReplayCurve:
    """One way of labelling.

    Attributes:
        name: What it is called.
        way: Who labels.
        points: By human labels, ascending; one at least.
    """

    name: str
    way: Way
    points: Sequence[ReplayPoint]

    @property
    def end(self) -> ReplayPoint:
        """Where it ends."""
        return self.points[-1]

    def at(self, labels: float) -> float | None:
        """Return the accuracy at a number of labels, between two points on a straight line.

        Args:
            labels: Human labels.

        Returns:
            The accuracy; beyond the end, that of the end; None before the first point.
        """
        if labels < self.points[0].labels:
            return None
        counts = [one.labels for one in self.points]
        return float(np.interp(labels, counts, [one.accuracy for one in self.points]))


def accuracy(given: Indices, gold: Indices) -> float:
    """Return the share of right labels.

    Args:
        given: The label of each item, shape (items,); -1: none, which is not right.
        gold: The right labels, shape (items,); -1: not known, which does not count.

    Returns:
        The share, in [0, 1].
    """
    known = gold >= 0
    return float((given == gold)[known].mean())
