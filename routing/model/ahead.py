"""Working ahead: items are made in another thread while those that are there are used."""

import time
from collections.abc import Generator, Iterable
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _End:
    """No more items come: all are made, or one could not be."""

    error: BaseException | None


def ahead(items: Iterable[Item], most: int, seconds: float = 0.0) -> Generator[list[Item]]:
    """Iterate over lists of items: each holds what was made while the last one was used, or more.

    Where making one fails, the error is raised once all before it were used. Whoever stops early,
    or is interrupted, waits for nothing.

    >>> [one for some in ahead([1, 2, 3], 2) for one in some]
    [1, 2, 3]

    Args:
        items: What is made one by one.
        most: Items of a list; as many more may be made before they are wanted.
        seconds: How long a list waits, from its first item on, until it holds as many.

    Yields:
        Lists of one item or more, in order.
    """
    made: Queue[Item | _End] = Queue(most)
    is_over, context = Event(), copy_context()
    # The end of the process does not wait for a daemon, which may be asking a slow model.
    Thread(target=lambda: context.run(_make, items, made, is_over), daemon=True).start()
    try:
        while True:
            taken = _taken(made, most, seconds)
            if ready := [one for one in taken if not isinstance(one, _End)]:
                yield ready
            if isinstance(end := taken[-1], _End):
                if end.error:
                    raise end.error
                return
    finally:
        is_over.set()
        while not made.empty():  # Or it would wait for room for ever.
            made.get()


def _make(items: Iterable[Item], made: "Queue[Item | _End]", is_over: Event) -> None:
    try:
        for item in items:
            made.put(item)
            if is_over.is_set():
                return
    except BaseException as error:
        made.put(_End(error))
    else:
        made.put(_End(None))


def _taken(made: "Queue[Item | _End]", most: int, seconds: float) -> list[Item | _End]:
    """Wait for an item, and take it with those behind it, or that come soon enough."""
    taken = [made.get()]
    until = time.monotonic() + seconds
    while len(taken) < most and not isinstance(taken[-1], _End):
        try:
            taken.append(made.get(timeout=max(until - time.monotonic(), 0)))
        except Empty:
            break
    return taken
