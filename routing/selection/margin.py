"""Margin: the texts whose two most probable labels are the closest to each other.

Where several things are asked, the least certain of them counts (Brinker, "On Active Learning in
Multi-label Classification", 2006).
"""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.doubt import most_doubt
from routing.selection.pool import Pool, Reals


class Margin(ScoringStrategy):
    """Scheffer, Decomain and Wrobel, "Active Hidden Markov Models" (IDA 2001); breaking ties."""

    name: ClassVar[str] = "margin"

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return one minus what the top label has more than the next, shape (candidates,)."""
        return most_doubt(pool, candidates, _closeness)


def _closeness(believed: Reals) -> Floats:
    """Return one minus the difference of the two largest, shape (items, questions)."""
    if believed.shape[2] < 2:
        return np.zeros(believed.shape[:2])
    first_two = np.partition(believed, -2, axis=2)[..., -2:].astype(np.float64)
    scores: Floats = 1 - (first_two[..., 1] - first_two[..., 0])
    return scores
