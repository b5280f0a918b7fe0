"""BADGE: texts whose answers would move the model far, each in another direction."""

from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import Strategy
from routing.selection.pool import Pool

NEGLIGIBLE = 1e-6
"""A sum of squared distances that rounding in single precision explains."""


class Badge(Strategy):
    """Draws by k-means++ among the gradients of the last layer, were the model's own label right.

    Ash et al., "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds" (ICLR
    2020). A gradient is the outer product of the residual (probabilities less the top label's
    indicator) and the embedding. The product of two gradients is the product of their residuals'
    and their embeddings' products, so that the gradients themselves are never made.
    """

    name: ClassVar[str] = "badge"
    needs_embeddings: ClassVar[bool] = True
    most_read: ClassVar[int | None] = 50_000

    def _pick(
        self, pool: Pool, candidates: Indices, size: int, rng: np.random.Generator
    ) -> Indices:
        vectors = pool.vectors(candidates)
        residuals = _residuals(pool, candidates)
        squares = (residuals**2).sum(axis=1) * np.einsum("id,id->i", vectors, vectors)
        distances = squares.copy()
        picked = np.empty(size, dtype=np.intp)
        for place in range(size):
            taken = picked[:place]
            drawn = int(distances.argmax()) if place == 0 else _drawn(distances, taken, rng)
            picked[place] = drawn
            product = (residuals @ residuals[drawn]) * (vectors @ vectors[drawn])
            away = squares + squares[drawn] - 2 * product
            distances = np.maximum(away, 0) if place == 0 else np.clip(away, 0, distances)
            distances[picked[: place + 1]] = 0
        return candidates[picked]


def _residuals(pool: Pool, candidates: Indices) -> Floats:
    """Return the probabilities less 1 at the top of each question, shape (candidates, columns)."""
    residuals = pool.beliefs(candidates)
    for control in pool.asked:
        own = control.of(residuals)
        top = own.argmax(axis=2, keepdims=True)
        np.put_along_axis(own, top, np.take_along_axis(own, top, axis=2) - 1, axis=2)
        residuals[:, control.start : control.end] = own.reshape(len(own), -1)
    return residuals


def _drawn(distances: Floats, taken: Indices, rng: np.random.Generator) -> int:
    """Draw one by its squared distance; where all are 0, the first that is not taken."""
    cumulated = np.cumsum(distances)
    if cumulated[-1] <= NEGLIGIBLE:
        is_left = np.ones(len(distances), dtype=np.bool_)
        is_left[taken] = False
        return int(is_left.argmax())
    place = np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right")
    # Rounding must not lead behind the last one that is any way off.
    return int(min(place, np.searchsorted(cumulated, cumulated[-1])))
