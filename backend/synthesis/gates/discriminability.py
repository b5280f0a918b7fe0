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
from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Floats
from labeling.metrics import auroc

FEWEST = 20
"""Texts of either kind below which nothing is said."""

FOLDS = 5


class Discriminability(Gate):
    """Measures how far synthetic texts are from real ones; lets all pass."""

    name: ClassVar[str] = "discriminability"

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Measure; see `Gate.judge`."""
        if min(len(synthetic), len(real)) < FEWEST:
            return Verdict.all_of(synthetic, {"AUROC": float("nan")})
        is_synthetic = np.arange(len(synthetic) + len(real)) < len(synthetic)
        said = cross_val_predict(
            LogisticRegression(class_weight="balanced"),
            _features(synthetic, real),
            is_synthetic,
            cv=FOLDS,
            method="predict_proba",
        )
        return Verdict.all_of(synthetic, {"AUROC": auroc(said[:, 1], is_synthetic)})


def _features(synthetic: SyntheticTexts, real: RealTexts) -> Floats:
    if synthetic.embeddings is not None and real.embeddings is not None:
        return np.vstack([synthetic.embeddings, real.embeddings])
    texts = [*synthetic.texts, *real.texts]
    return WordFeatures.fit(texts)(texts)
