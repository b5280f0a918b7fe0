"""Places for callers who wait for the model, so that `/health` always has a thread."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.runtime.priority_queue import Priority
from backend.runtime.retry_later import RetryLater

RESTART_SECONDS = 10
"""After which a service that is being stopped may be there again."""


class Admission:
    """Admits callers while there are places; a quarter of them is kept free of bulk work.

    Args:
        places: Callers at one time.
        seconds_to_wait: Estimates in how many seconds a place is free again.
    """

    def __init__(self, places: int, seconds_to_wait: Callable[[], int]) -> None:
        self._places = places
        self._places_of = {Priority.INTERACTIVE: places, Priority.BULK: places - places // 4}
        self._seconds_to_wait = seconds_to_wait
        self._admitted = Counter[Priority]()
        self._changed = threading.Condition()
        self._is_closed = False

    @contextmanager
    def admit(self, priority: Priority) -> Iterator[None]:
        """Hold a place while the block runs.

        Raises:
            RetryLater: There is none, or the service is being stopped.
        """
        with self._changed:
            self._refuse_without_place(priority)
            self._admitted[priority] += 1
        try:
            yield
        finally:
            with self._changed:
                self._admitted[priority] -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Refuse all who come from now on."""
        with self._changed:
            self._is_closed = True

    def wait_until_empty(self, seconds: float) -> bool:
        """Wait until nobody holds a place; return whether that came within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._admitted.total(), seconds)

    def _refuse_without_place(self, priority: Priority) -> None:
        if self._is_closed:
            raise RetryLater(
                "The backend is stopping", hint="Ask again.", retry_after=RESTART_SECONDS
            )
        is_full = self._admitted.total() >= self._places
        if is_full or self._admitted[priority] >= self._places_of[priority]:
            raise RetryLater(
                "Too many callers wait for the model",
                hint="Ask again after Retry-After seconds.",
                retry_after=self._seconds_to_wait(),
            )
