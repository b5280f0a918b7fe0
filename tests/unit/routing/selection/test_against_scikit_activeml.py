"""Where scikit-activeml has the same strategy, both pick the same texts."""

from typing import Any

import numpy as np
import pytest
from skactiveml import pool as peers  # type: ignore[import-untyped]
from skactiveml.base import SkactivemlClassifier  # type: ignore[import-untyped]
from skactiveml.pool._uncertainty_sampling import (  # type: ignore[import-untyped]
    uncertainty_scores,
)

from labeling.mathtypes import Floats
from routing.selection.base import ScoringStrategy
from routing.selection.pool import Pool, Reals
from routing.selection.registry import STRATEGIES
from tests.support.selection_pools import clustered_pool, random_pool

pytestmark = pytest.mark.slow


class Known(SkactivemlClassifier):  # type: ignore[misc]
    """Believes of each text of a pool what the pool says."""

    def __init__(self, pool: Pool | None = None) -> None:
        super().__init__(classes=None, missing_label=np.nan, cost_matrix=None, random_state=0)
        self.pool = pool

    def fit(self, *_: Any) -> "Known":
        return self

    def predict_proba(self, embeddings: Reals) -> Floats:
        assert self.pool is not None
        places = (embeddings @ self.pool.vectors(np.arange(len(self.pool))).T).argmax(axis=1)
        return self.pool.beliefs(places)


def peer_batch(peer: Any, pool: Pool, size: int, **given: Any) -> list[int]:
    answers = np.where(pool.is_answered, 0.0, np.nan)
    vectors = pool.vectors(np.arange(len(pool)))
    return [int(one) for one in peer.query(vectors, answers, batch_size=size, **given)]


def our_batch(name: str, pool: Pool, size: int) -> list[int]:
    return [int(one) for one in STRATEGIES[name].select(pool, size, seed=0)]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("least-confidence", "least_confident"),
        ("margin", "margin_sampling"),
        ("entropy", "entropy"),
    ],
)
def test_the_measures_of_doubt_are_the_same(name: str, method: str) -> None:
    pool, strategy = random_pool(labels=5), STRATEGIES[name]
    assert isinstance(strategy, ScoringStrategy)
    candidates = pool.open_items
    theirs = uncertainty_scores(pool.beliefs(candidates), method=method)
    assert strategy.scores(pool, candidates) == pytest.approx(theirs)


def test_core_sets_are_the_same() -> None:
    pool = random_pool(items=300)
    assert our_batch("core-set", pool, 25) == peer_batch(peers.CoreSet(random_state=0), pool, 25)


def test_contrastive_examples_are_the_same() -> None:
    pool = random_pool(items=300)
    peer = peers.ContrastiveAL(nearest_neighbors_dict={"n_neighbors": 10}, random_state=0)
    theirs = peer_batch(peer, pool, 25, clf=Known(pool), fit_clf=False)
    assert our_batch("cal", pool, 25) == theirs


def test_badge_starts_at_the_same_text() -> None:
    pool = random_pool(items=300)
    theirs = peer_batch(peers.Badge(random_state=0), pool, 1, clf=Known(pool), fit_clf=False)
    assert our_batch("badge", pool, 1) == theirs


def test_the_typical_texts_of_clear_clusters_are_the_same() -> None:
    pool = clustered_pool(5, 41)
    theirs = peer_batch(peers.TypiClust(k=20, random_state=0), pool, 5)
    assert set(our_batch("typiclust", pool, 5)) == set(theirs)
