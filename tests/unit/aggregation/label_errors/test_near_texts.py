"""Beside a suspected label stand the nearest texts that say otherwise."""

import numpy as np

from aggregation.label_errors.near_texts import far_from_all, nearest_otherwise

ANGLES = np.array([0.0, 0.1, 0.2, 0.3, 1.5])
VECTORS = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
TASKS = [11, 12, 13, 14, 15]


def test_the_nearest_that_say_otherwise_are_shown_the_nearest_first() -> None:
    labels = {11: "bad", 12: "good", 13: "bad", 14: "good", 15: "good"}
    near = nearest_otherwise(TASKS, VECTORS, labels, {11})
    assert [(one.task, one.label) for one in near[11]] == [(12, "good"), (14, "good"), (15, "good")]
    assert near[11][0].similarity > near[11][1].similarity > near[11][2].similarity


def test_texts_without_a_label_say_nothing() -> None:
    near = nearest_otherwise(TASKS, VECTORS, {11: "bad", 14: "good"}, {11, 12})
    assert [one.task for one in near[11]] == [14]
    assert 12 not in near


def test_where_all_near_texts_say_the_same_none_is_shown() -> None:
    assert nearest_otherwise(TASKS, VECTORS, dict.fromkeys(TASKS, "good"), {11}) == {11: ()}


def test_only_a_candidate_far_from_all_others_is_told() -> None:
    angles = np.append(np.linspace(0, 0.5, 60), 1.5)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert far_from_all(range(61), vectors, {3, 60}) == {60}
    assert far_from_all(range(61), vectors, {3}) == frozenset()
    assert far_from_all(TASKS, VECTORS, {15}) == frozenset()
