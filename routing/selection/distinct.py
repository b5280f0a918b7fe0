"""A batch without near-duplicates: the first of a ranking, less what is nearly the same text."""

import numpy as np

from labeling.mathtypes import Indices
from routing.selection.pool import Pool

NEAR_DUPLICATE = 0.95
"""Cosine similarity from which two texts ask the same question."""

LOOKED_AT = 100
"""Texts of the ranking that are looked at, for each that is taken: a pool may be all alike."""


def highest_distinct(ranked: Indices, pool: Pool, size: int) -> Indices:
    """Take the first texts of a ranking, passing over near-duplicates of those that are taken.

    What was passed over fills the batch up where nothing else is found. Without embeddings no two
    texts are known to be alike.

    Args:
        ranked: Texts, the one that matters most first, `size` at least.
        pool: Has their embeddings.
        size: How many to take.

    Returns:
        The texts, in the order of the ranking but for those that fill up, shape (size,).
    """
    if pool.embeddings is None:
        return ranked[:size]
    taken: list[int] = []
    passed: list[int] = []
    kept = np.empty((size, pool.embeddings.shape[1]), dtype=np.float32)
    for item in ranked[: LOOKED_AT * size].tolist():
        vector = pool.embeddings[item].astype(np.float32)
        if taken and (kept[: len(taken)] @ vector).max() >= NEAR_DUPLICATE:
            passed.append(item)
            continue
        kept[len(taken)] = vector
        taken.append(item)
        if len(taken) == size:
            break
    return np.array([*taken, *passed][:size], dtype=np.intp)
