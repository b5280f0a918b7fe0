"""Entropy: the texts whose label the model knows least about.

Where several things are asked, it is the mean of theirs, as total token entropy is divided by the
tokens (Settles and Craven, EMNLP 2008).
"""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.doubt import mean_doubt
from routing.selection.pool import Pool, Reals


class Entropy(ScoringStrategy):
    """Settles, "Active Learning Literature Survey" (2009), section 3.1, after Shannon (1948)."""

    name: ClassVar[str] = "entropy"

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return each distribution's entropy in nats, shape (candidates,)."""
        return mean_doubt(pool, candidates, _entropy)


def _entropy(believed: Reals) -> Floats:
    logs = np.log(believed, out=np.zeros_like(believed), where=believed > 0)
    entropy: Floats = -(believed * logs).sum(axis=2, dtype=np.float64)
    return entropy
