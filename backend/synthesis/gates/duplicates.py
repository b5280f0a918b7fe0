"""Texts that repeat a real one, or a synthetic one before them, do not pass."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.near_texts import WrittenTexts, first_of_its_meaning, nearest_cosines
from backend.synthesis.synthetic_texts import SyntheticTexts


@dataclass(frozen=True, slots=True)
class Duplicates(Gate):
    """Keeps the first of texts that say the same, and none that a real text says.

    Two are duplicates where they are equal but for case, width and spacing, where they are written
    alike (see `backend.synthesis.near_texts`), or where their embeddings are near.

    Attributes:
        near: The cosine from which on two embeddings say the same.
    """

    name: ClassVar[str] = "duplicates"

    near: float = 0.95

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Say which texts may pass; see `Gate.judge`."""
        seen = WrittenTexts(real.texts)
        exact = np.zeros(len(synthetic), dtype=np.bool_)
        written = np.zeros(len(synthetic), dtype=np.bool_)
        for place, text in enumerate(synthetic.texts):
            exact[place], written[place] = seen.exact(text), seen.near(text)
            seen.add(text)
        meant = np.zeros(len(synthetic), dtype=np.bool_)
        if synthetic.embeddings is not None:
            new = np.flatnonzero(~written)
            vectors = synthetic.embeddings[new]
            meant[new] = ~first_of_its_meaning(vectors, self.near)
            if real.embeddings is not None:
                meant[new] |= nearest_cosines(vectors, real.embeddings) >= self.near
        figures = {
            "exact": float(exact.mean()),
            "written alike": float((written & ~exact).mean()),
            "of the same meaning": float(meant.mean()),
        }
        return Verdict(~(exact | written | meant), figures)
