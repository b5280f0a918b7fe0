"""Predicted error: the texts whose label is the most probably wrong, which the plan would review.

It serves the promise alone: people label what the model cannot be left, and nothing else. What the
answers teach the model is not looked at.
"""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Indices
from routing.selection.base import Strategy
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
            errors = 1 - pool.probabilities[candidates].max(axis=1).astype(np.float64)
        ranked: Indices = candidates[np.lexsort((candidates, -errors))]
        return ranked[:size]
