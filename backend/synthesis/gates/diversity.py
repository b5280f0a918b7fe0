"""Labels whose synthetic texts are all much the same do not pass.

Two figures, each beside that of as many real texts: distinct-2, the share of pairs of words that
occur once (Li et al., "A Diversity-Promoting Objective Function", 2016), and the dispersion of
embeddings, the mean cosine distance between two texts. Both fall from one generation to the next
where a model learns from what models wrote (Shumailov et al., Nature 2024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.answers.folding import folded_words
from labeling.mathtypes import Bools, Floats

FEWEST = 10
"""Texts of a label, and real texts, below which nothing is said."""

SEED = 0


@dataclass(frozen=True, slots=True)
class Diversity(Gate):
    """Refuses all texts of a label that are far more alike than real texts.

    Attributes:
        least: The share of the real texts' figures below which a label's texts may not fall.
    """

    name: ClassVar[str] = "diversity"

    least: float = 0.5

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Say which texts may pass; see `Gate.judge`."""
        passes = np.ones(len(synthetic), dtype=np.bool_)
        for label in np.unique(synthetic.labels):
            own = synthetic.labels == label
            passes[own] = not self._is_poor(synthetic.part(own), real)
        of_synthetic, of_real = _distinct_beside(synthetic.texts, real.texts)
        figures = {"distinct-2": of_synthetic, "distinct-2, real": of_real}
        figures["dispersion"] = _dispersion(synthetic.embeddings)
        figures["dispersion, real"] = _dispersion(real.embeddings)
        return Verdict(passes, figures)

    def _is_poor(self, synthetic: SyntheticTexts, real: RealTexts) -> bool:
        if min(len(synthetic), len(real)) < FEWEST:
            return False
        distinct, of_real = _distinct_beside(synthetic.texts, real.texts)
        dispersion, of_labels = _dispersion(synthetic.embeddings), _within_labels(real)
        return distinct < self.least * of_real or dispersion < self.least * of_labels


def distinct(texts: Sequence[str], words: int = 2) -> float:
    """Return how many different sequences of words there are, as a share of all.

    Args:
        texts: The texts.
        words: How many words make a sequence.

    Returns:
        Of all sequences, the share of different ones; NaN where there is none.

    Examples:
        >>> distinct(["a b c", "a b d"])
        0.75
    """
    found: list[tuple[str, ...]] = []
    for text in texts:
        split = folded_words(text).split()
        found += [tuple(split[at : at + words]) for at in range(len(split) - words + 1)]
    return len(set(found)) / len(found) if found else float("nan")


def _distinct_beside(texts: Sequence[str], others: Sequence[str]) -> tuple[float, float]:
    """Return distinct-2 of as many texts of both, since it falls as texts get more."""
    size = min(len(texts), len(others))
    return distinct(_drawn(texts, size)), distinct(_drawn(others, size))


def _drawn(texts: Sequence[str], size: int) -> list[str]:
    order = np.random.default_rng(SEED).permutation(len(texts))[:size]
    return [texts[place] for place in order]


def _dispersion(embeddings: Floats | None, where: Bools | slice = slice(None)) -> float:
    """Return the mean cosine distance between two of some texts; NaN where there are none."""
    if embeddings is None or not len(embeddings[where]):
        return float("nan")
    mean = embeddings[where].mean(axis=0)
    return float(1 - mean @ mean)


def _within_labels(real: RealTexts) -> float:
    """Return the mean dispersion of real texts of one label; NaN where no label has enough."""
    counts = np.bincount(real.labels)
    enough = np.flatnonzero(counts >= FEWEST)
    found = [_dispersion(real.embeddings, real.labels == label) for label in enough]
    return float(np.mean(found)) if found else float("nan")
