"""How many texts language model, embedding model and student label a second of CPU time."""

import time
from collections.abc import Callable

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.classifiers.student import Student
from backend.embedding.encoder import load as load_encoder
from backend.pipeline.model_spec import build_model_spec
from bench.classification_work import ClassificationWork
from labeling.form.form import parse
from labeling.settings.settings import Settings
from tandem.replay.model import builder_of

TIMED = {"language model": 64, "MiniLM": 256, "student": 4096}
"""Texts that each is timed on."""


def speeds_of(work: ClassificationWork, settings: Settings, student: Student) -> dict[str, float]:
    """Time the language model, the embedding model and a student.

    Args:
        work: The texts, and what is asked.
        settings: Name the models.
        student: The student.

    Returns:
        Texts per second of CPU time, by what was timed.
    """
    form = parse(work.label_config)
    spec = build_model_spec(
        settings, engines.identify(settings), form, LearnedState(work.instruction)
    )
    builder = builder_of(spec)
    engine = engines.load(settings)
    encoder = load_encoder(settings.learning.embedding or "bundled", settings.model)
    timed: dict[str, Callable[[list[str]], object]] = {
        "language model": lambda some: engine.loglikelihood([builder.request(t) for t in some]),
        "MiniLM": encoder.encode,
        "student": student.probabilities,
    }
    speeds = {}
    for name, label in timed.items():
        label(work.texts[:8])
        some = [work.texts[at % len(work.texts)] for at in range(TIMED[name])]
        began = time.process_time()
        label(some)
        speeds[name] = len(some) / (time.process_time() - began)
    return speeds
