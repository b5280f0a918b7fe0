"""The learner that lessons are compared by, and rounds as it judges them."""

import numpy as np
import pytest

from labeling.mathtypes import Floats
from routing.selection.twin_learner import class_probabilities, judged_rounds
from routing.selection.twins import PickedRound

EMBEDDINGS = np.eye(4)[np.arange(40) % 4]
ANSWERS = (np.arange(40) % 4) // 2
RANK: Floats = np.arange(40, dtype=np.float64)


def test_it_learns_what_a_lesson_teaches() -> None:
    believed = class_probabilities(EMBEDDINGS, ANSWERS, 3, np.arange(12))
    assert believed.sum(axis=1) == pytest.approx(np.ones(40))
    assert believed.argmax(axis=1).tolist() == ANSWERS.tolist()
    assert believed[:, 2].max() < 1e-5, "nobody gave the third label"


def test_a_lesson_of_one_label_teaches_that_one() -> None:
    believed = class_probabilities(EMBEDDINGS, ANSWERS, 2, np.array([0, 1]))
    assert believed.argmax(axis=1).tolist() == [0] * 40


def test_rounds_are_judged_by_what_was_picked_before_them() -> None:
    """Chance drew both labels; the strategy asked about one kind of text alone."""
    rounds = [
        PickedRound(by_strategy=[4, 8, 12, 16], by_chance=[1, 2, 3, 5]),
        PickedRound(by_strategy=[20, 24, 28, 32], by_chance=[6, 7, 9, 10]),
    ]
    rank = RANK.copy()
    rank[[4, 8]] += 100
    judged = judged_rounds(EMBEDDINGS, [ANSWERS], [0], rounds, rank, population=39)
    assert len(judged) == 1, "before the first round there is nothing to compare"
    [one] = judged
    assert one.by_strategy.shape == one.by_chance.shape == (4,)
    assert one.by_chance.mean() < one.by_strategy.mean()
    assert one.open_share == pytest.approx(1 - 8 / 39)


def test_a_round_without_draws_tells_nothing() -> None:
    rounds = [PickedRound([4], [1]), PickedRound([8], []), PickedRound([12], [2])]
    assert len(judged_rounds(EMBEDDINGS, [ANSWERS], [0], rounds, RANK, 39)) == 1
