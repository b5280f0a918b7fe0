"""TypiClust: the most typical text of each cluster, for when little or nothing is answered yet."""

import warnings
from typing import ClassVar

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.base import Strategy
from routing.selection.pool import Pool, Reals

MOST_CLUSTERS = 500
"""Clusters at most, as in the paper; from then on a cluster gives a text more than once."""

NEIGHBOURS = 20
"""Nearest neighbours that a text is compared with, as in the paper."""

FEWEST_MEMBERS = 5
"""Texts below which a cluster is taken for outliers, and comes last, as in the paper."""

CAREFULLY_BEGUN = 50
"""Clusters up to which k-means begins with care; of many, any texts are as good a beginning."""

TINY = 1e-7


class TypiClust(Strategy):
    """Takes the most typical text of each cluster that is not answered yet.

    Hacohen, Dekel and Weinshall, "Active Learning on a Budget: Opposite Strategies Suit High and
    Low Budgets" (ICML 2022). All texts are cut into as many clusters as there are answers then.
    Clusters of the fewest answers come first, of those the largest, each with the text whose
    neighbours are nearest.
    """

    name: ClassVar[str] = "typiclust"
    needs_embeddings: ClassVar[bool] = True
    most_read: ClassVar[int | None] = 10_000

    def _pick(
        self, pool: Pool, candidates: Indices, size: int, rng: np.random.Generator
    ) -> Indices:
        vectors = pool.vectors(candidates)
        known = pool.vectors(self._references(pool, rng))
        clusters = min(len(known) + size, MOST_CLUSTERS, len(candidates))
        cluster_of = _clusters(np.concatenate([vectors, known]), clusters, rng)
        answers = np.bincount(cluster_of[len(vectors) :], minlength=clusters)
        sizes = np.bincount(cluster_of, minlength=clusters)
        ranked = [_by_typicality(vectors, members) for members in _members(cluster_of, vectors)]
        left = [len(members) for members in ranked]
        picked: list[int] = []
        while len(picked) < size:
            cluster = min(
                (number for number, count in enumerate(left) if count),
                key=lambda one: (sizes[one] < FEWEST_MEMBERS, answers[one], -left[one]),
            )
            picked.append(int(ranked[cluster][-left[cluster]]))
            left[cluster] -= 1
            answers[cluster] += 1
        return candidates[np.array(picked, dtype=np.intp)]


def _clusters(vectors: Reals, count: int, rng: np.random.Generator) -> Indices:
    """Return the cluster of each text by k-means, shape (texts,)."""
    # Here, since scikit-learn would slow every command's start.
    from sklearn.cluster import MiniBatchKMeans  # type: ignore[import-untyped]
    from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]

    means = MiniBatchKMeans(
        count,
        init="k-means++" if count <= CAREFULLY_BEGUN else "random",
        n_init=1,
        batch_size=2048,
        random_state=int(rng.integers(2**31 - 1)),
    )
    with warnings.catch_warnings():
        # Copies of one text may leave some of the clusters empty, and they stay so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        cluster_of: Indices = means.fit_predict(vectors).astype(np.intp)
    return cluster_of


def _members(cluster_of: Indices, vectors: Reals) -> list[Indices]:
    """Return the candidates, which come first, of each cluster."""
    own = cluster_of[: len(vectors)]
    order = np.argsort(own, kind="stable")
    edges = np.searchsorted(own[order], np.arange(1, cluster_of.max() + 1))
    return list(np.split(order, edges))


def _by_typicality(vectors: Reals, members: Indices) -> Indices:
    """Sort a cluster's texts by the mean distance to their neighbours in it, the nearest first."""
    if len(members) < 3:
        return members
    from sklearn.neighbors import NearestNeighbors  # type: ignore[import-untyped]

    count = min(NEIGHBOURS, len(members) // 2)
    distances: Floats
    distances, _ = NearestNeighbors(n_neighbors=count).fit(vectors[members]).kneighbors()
    typicality = 1 / (distances.mean(axis=1) + TINY)
    return members[np.argsort(-typicality, kind="stable")]
