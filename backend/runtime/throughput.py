"""How fast the model is, measured while it works: how large batches are and how long waits take."""

import time
from collections import deque
from collections.abc import Callable
from math import ceil

BATCH_SECONDS = 0.5
"""The work of one micro-batch, and so about what a person waits behind bulk work."""

LEAST_BUDGET = 1_024
"""Tokens of the smallest micro-batch, and of the first: below, what a pass costs at all weighs more
than its tokens, so that smaller batches would measure a slower pace, and become smaller still."""

MOST_BUDGET = 131_072

MEMORY = 0.8
"""What each batch leaves of the weight of those before it."""

UNKNOWN_SECONDS = 2
"""How long to wait where the pace is not known yet."""

LONGEST_WAIT = 60

WINDOW_SECONDS = 60.0
"""The time over which items per second are counted."""


class Throughput:
    """Tokens per second of the model's own time, over its last batches.

    >>> throughput = Throughput()
    >>> throughput.record(tokens=20_000, seconds=2.0)
    >>> throughput.budget
    5000
    >>> throughput.seconds_for(30_000)
    3
    """

    def __init__(self) -> None:
        self._tokens = 0.0
        self._seconds = 0.0

    def record(self, tokens: int, seconds: float) -> None:
        """Record a batch; each counts by the time that it took.

        Args:
            tokens: Its tokens, as estimated.
            seconds: How long the model was busy with it.
        """
        self._tokens = MEMORY * self._tokens + tokens
        self._seconds = MEMORY * self._seconds + seconds

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens per second; None: nothing was measured yet."""
        return self._tokens / self._seconds if self._seconds > 0 else None

    @property
    def budget(self) -> int:
        """Tokens of the next micro-batch: what takes `BATCH_SECONDS`."""
        rate = self.tokens_per_second
        if rate is None:
            return LEAST_BUDGET
        return int(min(max(rate * BATCH_SECONDS, LEAST_BUDGET), MOST_BUDGET))

    def seconds_for(self, tokens: float) -> int:
        """Estimate how long tokens take, in whole seconds from 1 to 60."""
        rate = self.tokens_per_second
        if rate is None:
            return UNKNOWN_SECONDS
        return max(1, ceil(min(tokens / rate, LONGEST_WAIT)))


class RollingRate:
    """Items per second over the last minute, or since it was made.

    Args:
        clock: Returns the time, in seconds.

    >>> seconds = 0.0
    >>> rate = RollingRate(lambda: seconds)
    >>> seconds = 10.0
    >>> rate.record(20)
    >>> rate.per_second
    2.0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._done: deque[tuple[float, int]] = deque()

    def record(self, items: int) -> None:
        """Record items that are done."""
        self._done.append((self._clock(), items))
        self._forget()

    @property
    def per_second(self) -> float:
        """Items per second; 0 where nothing was done for a minute."""
        self._forget()
        seconds = min(self._clock() - self._began, WINDOW_SECONDS)
        return sum(items for _, items in self._done) / seconds if seconds > 0 else 0.0

    def _forget(self) -> None:
        oldest = self._clock() - WINDOW_SECONDS
        while self._done and self._done[0][0] < oldest:
            self._done.popleft()
