"""Least confidence: the texts whose most probable label is the least probable.

Where several things are asked, it is the share of them that is expected to be wrong.
"""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.doubt import mean_doubt
from routing.selection.pool import Pool, Reals


class LeastConfidence(ScoringStrategy):
    """Lewis and Gale, "A Sequential Algorithm for Training Text Classifiers" (SIGIR 1994)."""

    name: ClassVar[str] = "least-confidence"

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return one minus the probability of the top label, shape (candidates,)."""
        return mean_doubt(pool, candidates, _less_than_sure)


def _less_than_sure(believed: Reals) -> Floats:
    doubt: Floats = 1 - believed.max(axis=2).astype(np.float64)
    return doubt
