"""Places for callers: so many at once, a quarter of them for people alone, none when it stops."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from backend.runtime.admission import RESTART_SECONDS, Turns
from backend.runtime.priority_queue import Priority
from backend.runtime.retry_later import Unready

SOON = 30.0


@pytest.fixture
def turns() -> Turns:
    return Turns(4, lambda: 7)


def hold(stack: ExitStack, turns: Turns, kind: Priority, places: int) -> None:
    for _ in range(places):
        stack.enter_context(turns.turn(kind))


def test_a_caller_beyond_the_places_is_told_when_to_come_back(turns: Turns) -> None:
    with ExitStack() as stack:
        hold(stack, turns, Priority.INTERACTIVE, 4)
        with pytest.raises(Unready, match="Too many callers") as refused:
            hold(stack, turns, Priority.INTERACTIVE, 1)
        assert refused.value.retry_after == 7
    hold(ExitStack(), turns, Priority.INTERACTIVE, 1)


def test_bulk_work_leaves_a_quarter_free(turns: Turns) -> None:
    with ExitStack() as stack:
        hold(stack, turns, Priority.BULK, 3)
        with pytest.raises(Unready):
            hold(stack, turns, Priority.BULK, 1)
        hold(stack, turns, Priority.INTERACTIVE, 1)


def test_people_may_have_every_place(turns: Turns) -> None:
    with ExitStack() as stack:
        hold(stack, turns, Priority.INTERACTIVE, 4)
        with pytest.raises(Unready):
            hold(stack, turns, Priority.BULK, 1)


def test_the_only_place_is_for_both() -> None:
    with ExitStack() as stack:
        hold(stack, Turns(1, lambda: 1), Priority.BULK, 1)


def test_after_the_end_nobody_new_comes_and_those_there_are_waited_for(turns: Turns) -> None:
    may_go, is_there = threading.Event(), threading.Event()

    def stay() -> None:
        with turns.turn(Priority.BULK):
            is_there.set()
            assert may_go.wait(SOON)

    with ThreadPoolExecutor(1) as pool:
        caller = pool.submit(stay)
        assert is_there.wait(SOON)
        turns.end()
        with pytest.raises(Unready, match="stopping") as refused, turns.turn(Priority.INTERACTIVE):
            pass
        assert refused.value.retry_after == RESTART_SECONDS
        assert not turns.wait_until_empty(0)
        may_go.set()
        assert turns.wait_until_empty(SOON)
        caller.result()
