"""Texts in another language than the real ones do not pass: too few of their trigrams are known.

Trigrams of characters tell languages apart (Cavnar and Trenkle, "N-Gram-Based Text Categorization",
1994). Which language a project has is seen from its texts, so that no list of languages is needed:
a text passes where the share of its trigrams that real texts have is what real texts have of each
other. What is no language at all, such as repeated signs, falls, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.answers.folding import folded
from labeling.mathtypes import Floats

FEWEST = 20
"""Real texts below which a language is not known, and all texts pass."""


@dataclass(frozen=True, slots=True)
class Language(Gate):
    """Refuses texts whose trigrams are strange to the real texts.

    Attributes:
        quantile: Of the real texts' own shares, the one that a text may not fall below.
        reach: How far below it a text may still be, as a share of it: what synthetic texts say in
            words that no real text has is welcome.
    """

    name: ClassVar[str] = "language"

    quantile: float = 0.01
    reach: float = 0.8

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Say which texts may pass; see `Gate.judge`."""
        if len(real) < FEWEST:
            return Verdict.all_of(synthetic, {"known trigrams": float("nan")})
        halves = real.texts[::2], real.texts[1::2]
        known = [{one for text in half for one in _trigrams(text)} for half in halves]
        of_real = np.concatenate([_shares(halves[0], known[1]), _shares(halves[1], known[0])])
        of_synthetic = (_shares(synthetic.texts, known[0]) + _shares(synthetic.texts, known[1])) / 2
        least = float(np.quantile(of_real, self.quantile)) * self.reach
        figures = {"known trigrams": float(of_synthetic.mean()), "real": float(of_real.mean())}
        return Verdict(of_synthetic >= least, figures)


def _shares(texts: Sequence[str], known: set[str]) -> Floats:
    """Return the share of each text's trigrams that are known, shape (texts,)."""
    found = [[one in known for one in _trigrams(text)] for text in texts]
    return np.array([np.mean(one) if one else 0.0 for one in found], dtype=np.float64)


def _trigrams(text: str) -> list[str]:
    padded = f" {folded(text)} "
    return [padded[at : at + 3] for at in range(len(padded) - 2)] if padded.strip() else []
