"""A head over a text's embedding and its words; it asks no language model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from backend.calibration.stacked_head import StackedHead
from backend.classifiers.base import TextClassifier
from backend.classifiers.word_features import WordFeatures
from labeling import json_values
from labeling.json_values import count, record
from labeling.mathtypes import Floats

WORDS_WEIGHT = 0.5
"""Length of a text's words beside its embedding's length of 1."""

_CONTENT = "words.json"
_WEIGHTS = "words.safetensors"
_SHAPES = {"idf": 1, "components": 2, "centre": 1, "ridge": 2, "weights": 1}


@dataclass(frozen=True, slots=True, eq=False)
class WordsClassifier(TextClassifier):
    """A fitted head.

    Attributes:
        labels: See `TextClassifier`.
        words: Turn texts into features.
        head: Judges the features; of the language model it is told nothing.
    """

    kind: ClassVar[str] = "words"
    needs_embeddings: ClassVar[bool] = True

    labels: tuple[str, ...]
    words: WordFeatures
    head: StackedHead

    def probabilities(self, texts: Sequence[str], embeddings: Floats | None = None) -> Floats:
        """Label texts; see `TextClassifier`.

        Raises:
            ValueError: It was fitted to embeddings of another length, or to none.
        """
        features = features_of(self.words, texts, embeddings)
        if features.shape[1] != len(self.head.centre):
            raise ValueError("the words were learned beside embeddings of another model")
        return self.head(undecided(len(texts), len(self.labels)), features)

    def save(self, folder: Path) -> None:
        """Write words as JSON and weights as safetensors; see `TextClassifier`."""
        content = {
            "labels": [*self.labels],
            "terms": [*self.words.terms],
            "answers": self.head.answers,
        }
        (folder / _CONTENT).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        arrays = {
            "idf": self.words.idf,
            "components": self.words.components,
            "centre": self.head.centre,
            "ridge": self.head.ridge,
            "weights": self.head.weights,
        }
        # Its writer takes an array's memory as it lies, whatever the order of its axes.
        kept = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        save_file(kept, folder / _WEIGHTS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; see `TextClassifier`."""
        content = record(
            json.loads((folder / _CONTENT).read_text("utf-8")), "labels", "terms", "answers"
        )
        try:
            arrays = load_file(folder / _WEIGHTS)
        except SafetensorError as error:
            raise ValueError(f"{folder / _WEIGHTS} is damaged") from error
        labels = json_values.texts(content["labels"])
        terms = json_values.texts(content["terms"])
        _require_fit(arrays, len(labels), len(terms))
        words = WordFeatures(terms, arrays["idf"], arrays["components"])
        head = StackedHead(
            arrays["centre"], arrays["ridge"], arrays["weights"], count(content["answers"])
        )
        return cls(labels, words, head)


def features_of(words: WordFeatures, texts: Sequence[str], embeddings: Floats | None) -> Floats:
    """Put words beside embeddings.

    Args:
        words: Turn texts into features.
        texts: The texts.
        embeddings: Of length 1 each, shape (texts, dims); None: there are none.

    Returns:
        Shape (texts, features).
    """
    found = words(texts) * WORDS_WEIGHT
    return found if embeddings is None else np.hstack([embeddings, found])


def undecided(texts: int, labels: int) -> Floats:
    """Return the natural-log probabilities of who knows nothing, shape (texts, labels)."""
    return np.full((texts, labels), -np.log(labels))


def _require_fit(arrays: Mapping[str, NDArray[Any]], labels: int, terms: int) -> None:
    """Check that arrays are of one classifier.

    Raises:
        ValueError: They are not.
    """
    shapes = {name: array.ndim for name, array in arrays.items()}
    if shapes != _SHAPES:
        raise ValueError("the words' weights are of another version")
    widths = (len(arrays["idf"]), arrays["components"].shape[1], arrays["ridge"].shape)
    if widths != (terms, terms, (len(arrays["centre"]), labels)):
        raise ValueError("the words' weights do not fit each other")
