"""Many small calls at once, in order, with a word on how far they are."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from routing.progress import Progress

THREADS = 4
"""Calls in flight. Label Studio on SQLite does 11 annotations a second from one, 20 from four,
15 from eight, and never said that its database was locked; a server with more processes gains
more."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def concurrently(
    call: Callable[[Item], Answer], items: Sequence[Item], step: str, progress: Progress
) -> list[Answer]:
    """Call once an item; answers in the items' order.

    Args:
        call: What is called.
        items: What with.
        step: What is done, in a few words.
        progress: Told how far it is.

    Returns:
        Answers, in the items' order.

    Raises:
        Exception: What the first failing call raised; calls not yet begun are dropped.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            return list(_counted(pool.map(call, items), len(items), step, progress))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _counted(
    answers: Iterable[Answer], total: int, step: str, progress: Progress
) -> Iterable[Answer]:
    for done, answer in enumerate(answers, start=1):
        progress(step, done, total)
        yield answer
