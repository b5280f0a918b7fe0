"""The benchmark of students judges all on items that none saw."""

from argparse import Namespace

import numpy as np
import pytest

from backend.learning.learners.words import Words
from bench.distill import measure, summary
from bench.distill_worlds import worlds
from tandem.replay.beliefs import Beliefs
from tests.support.tiny_encoders import draw_texts
from tests.support.tiny_students import teacher_beliefs, tiny_vectors


def test_a_student_of_easy_texts_keeps_its_teachers_accuracy() -> None:
    texts, gold = draw_texts(600, seed=1)
    logs = np.log(teacher_beliefs(gold, 2))
    beliefs = Beliefs("easy", "teacher", "drawn", logs, gold, None, tuple(texts))
    given = Namespace(answers=350, open=50, loss=0.05, risk=0.1, budget=np.inf)
    result, student = measure(beliefs, tiny_vectors(), [Words()], given, seed=0)
    assert result.student > 0.95
    assert result.loss == pytest.approx(result.teacher - result.cascade)
    assert result.share > 0.5
    assert summary([result])["student / teacher"].mean > 0.99
    assert len(student.labels) == 3


def test_few_worlds_lose_more_than_was_stated() -> None:
    violations, share = worlds(5, 400, 0.03, 0.1)
    assert violations <= 2
    assert share > 0.1
