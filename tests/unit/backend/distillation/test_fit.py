"""A student learns what its teacher knows, and is judged on answers that it did not see."""

import numpy as np

from backend.calibration.noisy_labels import NoisyLabels
from backend.distillation.fit import distil
from labeling.metrics import expected_calibration_error
from tests.support.tiny_encoders import LABELS, draw_texts
from tests.support.tiny_students import teacher_beliefs, tiny_student, tiny_vectors


def test_open_texts_teach_what_few_answers_cannot() -> None:
    known, right = draw_texts(15, seed=1)
    open_, hidden = draw_texts(300, seed=2)
    fresh, truth = draw_texts(300, seed=3)
    answers = NoisyLabels(np.log(teacher_beliefs(right, 3)), right, np.ones(15))
    none = np.empty((0, len(LABELS)))
    alone = distil(LABELS, tiny_vectors(), known, answers, [], none).student
    taught = distil(
        LABELS, tiny_vectors(), known, answers, open_, teacher_beliefs(hidden, 4)
    ).student
    accuracies = [
        (one.probabilities(fresh).argmax(axis=1) == truth).mean() for one in (alone, taught)
    ]
    assert accuracies[1] > accuracies[0] + 0.05


def test_is_judged_without_the_answers_that_it_is_judged_on() -> None:
    """Answers that mean nothing cannot be foretold, however well a fit remembers them."""
    known, _ = draw_texts(90, seed=1)
    said = np.random.default_rng(0).integers(len(LABELS), size=90).astype(np.intp)
    answers = NoisyLabels(np.log(np.full((90, 3), 1 / 3)), said, np.ones(90))
    made = distil(LABELS, tiny_vectors(), known, answers, [], np.empty((0, 3)))
    assert (made.held_out.argmax(axis=1) == said).mean() < 0.5
    assert (made.student.probabilities(known).argmax(axis=1) == said).mean() > 0.6


def test_its_confidence_comes_true() -> None:
    student = tiny_student().student
    texts, right = draw_texts(600, seed=8)
    probabilities = student.probabilities(texts)
    is_right = probabilities.argmax(axis=1) == right
    assert expected_calibration_error(probabilities.max(axis=1), is_right) < 0.05


def test_an_answer_that_is_probably_wrong_gives_way_to_the_teacher() -> None:
    known, right = draw_texts(120, seed=1)
    said = (right + 1) % len(LABELS)
    beliefs = np.log(teacher_beliefs(right, 3))
    doubtful = NoisyLabels(beliefs, said.astype(np.intp), np.full(120, 0.34))
    made = distil(LABELS, tiny_vectors(), known, doubtful, [], np.empty((0, 3)))
    fresh, truth = draw_texts(200, seed=4)
    assert (made.student.probabilities(fresh).argmax(axis=1) == truth).mean() > 0.8


def test_the_same_again_gives_the_same() -> None:
    first = tiny_student()
    again = tiny_student.__wrapped__()
    np.testing.assert_array_equal(first.held_out, again.held_out)
    np.testing.assert_array_equal(first.student.head, again.student.head)


def test_tells_how_far_it_is() -> None:
    known, right = draw_texts(60, seed=1)
    answers = NoisyLabels(np.log(teacher_beliefs(right, 3)), right, np.ones(60))
    heard: list[float] = []
    distil(LABELS, tiny_vectors(), known, answers, [], np.empty((0, 3)), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1
