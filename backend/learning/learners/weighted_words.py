"""The head with words, fitted to answers of which some count less than others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from backend.calibration import stacked_head
from backend.classifiers.word_features import WordFeatures
from backend.classifiers.words import WordsClassifier, features_of, undecided
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.material import Material
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class WeightedWords:
    """Fits heads that share one reduction of words.

    Attributes:
        words: Turn texts into features. They know no answer, so that folds may share them.
    """

    words: WordFeatures

    @classmethod
    def read(cls, texts: Sequence[str]) -> Self:
        """Learn which words go together, from texts of any kind, two at least."""
        return cls(WordFeatures.fit(texts))

    def __call__(self, material: Material, weights: Floats) -> LearnedClassifier:
        """Learn from answers; see `fit`."""
        return LearnedClassifier(self.fit(material, weights))

    def fit(self, material: Material, weights: Floats) -> WordsClassifier:
        """Learn from answers.

        Args:
            material: The answers; what the language model says plays no part.
            weights: How much each counts, above 0, shape (answers,).

        Returns:
            What was learned.
        """
        known, answers = material.known, material.answers
        head = stacked_head.fit_weighted(
            undecided(len(known), len(material.values)),
            features_of(self.words, known.texts, known.embeddings),
            answers.answers,
            weights,
            answers.reliability,
            answers.shares,
        )
        return WordsClassifier(material.values, self.words, head)
