"""What one request may hold, and all requests at one time."""

import threading

from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError

MOST_TASKS = 10_000
"""Tasks of one `/predict`."""

LARGEST_BODY = 256 << 20
"""Bytes of a request's body."""

LARGEST_BODIES = 1 << 30
"""Bytes of the bodies of all requests that are read or answered at one time."""

_SECONDS_TO_WAIT = 5
"""After which there may be room for another body."""


class TooLarge(TandemError):
    """A request holds more than one request may."""


class BodyRoom:
    """Memory for the bodies of all requests at hand, so that many large ones do not fill it.

    Args:
        largest: Bytes of all bodies at one time.
    """

    def __init__(self, largest: int = LARGEST_BODIES) -> None:
        self._largest = largest
        self._taken = 0
        self._lock = threading.Lock()

    def take(self, size: int, held: int) -> None:
        """Take room for more of a body; one body alone always has it.

        Args:
            size: Bytes that arrived.
            held: Bytes that this body holds already.

        Raises:
            RetryLater: There is none now.
        """
        with self._lock:
            if self._taken > held and self._taken + size > self._largest:
                raise RetryLater(
                    f"Requests at hand hold {self._largest:,} bytes",
                    hint="Ask again after Retry-After seconds.",
                    retry_after=_SECONDS_TO_WAIT,
                )
            self._taken += size

    def give_back(self, size: int) -> None:
        """Give back room that was taken."""
        with self._lock:
            self._taken -= size


def too_large(largest: int) -> TooLarge:
    """Return the error of a body that has more bytes than it may have."""
    return TooLarge(f"The body is larger than {largest:,} bytes", hint="Send less in one request.")
