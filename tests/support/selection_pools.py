"""Pools to select from, of every kind that a strategy has to live with."""

from collections.abc import Callable, Mapping

import numpy as np

from labeling.mathtypes import Floats
from routing.selection.pool import ControlColumns, Pool, Reals


def unit(vectors: Floats) -> Floats:
    """Return vectors of length 1."""
    scaled: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def random_pool(
    items: int = 200, labels: int = 4, dims: int = 8, answered: int = 30, seed: int = 0
) -> Pool:
    """Return a pool of random beliefs and embeddings, some of which are answered."""
    rng = np.random.default_rng(seed)
    is_answered = np.zeros(items, dtype=np.bool_)
    is_answered[rng.choice(items, answered, replace=False)] = True
    probabilities = rng.dirichlet(np.full(labels, 0.7), items)
    return Pool(probabilities, is_answered, unit(rng.normal(size=(items, dims))))


def clustered_pool(clusters: int, each: int, answered_clusters: int = 0, seed: int = 0) -> Pool:
    """Return tight clusters, one after the other, of which people answered all of the first."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(np.eye(clusters), each, axis=0)
    embeddings = unit(centres + rng.normal(scale=0.05, size=centres.shape))
    is_answered = np.arange(clusters * each) < answered_clusters * each
    probabilities = rng.dirichlet(np.full(3, 5.0), clusters * each)
    return Pool(probabilities, is_answered, embeddings)


def _ties() -> Pool:
    pool = random_pool()
    return Pool(np.full(pool.probabilities.shape, 0.25), pool.is_answered, pool.embeddings)


def _one_label() -> Pool:
    return random_pool(labels=1)


def _copies() -> Pool:
    """Return 200 texts of which only three are different."""
    pool = random_pool()
    place = np.arange(len(pool)) % 3
    vectors: Reals = pool.vectors(place)
    return Pool(pool.probabilities[place], pool.is_answered, vectors)


def _sure() -> Pool:
    pool = random_pool()
    return Pool(np.eye(4)[np.arange(len(pool)) % 4], pool.is_answered, pool.embeddings)


def _half_precision() -> Pool:
    pool = random_pool()
    vectors = pool.vectors(np.arange(len(pool))).astype(np.float16)
    return Pool(pool.probabilities.astype(np.float32), pool.is_answered, vectors)


def _form() -> Pool:
    """Return a pool of a form: one choice of three, and a set of four."""
    pool, rng = random_pool(), np.random.default_rng(1)
    applies = rng.random((len(pool), 4))
    asked = np.stack([1 - applies, applies], axis=2).reshape(len(pool), -1)
    probabilities = np.concatenate([rng.dirichlet(np.ones(3), len(pool)), asked], axis=1)
    controls = (ControlColumns(0, 1, 3), ControlColumns(3, 4, 2))
    return Pool(probabilities, pool.is_answered, pool.embeddings, controls=controls)


POOLS: Mapping[str, Callable[[], Pool]] = {
    "usual": random_pool,
    "many labels": lambda: random_pool(labels=80),
    "nothing answered": lambda: random_pool(answered=0),
    "all beliefs alike": _ties,
    "one label": _one_label,
    "copies of three texts": _copies,
    "always sure": _sure,
    "a form": _form,
    "half precision": _half_precision,
    "few left": lambda: random_pool(items=40, answered=15),
}
"""By what is special of each; all but the last have more than 100 open texts."""
