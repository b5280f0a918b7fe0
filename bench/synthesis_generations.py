"""Generation after generation learns from what the one before wrote: alone, and under guard.

The writer is a simulated one, small enough to be trained ten times: a chain of words a label, which
draws each word by the one before it, a little sharper than it learned them, as models are sampled.
Each generation's writer learns from texts of the last.

- `alone`, it learns from what the last one wrote, and the classifier from what it writes itself.
- `guarded`, people's texts stay beside what the last one wrote, as far as that passed the gates and
  agrees with what people's texts teach, and the classifier learns from people's answers, and from
  synthetic texts as far as these help.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from sklearn.metrics import f1_score  # type: ignore[import-untyped]

from backend.learning.learners.collapse_guard import fit_guarded
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.learners.weighted_words import WeightedWords
from backend.learning.material import Texts
from backend.synthesis.gates import all_gates, pass_gates
from backend.synthesis.gates.diversity import distinct
from backend.synthesis.synthetic_texts import SyntheticTexts
from bench.synthesis_data import HumanTexts
from labeling.mathtypes import Floats, Indices

LONGEST = 60
"""Words after which a text ends."""

TEMPERATURE = 0.7
"""Words are drawn from what followed to the power of its inverse."""

_END = ""

_NOTHING = HumanTexts((), np.empty(0, dtype=np.intp), None)


@dataclass(frozen=True, slots=True)
class Generation:
    """What came of one generation.

    Attributes:
        number: From 1 on; 0 is what people wrote.
        macro_f1: Of the classifier that learned from it, on people's texts.
        distinct: Distinct-2 of what was written.
        labels: Labels that something was written for.
        share: Of synthetic texts in what the classifier learned from.
    """

    number: int
    macro_f1: float
    distinct: float
    labels: int
    share: float


class WordChain:
    """Writes texts of labels, each word drawn from those that followed the one before it.

    Args:
        followers: Words that followed, and how often, by label and the word before.
        labels: Labels of the texts that it learned from, as often as they occur.
    """

    def __init__(self, followers: Mapping[tuple[int, str], Counter[str]], labels: Indices) -> None:
        self._words = {before: tuple(found) for before, found in followers.items()}
        self._chances = {before: _sharpened(found) for before, found in followers.items()}
        self._labels = labels

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Indices) -> Self:
        """Learn from texts, whose labels are of shape (texts,)."""
        found: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
        for text, label in zip(texts, labels.tolist(), strict=True):
            for before, word in pairwise([_END, *text.split(), _END]):
                found[label, before][word] += 1
        return cls(found, labels)

    def write(self, number: int, random: np.random.Generator) -> tuple[list[str], Indices]:
        """Write texts, of labels as often as it met them.

        Args:
            number: How many.
            random: Draws.

        Returns:
            The texts, and the label of each, shape (number,).
        """
        labels = random.choice(self._labels, number)
        return [self._text(label, random) for label in labels.tolist()], labels

    def _text(self, label: int, random: np.random.Generator) -> str:
        words = [_END]
        while len(words) <= LONGEST:
            before = label, words[-1]
            drawn = random.choice(len(self._words[before]), p=self._chances[before])
            if self._words[before][drawn] == _END:
                break
            words.append(self._words[before][drawn])
        return " ".join(words[1:])


def _sharpened(counts: Counter[str]) -> Floats:
    """Return how probable each word is drawn, shape (words,)."""
    powers = np.array([*counts.values()], dtype=np.float64) ** (1 / TEMPERATURE)
    chances: Floats = powers / powers.sum()
    return chances


def generations(
    people: HumanTexts,
    test: HumanTexts,
    values: tuple[str, ...],
    number: int,
    seed: int,
    *,
    guarded: bool,
) -> list[Generation]:
    """Have one generation learn from the other.

    Args:
        people: What the first one learns from; embeddings play no part.
        test: What all are judged on.
        values: The labels.
        number: How many generations.
        seed: Of what is written.
        guarded: Whether the guard is there.

    Returns:
        What came of people's texts, and of each generation.
    """
    random = np.random.default_rng(seed)
    bare, judged = (HumanTexts(one.texts, one.labels, None) for one in (people, test))
    alone = _learned_alone(bare, values)
    found = [_measured(0, bare, alone, judged, values, share=0.0)]
    gates, kept = all_gates(alone.classifier), _NOTHING
    for generation in range(1, number + 1):
        read = _beside(bare, kept) if guarded else kept or bare
        texts, labels = WordChain.fit(read.texts, read.labels).write(len(people), random)
        written = HumanTexts(tuple(texts), labels, None)
        kept = written
        if guarded:
            synthetic = SyntheticTexts(written.texts, labels)
            synthetic = synthetic.part(pass_gates(gates, synthetic, bare.beside(judged)).passes)
            fit = WeightedWords.read((*bare.texts, *synthetic.texts))
            outcome = fit_guarded(fit, bare.material(values), synthetic)
            kept = HumanTexts(outcome.agreeing.texts, outcome.agreeing.labels, None)
            found.append(
                _measured(generation, written, outcome, judged, values, share=outcome.choice.share)
            )
        else:
            learned = _learned_alone(written, values)
            found.append(_measured(generation, written, learned, judged, values, share=1.0))
    return found


def _beside(people: HumanTexts, others: HumanTexts) -> HumanTexts:
    labels = np.concatenate([people.labels, others.labels])
    return HumanTexts((*people.texts, *others.texts), labels, None)


def _learned_alone(people: HumanTexts, values: tuple[str, ...]) -> LearnedClassifier:
    material = people.material(values)
    return WeightedWords.read(people.texts)(material, np.ones(len(people)))


def _measured(
    number: int,
    written: HumanTexts,
    learned: Callable[[Texts], Floats],
    test: HumanTexts,
    values: tuple[str, ...],
    *,
    share: float,
) -> Generation:
    said = learned(test.known(len(values))).argmax(axis=1)
    macro_f1 = float(f1_score(test.labels, said, average="macro", zero_division=0.0))
    labels = len(np.unique(written.labels))
    return Generation(number, macro_f1, distinct(written.texts), labels, share)
