"""Interactive callers go first, bulk work never starves, and a micro-batch keeps to its tokens."""

from hypothesis import given
from hypothesis import strategies as st

from backend.runtime.priority_queue import Lanes, Priority

Sizes = st.lists(st.integers(1, 50), max_size=30)


def lanes_of(interactive: list[int], bulk: list[int]) -> Lanes[str]:
    """Lanes with one caller of each kind, its items named by kind, with these sizes."""
    lanes: Lanes[str] = Lanes()
    lanes.add(Priority.INTERACTIVE, [("person", size) for size in interactive])
    lanes.add(Priority.BULK, [("bulk", size) for size in bulk])
    return lanes


def test_a_micro_batch_ends_when_its_tokens_are_full() -> None:
    taken = lanes_of([], [10] * 20).take(100)
    assert [one.tokens for one in taken] == [10] * 10


def test_an_item_larger_than_the_budget_goes_alone() -> None:
    lanes = lanes_of([], [500, 10])
    assert [one.tokens for one in lanes.take(100)] == [500]


def test_interactive_items_come_first_and_bulk_keeps_its_quarter() -> None:
    taken = lanes_of([10] * 20, [5] * 20).take(100)
    assert [one.item for one in taken] == ["person"] * 8 + ["bulk"] * 5


def test_beside_a_person_bulk_fills_no_more_than_its_quarter() -> None:
    taken = lanes_of([10], [5] * 100).take(100)
    assert [one.item for one in taken] == ["person"] + ["bulk"] * 5


def test_callers_of_a_kind_take_turns() -> None:
    lanes: Lanes[str] = Lanes()
    lanes.add(Priority.BULK, [("large", 1)] * 100)
    lanes.add(Priority.BULK, [("small", 1)] * 2)
    assert [one.item for one in lanes.take(5)] == ["large", "small", "large", "small", "large"]


def test_what_a_caller_no_longer_waits_for_is_forgotten() -> None:
    lanes: Lanes[str] = Lanes()
    caller = lanes.add(Priority.BULK, [("gone", 3)] * 4)
    lanes.add(Priority.BULK, [("here", 2)])
    lanes.take(1)
    lanes.forget(caller)
    assert (lanes.items(Priority.BULK), lanes.tokens()) == (1, 2)
    assert [one.item for one in lanes.take(100)] == ["here"]


@given(Sizes, Sizes, st.integers(1, 200))
def test_every_item_is_taken_once_and_the_counts_agree(
    interactive: list[int], bulk: list[int], budget: int
) -> None:
    lanes = lanes_of(interactive, bulk)
    taken = []
    while batch := lanes.take(budget):
        taken += batch
        left = len(interactive) + len(bulk) - len(taken)
        assert sum(lanes.items(kind) for kind in Priority) == left
    assert sorted(one.tokens for one in taken) == sorted(interactive + bulk)
    assert lanes.tokens() == 0
