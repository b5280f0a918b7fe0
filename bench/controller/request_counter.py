"""Counts the HTTP requests of this process, by method and path."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

_IDS = re.compile(r"(?<=/)([0-9a-f]{8}|\d+)(?=/|$)")


@contextmanager
def counted_requests() -> Iterator[Counter[str]]:
    """Count the requests that are sent while the block runs.

    Yields:
        Requests by method and path, in which `N` stands for every id.
    """
    counter, logger = _Counter(), logging.getLogger("httpx")
    logger.setLevel(logging.INFO)
    logger.addHandler(counter)
    try:
        yield counter.counts
    finally:
        logger.removeHandler(counter)


def kind_of(url: str) -> str:
    """Return the path of an address, without ids and without what it asks for.

    >>> kind_of("http://127.0.0.1:8080/api/tasks/12/?project=3")
    '/api/tasks/N/'
    """
    return _IDS.sub("N", urlsplit(url).path)


class _Counter(logging.Handler):
    """Hears of every request by the line that httpx logs of it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one request."""
        if isinstance(record.args, tuple) and len(record.args) > 1:
            method, url = record.args[:2]
            self.counts[f"{method} {kind_of(str(url))}"] += 1
