"""Least confidence: the texts whose most probable label is the least probable."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.pool import Pool


class LeastConfidence(ScoringStrategy):
    """Lewis and Gale, "A Sequential Algorithm for Training Text Classifiers" (SIGIR 1994)."""

    name: ClassVar[str] = "least-confidence"

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return one minus the probability of the top label, shape (candidates,)."""
        doubt: Floats = 1 - pool.probabilities[candidates].max(axis=1).astype(np.float64)
        return doubt
