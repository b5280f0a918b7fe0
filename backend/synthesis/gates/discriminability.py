"""How well a small classifier tells synthetic texts from real ones: a figure, and no refusal.

An AUROC of .5 says that nobody could tell; of 1, that synthetic texts are of another kind. No text
is refused for that: where texts that gave themselves away were left out, what was learned from the
others was no better (see docs/synthesis.md). A collapse shows here early.
"""

from typing import ClassVar

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import cross_val_predict  # type: ignore[import-untyped]

from backend.classifiers.word_features import WordFeatures
from backend.synthesis.gates.base import Drafts, Gate, RealTexts, Verdict
from labeling.mathtypes import Floats
from labeling.metrics import auroc

FEWEST = 20
"""Texts of either kind below which nothing is said."""

FOLDS = 5


class Discriminability(Gate):
    """Measures how far synthetic texts are from real ones; lets all pass."""

    name: ClassVar[str] = "discriminability"

    def judge(self, drafts: Drafts, real: RealTexts) -> Verdict:
        """Measure; see `Gate.judge`."""
        if min(len(drafts), len(real)) < FEWEST:
            return Verdict.all_of(drafts, {"AUROC": float("nan")})
        is_synthetic = np.arange(len(drafts) + len(real)) < len(drafts)
        said = cross_val_predict(
            LogisticRegression(class_weight="balanced"),
            _features(drafts, real),
            is_synthetic,
            cv=FOLDS,
            method="predict_proba",
        )
        return Verdict.all_of(drafts, {"AUROC": auroc(said[:, 1], is_synthetic)})


def _features(drafts: Drafts, real: RealTexts) -> Floats:
    if drafts.embeddings is not None and real.embeddings is not None:
        return np.vstack([drafts.embeddings, real.embeddings])
    texts = [*drafts.texts, *real.texts]
    return WordFeatures.fit(texts)(texts)
