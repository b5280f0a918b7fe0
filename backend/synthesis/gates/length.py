"""Texts that are much shorter or longer than any that people wrote do not pass."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Floats

USUAL = (0.01, 0.99)
"""Quantiles of the real texts' lengths between which a length is usual."""


@dataclass(frozen=True, slots=True)
class Length(Gate):
    """Refuses unusual lengths, in words.

    Attributes:
        reach: How many times shorter or longer than usual a text may be.
    """

    name: ClassVar[str] = "length"

    reach: float = 1.5

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Say which texts may pass; see `Gate.judge`."""
        found = _words(synthetic.texts)
        figures = {"median words": float(np.median(found))}
        if not len(real):
            return Verdict(found > 0, figures)
        usual = _words(real.texts)
        shortest, longest = np.quantile(usual, USUAL)
        fits = (found >= shortest / self.reach) & (found <= longest * self.reach)
        return Verdict(fits & (found > 0), {**figures, "real": float(np.median(usual))})


def _words(texts: tuple[str, ...]) -> Floats:
    return np.array([len(text.split()) for text in texts], dtype=np.float64)
