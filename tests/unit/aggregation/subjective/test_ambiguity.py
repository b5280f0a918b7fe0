"""Items that divide able people are told from items that careless people get wrong."""

from datetime import UTC, datetime

import numpy as np
import pytest

from aggregation.subjective.ambiguity import ambiguity
from aggregation.votes import Answer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def answers(task: int, labels: str) -> list[Answer]:
    return [Answer(task, f"w{n}", label, "person", NOON) for n, label in enumerate(labels)]


def crowd(items: dict[int, str]) -> dict[int, list[Answer]]:
    return {task: answers(task, labels) for task, labels in items.items()}


AGREEING = {task: "aaaaaa" if task % 2 else "bbbbbb" for task in range(100, 140)}


def test_a_split_of_able_people_is_ambiguous_and_the_same_of_careless_ones_is_not() -> None:
    able = ambiguity(crowd({1: "aaabbb", **AGREEING}), {f"w{n}": 0.95 for n in range(6)}, 2)
    rng = np.random.default_rng(0)
    slips = {task: "".join(rng.choice(["a", "b"], 6, p=[0.7, 0.3])) for task in range(100, 140)}
    careless = ambiguity(crowd({1: "aaabbb", **slips}), {f"w{n}": 0.7 for n in range(6)}, 2)
    assert able[1] > 0.5 > careless[1]
    assert able[100] < 0.1


def test_a_lone_dissenter_is_no_difference_of_opinion() -> None:
    found = ambiguity(crowd({1: "aaaaab", 2: "ab"}), {f"w{n}": 0.99 for n in range(6)}, 2)
    assert found == {1: 0, 2: 0}


def test_one_label_leaves_nothing_to_differ_about() -> None:
    assert ambiguity(crowd({1: "aaaa"}), {f"w{n}": 0.9 for n in range(4)}, 1) == {1: 0}


@pytest.mark.parametrize("labels", [2, 5])
def test_divided_items_are_found_among_items_with_one_truth(labels: int) -> None:
    rng = np.random.default_rng(labels)
    names = "abcde"[:labels]
    items, divided = {}, set()
    for task in range(400):
        if task % 8 == 0:
            divided.add(task)
            items[task] = "".join(rng.choice(list(names[:2]), size=8))
        else:
            wrong = rng.random(8) < 0.1
            items[task] = "".join(rng.choice(list(names[1:])) if one else "a" for one in wrong)
    found = ambiguity(crowd(items), {f"w{n}": 0.9 for n in range(8)}, labels)
    called = {task for task, p in found.items() if p > 0.5}
    assert len(called & divided) / len(divided) > 0.6
    assert len(called - divided) < 0.05 * len(items)
