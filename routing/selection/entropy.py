"""Entropy: the texts whose label the model knows least about."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.pool import Pool


class Entropy(ScoringStrategy):
    """Settles, "Active Learning Literature Survey" (2009), section 3.1, after Shannon (1948)."""

    name: ClassVar[str] = "entropy"

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return each distribution's entropy in nats, shape (candidates,)."""
        believed = pool.probabilities[candidates]
        logs = np.log(believed, out=np.zeros_like(believed), where=believed > 0)
        entropy: Floats = -(believed * logs).sum(axis=1, dtype=np.float64)
        return entropy
