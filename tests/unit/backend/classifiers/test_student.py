"""A student labels texts by their tokens, and is the same when it is loaded again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.classifiers.student import LABELS_FILE, WEIGHTS_FILE, Student
from tests.support.tiny_encoders import LABELS, draw_texts
from tests.support.tiny_students import tiny_student

TEXTS = ["", "the team today", "moon", "bank \ud800 share", "nothing known"]


@pytest.fixture
def student() -> Student:
    return tiny_student().student


def test_labels_texts_that_it_never_saw(student: Student) -> None:
    texts, right = draw_texts(300, seed=9)
    assert (student.probabilities(texts).argmax(axis=1) == right).mean() > 0.95


def test_gives_a_distribution_of_any_text(student: Student) -> None:
    probabilities = student.probabilities(TEXTS)
    assert probabilities.shape == (len(TEXTS), len(LABELS))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert student.probabilities([]).shape == (0, len(LABELS))


def test_a_text_is_labelled_alike_in_any_company(student: Student) -> None:
    together = student.probabilities([*TEXTS, *draw_texts(1_100, seed=5)[0]])[: len(TEXTS)]
    alone = np.concatenate([student.probabilities([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_is_the_same_when_it_is_loaded_again(student: Student, tmp_path: Path) -> None:
    student.save(tmp_path)
    loaded = Student.load(tmp_path)
    assert loaded.labels == student.labels
    np.testing.assert_array_equal(loaded.probabilities(TEXTS), student.probabilities(TEXTS))


@pytest.mark.parametrize("file", [WEIGHTS_FILE, LABELS_FILE])
def test_refuses_a_damaged_folder(student: Student, tmp_path: Path, file: str) -> None:
    student.save(tmp_path)
    (tmp_path / file).write_text("damaged", "utf-8")
    with pytest.raises(ValueError, match=r"student|Expecting"):
        Student.load(tmp_path)


def test_refuses_parts_of_different_students(student: Student, tmp_path: Path) -> None:
    replace(student, labels=("one", "two")).save(tmp_path)
    with pytest.raises(ValueError, match="different students"):
        Student.load(tmp_path)


def test_sharpening_moves_confidence_and_no_answer(student: Student) -> None:
    texts, _ = draw_texts(50, seed=6)
    before, after = student.probabilities(texts), student.sharpened(2).probabilities(texts)
    np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))
    assert (after.max(axis=1) >= before.max(axis=1)).all()
