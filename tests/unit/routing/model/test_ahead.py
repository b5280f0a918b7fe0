"""Working ahead: the next part is made while the last one is used, and no failure comes early."""

from collections.abc import Iterator
from contextvars import ContextVar
from threading import Event

import pytest

from routing.model.ahead import ahead

SECONDS = 30.0
PASS: ContextVar[str] = ContextVar("PASS", default="none")


def test_the_next_item_is_made_while_the_last_one_is_used() -> None:
    is_made = Event()

    def make() -> Iterator[int]:
        yield 1
        is_made.set()
        yield 2

    for item in ahead(make()):
        if item == 1:
            assert is_made.wait(SECONDS)


def test_no_more_than_one_item_is_made_before_it_is_wanted() -> None:
    made: list[int] = []

    def make() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            yield number

    items = ahead(make())
    assert made == [], "nothing is asked before somebody iterates"
    for item in items:
        assert len(made) <= item + 2


def test_what_was_made_is_used_before_a_failure_is_raised() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise ConnectionError("gone")

    used: list[int] = []
    with pytest.raises(ConnectionError, match="gone"):
        used.extend(ahead(make()))
    assert used == [1]


def test_items_are_made_in_the_context_of_who_wants_them() -> None:
    def make() -> Iterator[str]:
        yield PASS.get()

    token = PASS.set("pass 7")
    assert list(ahead(make())) == ["pass 7"]
    PASS.reset(token)
