"""A student of a teacher that is sometimes wrong, of few tokens."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sentence_transformers import SentenceTransformer

from backend.calibration.noisy_labels import NoisyLabels
from backend.distillation.fit import Distilled, distil
from backend.distillation.token_vectors import TokenVectors, vectors_of
from labeling.mathtypes import Floats, Indices
from tests.support.tiny_encoders import LABELS, draw_texts, write_encoder


@cache
def tiny_vectors() -> TokenVectors:
    """Return the token vectors of the small model."""
    with TemporaryDirectory() as folder:
        model = SentenceTransformer(str(write_encoder(Path(folder))), device="cpu")
        return vectors_of("tiny", model)


def teacher_beliefs(labels: Indices, seed: int) -> Floats:
    """Return what a teacher believes that is right nine times in ten, shape (texts, labels)."""
    random = np.random.default_rng(seed)
    stated = np.where(
        random.random(len(labels)) < 0.9, labels, random.integers(3, size=len(labels))
    )
    beliefs: Floats = 0.1 / len(LABELS) + 0.9 * np.eye(len(LABELS))[stated]
    return beliefs


@cache
def tiny_student() -> Distilled:
    """Return a student of 60 answers and 300 open texts."""
    known, right = draw_texts(60, seed=1)
    open_, hidden = draw_texts(300, seed=2)
    answers = NoisyLabels(np.log(teacher_beliefs(right, 3)), right, np.ones(60))
    return distil(LABELS, tiny_vectors(), known, answers, open_, teacher_beliefs(hidden, 4))
