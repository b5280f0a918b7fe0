"""Predicted error: the texts whose label is the most probably wrong, which the plan would review.

It serves the promise alone: people label what the model cannot be left, and nothing else. What the
answers teach the model is not looked at.
"""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Indices
from routing.selection.base import Strategy
from routing.selection.least_confidence import LeastConfidence
from routing.selection.pool import Pool


class PredictedError(Strategy):
    """Takes the most doubtful texts, of equally doubtful ones the first in the pool."""

    name: ClassVar[str] = "predicted-error"

    def _pick(
        self,
        pool: Pool,
        candidates: Indices,
        size: int,
        rng: np.random.Generator,  # noqa: ARG002 - nothing is left to chance
    ) -> Indices:
        if pool.errors is not None:
            errors = pool.errors[candidates]
        else:
            errors = LeastConfidence().scores(pool, candidates)
        ranked: Indices = candidates[np.lexsort((candidates, -errors))]
        return ranked[:size]
