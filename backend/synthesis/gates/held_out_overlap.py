"""Texts that repeat what something is judged on never pass, nor do texts that were made of it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.near_texts import WrittenTexts, nearest_cosines
from backend.synthesis.synthetic_texts import SyntheticTexts


@dataclass(frozen=True, slots=True)
class HeldOutOverlap(Gate):
    """Keeps synthetic texts apart from held-out ones.

    Refused is what a held-out text says too, exactly, nearly or in other words, and whatever was
    made of a held-out text, however far it went from it.

    Attributes:
        near: The cosine from which on two embeddings may say the same; below that of duplicates,
            since a leak costs more than a text.
    """

    name: ClassVar[str] = "held-out overlap"

    near: float = 0.9

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Say which texts may pass; see `Gate.judge`."""
        held_out = WrittenTexts(real.held_out)
        written = np.array([held_out.near(text) for text in synthetic.texts], dtype=np.bool_)
        descends = np.zeros(len(synthetic), dtype=np.bool_)
        if synthetic.parents:
            descends |= np.array([held_out.near(text) for text in synthetic.parents])
        meant = np.zeros(len(synthetic), dtype=np.bool_)
        if synthetic.embeddings is not None and real.held_out_embeddings is not None:
            meant |= nearest_cosines(synthetic.embeddings, real.held_out_embeddings) >= self.near
        figures = {
            "written alike": float(written.mean()),
            "made of one": float(descends.mean()),
            "of the same meaning": float(meant.mean()),
        }
        return Verdict(~(written | descends | meant), figures)
