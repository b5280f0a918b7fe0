"""The latest look at a project: taken when somebody asks, one at a time, and kept for some seconds.

While a look cannot be taken, the last one that could is shown, with the reason.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from tandem.error_line import error_line

FRESH_SECONDS = 10.0
"""How long a look is shown before another one is taken, at least."""

REST = 5.0
"""A look of a large project is shown for so many times as long as it took."""

Look = TypeVar("Look")


@dataclass(frozen=True, slots=True)
class Seen(Generic[Look]):
    """What was seen last.

    Attributes:
        look: The last look that could be taken; None: there was none yet.
        error: Why the one after it could not be taken, in a line; None: nothing went wrong.
    """

    look: Look | None = None
    error: str | None = None


class LiveLook(Generic[Look]):
    """Takes looks as they are asked for, from any thread.

    Args:
        take: Takes one look; may take long, and may fail.
        fresh: Seconds for which a look is shown, at least.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        take: Callable[[], Look],
        *,
        fresh: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take = take
        self._fresh = fresh
        self._clock = clock
        self._taking = threading.Lock()
        self._seen: Seen[Look] | None = None
        self._due = 0.0

    def latest(self) -> Seen[Look]:
        """Return what was seen last; look again first where that is too long ago.

        Whoever comes while a look is being taken gets the one before it, and waits only where
        there is none.
        """
        if self._is_due() and self._taking.acquire(blocking=self._seen is None):
            try:
                if self._is_due():
                    self._look()
            finally:
                self._taking.release()
        return self._seen or Seen()

    def _is_due(self) -> bool:
        return self._seen is None or self._clock() >= self._due

    def _look(self) -> None:
        began, before = self._clock(), self._seen or Seen()
        try:
            seen = Seen(self._take())
        except Exception as error:
            seen = replace(before, error=error_line(error))
        self._seen = seen
        ended = self._clock()
        self._due = ended + max(self._fresh, REST * (ended - began))
