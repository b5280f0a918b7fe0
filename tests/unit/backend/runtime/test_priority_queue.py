"""Interactive callers go first, bulk work never starves, and a micro-batch keeps to its tokens."""

from hypothesis import given
from hypothesis import strategies as st

from backend.runtime.priority_queue import Priority, PriorityQueue

Sizes = st.lists(st.integers(1, 50), max_size=30)


def queue_of(interactive: list[int], bulk: list[int]) -> PriorityQueue[str]:
    """Lanes with one caller of each kind, its items named by kind, with these sizes."""
    queue: PriorityQueue[str] = PriorityQueue()
    queue.add(Priority.INTERACTIVE, [("person", size) for size in interactive])
    queue.add(Priority.BULK, [("bulk", size) for size in bulk])
    return queue


def test_a_micro_batch_ends_when_its_tokens_are_full() -> None:
    taken = queue_of([], [10] * 20).take(100)
    assert [one.tokens for one in taken] == [10] * 10


def test_an_item_larger_than_the_budget_goes_alone() -> None:
    queue = queue_of([], [500, 10])
    assert [one.tokens for one in queue.take(100)] == [500]


def test_interactive_items_come_first_and_bulk_keeps_its_quarter() -> None:
    taken = queue_of([10] * 20, [5] * 20).take(100)
    assert [one.item for one in taken] == ["person"] * 8 + ["bulk"] * 5


def test_beside_a_person_bulk_fills_no_more_than_its_quarter() -> None:
    taken = queue_of([10], [5] * 100).take(100)
    assert [one.item for one in taken] == ["person"] + ["bulk"] * 5


def test_callers_of_a_kind_take_turns() -> None:
    queue: PriorityQueue[str] = PriorityQueue()
    queue.add(Priority.BULK, [("large", 1)] * 100)
    queue.add(Priority.BULK, [("small", 1)] * 2)
    assert [one.item for one in queue.take(5)] == ["large", "small", "large", "small", "large"]


def test_what_a_caller_no_longer_waits_for_is_forgotten() -> None:
    queue: PriorityQueue[str] = PriorityQueue()
    caller = queue.add(Priority.BULK, [("gone", 3)] * 4)
    queue.add(Priority.BULK, [("here", 2)])
    queue.take(1)
    queue.forget(caller)
    assert (queue.items(Priority.BULK), queue.tokens()) == (1, 2)
    assert [one.item for one in queue.take(100)] == ["here"]


@given(Sizes, Sizes, st.integers(1, 200))
def test_every_item_is_taken_once_and_the_counts_agree(
    interactive: list[int], bulk: list[int], budget: int
) -> None:
    queue = queue_of(interactive, bulk)
    taken = []
    while batch := queue.take(budget):
        taken += batch
        left = len(interactive) + len(bulk) - len(taken)
        assert sum(queue.items(kind) for kind in Priority) == left
    assert sorted(one.tokens for one in taken) == sorted(interactive + bulk)
    assert queue.tokens() == 0
