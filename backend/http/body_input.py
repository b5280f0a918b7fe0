"""The stream that a request's body is read from: bounded, and counted as it arrives."""

from typing import Any

from backend.http.limits import BodyRoom, too_large
from labeling.errors import TandemError


class BadFraming(TandemError):
    """A body that does not keep to HTTP, such as a chunk without a length."""


class BodyInput:
    """A body, which takes room as it arrives, and not as its caller announces it.

    Args:
        stream: What the server reads it from.
        largest: Bytes that it may have.
        room: Where room is taken.
    """

    def __init__(self, stream: Any, largest: int, room: BodyRoom) -> None:
        self._stream = stream
        self._largest = largest
        self._room = room
        self._held = 0

    def read(self, size: int = -1) -> bytes:
        """Read up to so many bytes; all for a negative number.

        Raises:
            BadFraming: It does not keep to HTTP.
            OSError: It does not arrive.
            RetryLater: There is no room for it.
            TooLarge: It has more bytes than it may have.
        """
        content = self._next(size)
        self._room.take(len(content), self._held)
        self._held += len(content)
        # Flask stops at the limit without a word, and would take what it has for the whole.
        if self._held > self._largest or (self._held == self._largest and self._next(1)):
            raise too_large(self._largest)
        return content

    def close(self) -> None:
        """Give back the room."""
        self._room.give_back(self._held)
        self._held = 0

    def _next(self, size: int) -> bytes:
        try:
            content: bytes = self._stream.read(size)
        except OSError:
            raise
        except Exception as error:  # each server has kinds of its own for what is no HTTP
            raise BadFraming("The body does not keep to HTTP") from error
        return content
