"""Where classifiers are kept: each in a folder named by its digest, loaded when it is asked."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from backend.classifiers.base import TextClassifier
from labeling.errors import EngineError
from labeling.mathtypes import Floats

STUDENT = "student"
"""The learner whose classifier may answer alone."""

CLASSIFIERS: Mapping[str, str] = {
    "prototypes": "backend.classifiers.prototypes:Prototypes",
    "words": "backend.classifiers.words:WordsClassifier",
    "synthetic": "backend.classifiers.words:WordsClassifier",
    "tuned-embedding": "backend.classifiers.tuned_embedding:TunedEmbedding",
    STUDENT: "backend.classifiers.student:Student",
}
"""What reads each learner's folder, as `module:class`, by the learner's name."""

READ_EMBEDDINGS = frozenset({"prototypes", "words", "synthetic"})
"""Learners that label by embeddings of the settings' model."""

MOST_LOADED = 32
"""Classifiers that are held in memory; those asked last stay."""


class ClassifierStore:
    """The classifiers of all projects. Any thread may ask; one at a time is answered.

    Args:
        folder: Holds a folder each, named by its digest.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, TextClassifier] = OrderedDict()

    def missing(self, digests: Sequence[str]) -> set[str]:
        """Return the digests of what is not there."""
        return {one for one in digests if not (self._folder / one).is_dir()}

    def classify(
        self, learner: str, digest: str, texts: Sequence[str], embeddings: Floats | None
    ) -> Floats:
        """Label texts.

        Args:
            learner: The name of the learner that made the classifier.
            digest: What it is kept under.
            texts: As people read them.
            embeddings: Of length 1 each, shape (texts, dims); None: there are none.

        Returns:
            Probabilities that sum to 1, shape (texts, labels).

        Raises:
            EngineError: It is missing or damaged, or what it needs is not installed.
        """
        with self._lock:
            return self._classifier(learner, digest).probabilities(texts, embeddings)

    def _classifier(self, learner: str, digest: str) -> TextClassifier:
        if digest in self._loaded:
            self._loaded.move_to_end(digest)
            return self._loaded[digest]
        module, _, name = CLASSIFIERS[learner].partition(":")
        try:
            kind: type[TextClassifier] = getattr(import_module(module), name)
            self._loaded[digest] = kind.load(self._folder / digest)
        except (OSError, ValueError, ImportError) as error:
            raise EngineError(
                f"What {learner} learned cannot be read: {error}",
                where=str(self._folder / digest),
                hint="Put an earlier version in force with `tandem models use`, or train again.",
            ) from error
        if len(self._loaded) > MOST_LOADED:
            self._loaded.popitem(last=False)
        return self._loaded[digest]
