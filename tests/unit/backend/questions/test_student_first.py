"""In a cascade the model is asked about nothing that the student is sure of."""

from collections.abc import Sequence

import numpy as np
import pytest

from backend.classifiers.cascade import CascadeRule
from backend.engines.base import Asked
from backend.engines.model_client import ModelClient
from backend.engines.steps import Steps, run
from backend.questions.base import Parts
from backend.questions.item import PromptItem
from backend.questions.student_first import Cascade, ask_where_unsure
from labeling.errors import TaskError
from labeling.predictions.prediction import Part
from tests.support.tiny_encoders import LABELS, draw_texts
from tests.support.tiny_students import tiny_student

TEXTS = ["moon orbit star", "the a of", "team goal match"]
FAILED = TaskError("The model failed")


def items(texts: Sequence[str]) -> list[PromptItem]:
    return [PromptItem(text, text, {"text": text}, {"text": text}) for text in texts]


def cascade(threshold: float | None) -> Cascade:
    rule = CascadeRule(threshold, loss=0.01, risk=0.05, share=0.5)
    student = tiny_student().student
    return Cascade(student.labels, student.probabilities, rule, "student:1a2b3c4d", 60)


def asked(threshold: float | None) -> tuple[list[str], Sequence[Part | Exception]]:
    """Return what the model was asked about, and what came of all."""
    seen: list[str] = []

    def ask(rest: Sequence[PromptItem]) -> Steps[Parts]:
        seen.extend(item.key for item in rest)
        yield []
        return [FAILED for _ in rest]

    def nothing(_: Sequence[Asked]) -> list[object]:
        return []

    steps = ask_where_unsure(cascade(threshold).parts(TEXTS), items(TEXTS), ask)
    return seen, run(steps, ModelClient(nothing, lambda: frozenset()))


def test_the_model_is_asked_about_the_rest_alone() -> None:
    unsure, sure = np.sort(tiny_student().student.probabilities(TEXTS).max(axis=1))[:2]
    seen, parts = asked(float(unsure + sure) / 2)
    assert seen == ["the a of"]
    assert [part.answer for part in parts if isinstance(part, Part)] == ["space", "sport"]
    assert parts[1] is FAILED


def test_a_student_that_is_sure_of_all_leaves_nothing_to_ask() -> None:
    assert asked(0.0)[0] == []


def test_without_a_threshold_the_model_answers_everything() -> None:
    seen, parts = asked(None)
    assert seen == TEXTS
    assert parts == [FAILED] * 3


def test_a_prediction_tells_that_the_student_made_it() -> None:
    [part] = cascade(0.0).parts(["moon orbit"])
    assert part is not None
    assert part.provenance.engine == "student:1a2b3c4d"
    assert part.provenance.is_calibrated
    assert sum(part.distribution.values()) == pytest.approx(1)
    assert [*part.distribution] == [*LABELS]


def test_confidence_is_that_of_the_answer() -> None:
    texts, _ = draw_texts(20, seed=4)
    probabilities = tiny_student().student.probabilities(texts)
    parts = cascade(0.0).parts(texts)
    stated = [part.confidence for part in parts if part]
    np.testing.assert_allclose(stated, probabilities.max(axis=1))
