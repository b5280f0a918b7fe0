"""Margin: the texts whose two most probable labels are the closest to each other."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.pool import Pool


class Margin(ScoringStrategy):
    """Scheffer, Decomain and Wrobel, "Active Hidden Markov Models" (IDA 2001); breaking ties."""

    name: ClassVar[str] = "margin"

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return one minus what the top label has more than the next, shape (candidates,)."""
        believed = pool.probabilities[candidates]
        if believed.shape[1] < 2:
            return np.zeros(len(candidates))
        first_two = np.partition(believed, -2, axis=1)[:, -2:].astype(np.float64)
        scores: Floats = 1 - (first_two[:, 1] - first_two[:, 0])
        return scores
