"""A text classifier as what a learner made."""

from dataclasses import dataclass
from pathlib import Path

from backend.classifiers.base import TextClassifier
from backend.learning.material import Texts
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class LearnedClassifier:
    """Labels by the texts and their embeddings alone.

    Attributes:
        classifier: What is kept, and serves.
    """

    classifier: TextClassifier

    def __call__(self, texts: Texts) -> Floats:
        """Return probabilities that sum to 1, shape (texts, labels)."""
        return self.classifier.probabilities(texts.texts, texts.embeddings)

    def save(self, folder: Path) -> None:
        """Write the classifier into a folder that is there and empty."""
        self.classifier.save(folder)
