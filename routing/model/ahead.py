"""Working ahead: the next item is made in another thread while the last one is used."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Iterate over items, of which the next is always being made.

    Where making one fails, the error is raised once all before it were used. Whoever stops early,
    or is interrupted, waits for nothing: what is being made then is lost.

    >>> list(ahead([1, 2, 3]))
    [1, 2, 3]
    """
    remaining = iter(items)
    coming = _begun(lambda: next(remaining))
    while True:
        try:
            item = coming.result()
        except _NoMore:
            return
        coming = _begun(lambda: next(remaining))
        yield item


class _NoMore(Exception):
    """There are no more items."""


def _begun(call: Callable[[], Item]) -> "Future[Item]":
    """Call in another thread, which sees what this one's context holds."""
    future: Future[Item] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except StopIteration:
            future.set_exception(_NoMore())
        except BaseException as error:
            future.set_exception(error)

    # The end of the process does not wait for a daemon, which may be asking a slow model.
    Thread(target=copy_context().run, args=(work,), daemon=True).start()
    return future
