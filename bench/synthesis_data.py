"""Texts that people wrote and labelled, and texts that models made of them by label."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.material import Material, Texts
from backend.synthesis.gates import RealTexts
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.answers.folding import folded
from labeling.mathtypes import Floats, Indices
from labeling.settings.settings import Settings
from tandem.replay.model import embedded

_TEXT, _LABEL, _SYNTHETIC = "h_text", "target", "augmented_h_text"


@dataclass(frozen=True, slots=True)
class HumanTexts:
    """Texts that people wrote, with the labels that people gave.

    Attributes:
        texts: The texts.
        labels: As indices, shape (texts,).
        embeddings: Of length 1 each, shape (texts, dims); None: nothing embeds them.
    """

    texts: tuple[str, ...]
    labels: Indices
    embeddings: Floats | None

    def __len__(self) -> int:
        return len(self.texts)

    def part(self, places: Sequence[int] | Indices) -> "HumanTexts":
        """Return the texts at some places."""
        return HumanTexts(
            tuple(self.texts[place] for place in places),
            self.labels[places],
            None if self.embeddings is None else self.embeddings[places],
        )

    def known(self, labels: int) -> Texts:
        """Return them as learners read them; no language model says anything of so many labels."""
        undecided = np.full((len(self), labels), -np.log(labels))
        return Texts(self.texts, undecided, self.embeddings)

    def material(self, values: tuple[str, ...]) -> Material:
        """Return them as learners learn from them."""
        known = self.known(len(values))
        answers = NoisyLabels(known.log_probabilities, self.labels, np.ones(len(self)))
        return Material(values, known, answers)

    def beside(self, held_out: "HumanTexts") -> RealTexts:
        """Return them as gates read them, beside what is held out."""
        return RealTexts(
            self.texts, self.labels, self.embeddings, held_out.texts, held_out.embeddings
        )


@dataclass(frozen=True, slots=True)
class SynthesisWork:
    """All texts of a folder.

    Attributes:
        values: The labels.
        base: Of people, those that models made theirs of, without what is in `test`.
        pool: Of people, more of them, without what is in `test`.
        test: Of people, those that are judged on.
        by_engine: Synthetic texts by the model that wrote them.
    """

    values: tuple[str, ...]
    base: HumanTexts
    pool: HumanTexts
    test: HumanTexts
    by_engine: Mapping[str, SyntheticTexts]


def read_work(folder: Path, settings: Settings, cache: Path, most: int | None) -> SynthesisWork:
    """Read a folder: `base`, `train`, `test` and `balanced_ENGINE_augmented`, as JSON Lines.

    Args:
        folder: The folder.
        settings: Name the embedding model.
        cache: Where embeddings are kept.
        most: Synthetic texts of an engine at most, drawn at random; None: all.

    Returns:
        Its texts.
    """
    rows = {name: _rows(folder / f"{name}.jsonl") for name in ("base", "train", "test")}
    values = tuple(sorted({row[_LABEL] for row in rows["base"]}))

    def people(name: str, without: frozenset[str]) -> HumanTexts:
        own = {folded(row[_TEXT]): row for row in rows[name] if row[_LABEL] in values}
        kept = [row for text, row in own.items() if text and text not in without]
        texts = tuple(row[_TEXT] for row in kept)
        labels = np.array([values.index(row[_LABEL]) for row in kept], dtype=np.intp)
        return HumanTexts(texts, labels, embedded(texts, settings, cache))

    test = people("test", frozenset())
    tested = frozenset(map(folded, test.texts))
    by_engine = {}
    for file in sorted(folder.glob("balanced_*_augmented.jsonl")):
        engine = file.stem.removeprefix("balanced_").removesuffix("_augmented")
        written = [row for row in _rows(file) if row[_LABEL] in values and row[_SYNTHETIC]]
        order = np.random.default_rng(0).permutation(len(written))[:most]
        written = [written[place] for place in np.sort(order)]
        texts = tuple(row[_SYNTHETIC] for row in written)
        by_engine[engine] = SyntheticTexts(
            texts,
            np.array([values.index(row[_LABEL]) for row in written], dtype=np.intp),
            embedded(texts, settings, cache),
            tuple(row[_TEXT] for row in written),
        )
    return SynthesisWork(values, people("base", tested), people("train", tested), test, by_engine)


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
