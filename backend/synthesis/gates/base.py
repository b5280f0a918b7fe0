"""The contract of a gate: synthetic texts go in, which of them may pass and a figure come out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Bools, Floats, Indices


@dataclass(frozen=True, slots=True)
class RealTexts:
    """What people wrote, which synthetic texts are held against.

    Attributes:
        texts: The texts that may be learned from.
        labels: Their labels by people, as indices, shape (texts,).
        embeddings: Of length 1 each, shape (texts, dims); None: there is no embedding model.
        held_out: Texts that something is judged on, and that nothing may be learned from.
        held_out_embeddings: As `embeddings`, shape (held-out texts, dims).
    """

    texts: tuple[str, ...]
    labels: Indices
    embeddings: Floats | None = None
    held_out: tuple[str, ...] = ()
    held_out_embeddings: Floats | None = None

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says of texts.

    Attributes:
        passes: Which of them may pass, shape (texts,).
        figures: What it measured, by name; NaN where too few texts were there to measure it.
    """

    passes: Bools
    figures: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def all_of(
        cls, synthetic: SyntheticTexts, figures: Mapping[str, float] | None = None
    ) -> "Verdict":
        """Let all texts pass."""
        return cls(np.ones(len(synthetic), dtype=np.bool_), figures or {})


class Gate(ABC):
    """One reason to refuse a synthetic text.

    Attributes:
        name: How it is called in reports.
    """

    name: ClassVar[str]

    @abstractmethod
    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Say which texts may pass; the same texts give the same.

        Args:
            synthetic: What the gates before this one let pass, one text at least.
            real: What they are held against.

        Returns:
            Which may pass, and what was measured.
        """
