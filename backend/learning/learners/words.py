"""The head with words: ridge regression on embedding and words, and a logit over its scores."""

from dataclasses import dataclass
from typing import ClassVar

from backend.calibration import stacked_head
from backend.classifiers.word_features import WordFeatures
from backend.classifiers.words import WordsClassifier, features_of, undecided
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.material import Material
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Words(Learner):
    """Fits a head to embeddings and words, in seconds.

    Which words go together is learned from open texts too. The language model is left out, so that
    what is learned stands on its own; an ensemble brings both together.
    """

    name: ClassVar[str] = "words"
    fewest_answers: ClassVar[int] = 20

    def fit(self, material: Material, progress: Progress = unheard) -> LearnedClassifier:
        """Learn; see `Learner.fit`."""
        known, answers = material.known, material.answers
        words = WordFeatures.fit([*known.texts, *(material.open_.texts if material.open_ else ())])
        progress(0.5)
        head, _ = stacked_head.fit(
            undecided(len(known), len(material.values)),
            features_of(words, known.texts, known.embeddings),
            answers.answers,
            answers.reliability,
            answers.shares,
        )
        progress(1.0)
        return LearnedClassifier(WordsClassifier(material.values, words, head))


def new_words(_: Settings) -> Words:
    """Make the learner; nothing can be set about it."""
    return Words()
