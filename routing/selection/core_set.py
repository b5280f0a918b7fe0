"""Core-set: texts that cover the pool, each the farthest from all that is answered or taken."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Indices
from routing.selection.base import Strategy
from routing.selection.pool import Pool, Reals

_AT_A_TIME = 4096
"""Candidates that are compared with the answered texts together: it bounds the memory."""


class CoreSet(Strategy):
    """Solves the k-centre problem greedily.

    Sener and Savarese, "Active Learning for Convolutional Neural Networks: A Core-Set Approach"
    (ICLR 2018). The first text of a pool in which nothing is answered is taken by chance.
    """

    name: ClassVar[str] = "core-set"
    needs_embeddings: ClassVar[bool] = True
    most_read: ClassVar[int | None] = 50_000

    def _pick(
        self, pool: Pool, candidates: Indices, size: int, rng: np.random.Generator
    ) -> Indices:
        vectors = pool.vectors(candidates)
        nearest = _greatest_similarity(vectors, pool.vectors(self._references(pool, rng)))
        picked = np.empty(size, dtype=np.intp)
        for place in range(size):
            farthest = int(nearest.argmin())
            picked[place] = farthest
            np.maximum(nearest, vectors @ vectors[farthest], out=nearest)
            nearest[picked[: place + 1]] = np.inf
        return candidates[picked]


def _greatest_similarity(vectors: Reals, centres: Reals) -> Reals:
    """Return each text's similarity to the centre that is nearest to it; -1 where there is none."""
    nearest = np.full(len(vectors), -1.0, dtype=np.float32)
    if len(centres):
        for start in range(0, len(vectors), _AT_A_TIME):
            part = slice(start, start + _AT_A_TIME)
            nearest[part] = (vectors[part] @ centres.T).max(axis=1)
    return nearest
