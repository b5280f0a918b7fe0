"""Places for callers who wait for the model, so that `/health` always has a thread."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.runtime.priority_queue import Priority
from backend.runtime.retry_later import Unready

RESTART_SECONDS = 10
"""After which a service that is being stopped may be there again."""


class Turns:
    """Lends a place to each caller; a quarter of the places is kept free of bulk work.

    Args:
        places: Callers at one time.
        seconds_to_wait: Estimates when a place is free again.
    """

    def __init__(self, places: int, seconds_to_wait: Callable[[], int]) -> None:
        self._places = places
        self._places_of = {Priority.INTERACTIVE: places, Priority.BULK: places - places // 4}
        self._seconds_to_wait = seconds_to_wait
        self._taken = Counter[Priority]()
        self._changed = threading.Condition()
        self._ended = False

    @contextmanager
    def turn(self, kind: Priority) -> Iterator[None]:
        """Hold a place while the block runs.

        Raises:
            Unready: There is none, or the service is being stopped.
        """
        with self._changed:
            self._refuse_without_place(kind)
            self._taken[kind] += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken[kind] -= 1
                self._changed.notify_all()

    def end(self) -> None:
        """Refuse all who come from now on."""
        with self._changed:
            self._ended = True

    def wait_until_empty(self, seconds: float) -> bool:
        """Wait until nobody holds a place; False: somebody still does after so long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._taken.total(), seconds)

    def _refuse_without_place(self, kind: Priority) -> None:
        if self._ended:
            raise Unready("The backend is stopping", hint="Ask again.", retry_after=RESTART_SECONDS)
        if self._taken.total() >= self._places or self._taken[kind] >= self._places_of[kind]:
            raise Unready(
                "Too many callers wait for the model",
                hint="Ask again after Retry-After seconds.",
                retry_after=self._seconds_to_wait(),
            )
