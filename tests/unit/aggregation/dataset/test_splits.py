"""Splits: shares as asked for, labels in proportion, groups whole, stable as a dataset grows."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.dataset.splits import leaks, split

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
NOTHING: Sequence[Sequence[int]] = ()


def labelled(count: int) -> dict[int, list[str]]:
    """Tasks of which one in ten is rare."""
    return {task: ["rare" if task % 10 == 3 else "common"] for task in range(count)}


def parts_of(
    labels: Mapping[int, Sequence[str]], together: Sequence[Sequence[int]] = NOTHING, seed: int = 0
) -> dict[int, str]:
    return split(labels, labels, together, SHARES, seed)


def test_each_part_has_its_share() -> None:
    assert Counter(parts_of(labelled(1000)).values()) == {
        "train": 800,
        "validation": 100,
        "test": 100,
    }


def test_labels_are_as_frequent_in_each_part_as_in_all() -> None:
    labels = labelled(1000)
    parts = parts_of(labels)
    rare = Counter(parts[task] for task, own in labels.items() if own == ["rare"])
    assert rare == {"train": 80, "validation": 10, "test": 10}


def test_of_several_labels_the_rarest_counts() -> None:
    labels = {task: ["common", "rare"][: 1 + (task % 10 == 3)] for task in range(1000)}
    parts = parts_of(labels)
    rare = Counter(parts[task] for task, own in labels.items() if "rare" in own)
    assert rare == {"train": 80, "validation": 10, "test": 10}


@given(
    st.lists(st.lists(st.integers(0, 79), min_size=2, max_size=5), max_size=12), st.integers(0, 5)
)
def test_groups_stay_together(together: list[list[int]], seed: int) -> None:
    parts = parts_of(labelled(80), together, seed)
    assert list(parts) == list(range(80))
    assert leaks([tuple(group) for group in together], parts) == ()


def test_tasks_that_hang_together_by_one_that_is_left_out_stay_together() -> None:
    labels = labelled(200)
    for seed in range(20):
        parts = parts_of(labels, [(1_000, 5, 9), (9, 30)], seed)
        assert len({parts[5], parts[9], parts[30]}) == 1


def test_groups_leave_the_shares_about_as_they_were_asked_for() -> None:
    together = [range(at, at + 7) for at in range(0, 994, 7)]
    sizes = Counter(parts_of(labelled(1000), together).values())
    assert abs(sizes["train"] - 800) <= 14
    assert min(sizes["validation"], sizes["test"]) >= 80


def test_labels_too_rare_for_every_part_are_drawn_with_what_has_none() -> None:
    labels: dict[int, list[str]] = {task: [f"label {task // 2}"] for task in range(200)}
    labels |= {task: [] for task in range(200, 400)}
    sizes = Counter(parts_of(labels).values())
    assert sizes == {"train": 320, "validation": 40, "test": 40}


def test_the_seed_alone_decides() -> None:
    labels = labelled(300)
    backwards = dict(reversed(labels.items()))
    assert parts_of(backwards) == parts_of(labels)
    assert parts_of(labels, seed=1) != parts_of(labels)


@pytest.mark.parametrize("seed", range(5))
def test_a_dataset_that_grows_leaves_nearly_all_tasks_where_they_were(seed: int) -> None:
    before, after = parts_of(labelled(1000), seed=seed), parts_of(labelled(1200), seed=seed)
    moved = sum(after[task] != part for task, part in before.items())
    assert moved <= 30


def test_a_label_that_changes_leaves_nearly_all_tasks_where_they_were() -> None:
    labels = labelled(1000)
    changed = {**labels, **{task: ["rare"] for task in range(50)}}
    before, after = parts_of(labels), parts_of(changed)
    assert sum(after[task] != part for task, part in before.items()) <= 30


def test_duplicates_in_several_parts_are_leaks() -> None:
    parts = {1: "train", 2: "test", 3: "train", 4: "train"}
    assert leaks([(1, 2), (3, 4), (4, 9)], parts) == ((1, 2),)
