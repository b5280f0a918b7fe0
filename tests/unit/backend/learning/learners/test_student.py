"""The learner of a student keeps the contract, and its teacher sees no more than it does."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.calibration.noisy_labels import NoisyLabels
from backend.classifiers.student import Student
from backend.learning.learners.judging import judge
from backend.learning.learners.student import StudentLearner, calibrated_head
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats, Indices
from tests.support.tiny_encoders import LABELS, draw_texts
from tests.support.tiny_students import teacher_beliefs, tiny_vectors


def drawn(number: int, seed: int) -> tuple[Texts, Indices]:
    texts, right = draw_texts(number, seed)
    return Texts(tuple(texts), np.log(teacher_beliefs(right, seed + 100))), right


@pytest.fixture
def material() -> Material:
    known, right = drawn(60, seed=1)
    answers = NoisyLabels(known.log_probabilities, right, np.ones(60))
    return Material(LABELS, known, answers, drawn(200, seed=2)[0])


def test_labels_fresh_texts_and_is_the_same_when_loaded(material: Material, tmp_path: Path) -> None:
    learned = StudentLearner(tiny_vectors, calibrated_head).fit(material)
    fresh, right = drawn(200, seed=3)
    probabilities = learned(fresh)
    assert (probabilities.argmax(axis=1) == right).mean() > 0.95
    learned.save(tmp_path)
    np.testing.assert_array_equal(Student.load(tmp_path).probabilities(fresh.texts), probabilities)


def test_learns_where_all_is_answered(material: Material) -> None:
    alone = Material(material.values, material.known, material.answers)
    learned = StudentLearner(tiny_vectors, calibrated_head).fit(alone)
    assert learned(material.known).shape == (60, len(LABELS))


def test_its_teacher_does_not_see_what_it_is_judged_on(material: Material) -> None:
    taught_on: list[int] = []

    def teach(given: Material) -> Callable[[Texts], Floats]:
        taught_on.append(len(given))
        return calibrated_head(given)

    believed = judge(StudentLearner(tiny_vectors, teach), material, clock=lambda: 0.0)
    assert taught_on == [48] * 5
    assert believed.is_judged.all()
