"""Places for callers: so many at once, a quarter of them for people alone, none when it stops."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from backend.runtime.admission import RESTART_SECONDS, Admission
from backend.runtime.priority_queue import Priority
from backend.runtime.retry_later import RetryLater

SOON = 30.0


@pytest.fixture
def admission() -> Admission:
    return Admission(4, lambda: 7)


def hold(stack: ExitStack, admission: Admission, kind: Priority, places: int) -> None:
    for _ in range(places):
        stack.enter_context(admission.admit(kind))


def test_a_caller_beyond_the_places_is_told_when_to_come_back(admission: Admission) -> None:
    with ExitStack() as stack:
        hold(stack, admission, Priority.INTERACTIVE, 4)
        with pytest.raises(RetryLater, match="Too many callers") as refused:
            hold(stack, admission, Priority.INTERACTIVE, 1)
        assert refused.value.retry_after == 7
    hold(ExitStack(), admission, Priority.INTERACTIVE, 1)


def test_bulk_work_leaves_a_quarter_free(admission: Admission) -> None:
    with ExitStack() as stack:
        hold(stack, admission, Priority.BULK, 3)
        with pytest.raises(RetryLater):
            hold(stack, admission, Priority.BULK, 1)
        hold(stack, admission, Priority.INTERACTIVE, 1)


def test_people_may_have_every_place(admission: Admission) -> None:
    with ExitStack() as stack:
        hold(stack, admission, Priority.INTERACTIVE, 4)
        with pytest.raises(RetryLater):
            hold(stack, admission, Priority.BULK, 1)


def test_the_only_place_is_for_both() -> None:
    with ExitStack() as stack:
        hold(stack, Admission(1, lambda: 1), Priority.BULK, 1)


def test_after_the_end_nobody_new_comes_and_those_there_are_waited_for(
    admission: Admission,
) -> None:
    may_go, is_there = threading.Event(), threading.Event()

    def stay() -> None:
        with admission.admit(Priority.BULK):
            is_there.set()
            assert may_go.wait(SOON)

    with ThreadPoolExecutor(1) as pool:
        caller = pool.submit(stay)
        assert is_there.wait(SOON)
        admission.close()
        with (
            pytest.raises(RetryLater, match="stopping") as refused,
            admission.admit(Priority.INTERACTIVE),
        ):
            pass
        assert refused.value.retry_after == RESTART_SECONDS
        assert not admission.wait_until_empty(0)
        may_go.set()
        assert admission.wait_until_empty(SOON)
        caller.result()
