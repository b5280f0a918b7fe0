"""The learner of a student: a teacher is fitted first, and labels the open texts for it."""

from collections.abc import Callable
from typing import ClassVar, TypeAlias

import numpy as np

from backend.distillation.fit import distil
from backend.distillation.token_vectors import TokenVectors, token_vectors
from backend.learning.fit_calibration import fit_all
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings

Teach: TypeAlias = Callable[[Material], Callable[[Texts], Floats]]
"""Fits a teacher: what it returns gives probabilities, shape (texts, labels)."""


class StudentLearner(Learner):
    """Distils a teacher that is fitted to the very answers that it is given.

    So a student that is judged by folds had a teacher that did not see the judging answers either.

    Args:
        vectors: Returns what tokens mean.
        teach: Fits the teacher.
    """

    name: ClassVar[str] = "student"
    fewest_answers: ClassVar[int] = 50

    def __init__(self, vectors: Callable[[], TokenVectors], teach: Teach) -> None:
        self._vectors = vectors
        self._teach = teach

    def fit(self, material: Material, progress: Progress = unheard) -> LearnedClassifier:
        """Fit teacher and student; see `Learner`."""
        open_ = material.open_
        none: Floats = np.empty((0, len(material.values)))
        beliefs = self._teach(material)(open_) if open_ else none
        made = distil(
            material.values,
            self._vectors(),
            material.known.texts,
            material.answers,
            open_.texts if open_ else (),
            beliefs,
            progress,
        )
        return LearnedClassifier(made.student)


def calibrated_head(material: Material) -> Callable[[Texts], Floats]:
    """Fit the language model's calibration, and the head where that is better: a quick teacher."""
    calibration = fit_all(material.answers, material.known.embeddings, material.open_).calibration
    return lambda texts: calibration(texts.log_probabilities, texts.embeddings)


def new_student(settings: Settings) -> StudentLearner:
    """Return the learner of a student of the quick teacher, on the settings' token vectors."""
    return StudentLearner(lambda: token_vectors(settings), calibrated_head)
