"""scikit-activeml's own strategies, on the same texts, embeddings and learner."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from skactiveml import pool as peers  # type: ignore[import-untyped]
from skactiveml.base import SkactivemlClassifier  # type: ignore[import-untyped]

from bench.selection_world import Pick
from labeling.mathtypes import Floats, Indices
from routing.selection.pool import Pool, Reals


class Known(SkactivemlClassifier):  # type: ignore[misc]
    """The project's learner, already fitted: believes of each text what the pool says."""

    def __init__(self, beliefs: Mapping[bytes, Floats] | None = None) -> None:
        super().__init__(classes=None, missing_label=np.nan, cost_matrix=None, random_state=0)
        self.beliefs = beliefs

    def fit(self, *_: Any) -> "Known":
        """Change nothing: it is fitted."""
        return self

    def predict_proba(self, embeddings: Reals) -> Floats:
        """Return the pool's beliefs of texts by their embeddings, shape (texts, labels)."""
        return np.array([(self.beliefs or {})[row.tobytes()] for row in embeddings])


def _pick(peer: Any, is_asking_classifier: bool, pool: Pool, size: int, seed: int) -> Indices:
    vectors = pool.vectors(np.arange(len(pool)))
    answers = np.where(pool.is_answered, 0.0, np.nan)
    given: dict[str, Any] = {}
    if is_asking_classifier:
        beliefs = pool.beliefs(np.arange(len(pool)))
        known = {row.tobytes(): one for row, one in zip(vectors, beliefs, strict=True)}
        given = {"clf": Known(known), "fit_clf": False}
    picked = peer(random_state=seed % 2**31).query(vectors, answers, batch_size=size, **given)
    return np.asarray(picked, dtype=np.intp)


PEERS: Mapping[str, Pick] = {
    "scikit-activeml margin": partial(
        _pick, partial(peers.UncertaintySampling, method="margin_sampling"), True
    ),
    "scikit-activeml badge": partial(_pick, peers.Badge, True),
    "scikit-activeml core-set": partial(_pick, peers.CoreSet, False),
    "scikit-activeml typiclust": partial(_pick, partial(peers.TypiClust, k=20), False),
}
"""Those that the project's own have to stand beside, by name."""
