"""Density-weighted: doubtful texts that many others resemble, so that no outlier is asked about."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import ScoringStrategy
from routing.selection.entropy import Entropy
from routing.selection.pool import Pool


class Density(ScoringStrategy):
    """Entropy, times the mean similarity to all candidates.

    Settles and Craven, "An Analysis of Active Learning Strategies for Sequence Labeling Tasks"
    (EMNLP 2008), information density with β = 1. The mean cosine similarity to all of them is the
    product with their mean vector, so that no pair need be compared. A text that is unlike the rest
    has none.
    """

    name: ClassVar[str] = "density"
    needs_embeddings: ClassVar[bool] = True
    most_read: ClassVar[int | None] = 100_000

    def scores(self, pool: Pool, candidates: Indices) -> Floats:
        """Return the entropy in nats, weighed by the density in [0, 1], shape (candidates,)."""
        vectors = pool.vectors(candidates)
        density = np.maximum(vectors @ vectors.mean(axis=0), 0).astype(np.float64)
        scores: Floats = Entropy().scores(pool, candidates) * density
        return scores
