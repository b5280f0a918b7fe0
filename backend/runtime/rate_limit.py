"""Log lines that strangers can cause without end: a few, and how many more there were."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

MOST_LINES = 10
"""Lines of one kind in one period."""

PERIOD_SECONDS = 60.0
"""The period."""

_Place: TypeAlias = tuple[str, int]


@dataclass
class _Period:
    """What one place in the code logged in one period."""

    began: float
    lines: int = 0
    dropped: int = 0


class RateLimit(logging.Filter):
    """Lets a few lines a minute through of each place in the code that logs.

    The first line of a later period says how many were dropped before it.

    Args:
        clock: Returns the time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._periods: dict[_Place, _Period] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line is written; see `logging.Filter.filter`."""
        now, place = self._clock(), (record.pathname, record.lineno)
        with self._lock:
            period = self._periods.get(place)
            dropped = 0
            if period is None or now - period.began >= PERIOD_SECONDS:
                dropped = period.dropped if period else 0
                period = self._periods[place] = _Period(now)
            period.lines += 1
            if period.lines > MOST_LINES:
                period.dropped += 1
                return False
        if dropped:
            record.msg = f"{record.getMessage()} (and {dropped} more like it before)"
            record.args = ()
        return True
