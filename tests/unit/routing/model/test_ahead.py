"""Working ahead: what is made while something is used comes next, and no failure comes early."""

from collections.abc import Iterator
from contextvars import ContextVar
from threading import Event, Timer

import pytest

from routing.model.ahead import ahead

SECONDS = 30.0
PASS: ContextVar[str] = ContextVar("PASS", default="none")


def test_what_was_made_while_a_list_was_used_is_the_next_list() -> None:
    is_used, are_made = Event(), Event()

    def make() -> Iterator[int]:
        yield 1
        assert is_used.wait(SECONDS)
        yield from (2, 3, 4)
        are_made.set()

    lists = ahead(make(), most=5)
    assert next(lists) == [1]
    is_used.set()
    assert are_made.wait(SECONDS)
    assert list(lists) == [[2, 3, 4]]


def test_no_more_is_made_than_there_is_room_for() -> None:
    made: list[int] = []

    def make() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    used = 0
    for some in ahead(make(), most=3):
        assert len(some) <= 3
        used += len(some)
        assert len(made) <= used + 3 + 1, "three wait, and one has no room yet"
    assert used == 100


def test_what_was_made_is_used_before_a_failure_is_raised() -> None:
    def make() -> Iterator[int]:
        yield from (1, 2)
        raise ConnectionError("gone")

    used: list[int] = []
    with pytest.raises(ConnectionError, match="gone"):
        used.extend(one for some in ahead(make(), most=5) for one in some)
    assert used == [1, 2]


def test_nothing_is_made_any_more_once_somebody_stops_early() -> None:
    has_ended = Event()

    def make() -> Iterator[int]:
        try:
            yield from range(100)
        finally:
            has_ended.set()

    lists = ahead(make(), most=2)
    next(lists)
    lists.close()
    assert has_ended.wait(SECONDS)


def test_items_are_made_in_the_context_of_who_wants_them() -> None:
    def make() -> Iterator[str]:
        yield PASS.get()

    token = PASS.set("pass 7")
    assert list(ahead(make(), most=1)) == [["pass 7"]]
    PASS.reset(token)


def test_a_list_waits_for_items_that_come_soon_and_for_none_after_the_last() -> None:
    is_wanted = Event()

    def make() -> Iterator[int]:
        yield 1
        assert is_wanted.wait(SECONDS)
        yield from (2, 3, 4, 5)

    lists = ahead(make(), 3, seconds=SECONDS)
    Timer(0.05, is_wanted.set).start()
    assert list(lists) == [[1, 2, 3], [4, 5]]


def test_what_was_made_is_used_where_the_next_item_takes_too_long() -> None:
    is_wanted = Event()

    def make() -> Iterator[int]:
        yield 1
        assert is_wanted.wait(SECONDS)
        yield 2

    lists = ahead(make(), 3, seconds=0.01)
    assert next(lists) == [1]
    is_wanted.set()
    assert list(lists) == [[2]]
