"""Work that may be called off: whoever works asks, and what is waited for is ended."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancelled(Exception):
    """The work was called off; its message says why."""


class Cancellation:
    """Whether one piece of work is called off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._why: str | None = None
        self._told: Callable[[], None] | None = None

    @property
    def why(self) -> str | None:
        """Why the work is called off; None: it goes on."""
        with self._lock:
            return self._why

    def cancel(self, why: str) -> None:
        """Call the work off; whoever does so first says why."""
        with self._lock:
            if self._why is None:
                self._why = why
                if self._told:
                    self._told()

    def check(self) -> None:
        """Go on, unless the work is called off.

        Raises:
            Cancelled: It is.
        """
        if (why := self.why) is not None:
            raise Cancelled(why)

    @contextmanager
    def telling(self, end: Callable[[], None]) -> Iterator[None]:
        """Call `end`, from whatever thread, when the work is called off in the meantime or before.

        Args:
            end: Ends what is waited for; must not wait itself.

        Yields:
            While it is called.
        """
        with self._lock:
            self._told = end
            if self._why is not None:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._told = None
