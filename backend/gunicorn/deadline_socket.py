"""A connection whose reads and writes end at a deadline, however slowly its other end goes."""

import errno
import socket
import time
from collections.abc import Callable
from typing import Any, Self

_MOMENT = 1e-3
"""Seconds that are left of a deadline at least: 0 would mean a socket that never waits."""


class DeadlineSocket(socket.socket):
    """A socket that counts as broken off by its other end once a deadline is over.

    A time-out of `socket` holds for one call alone, and a caller that sends a byte now and then
    never meets it; a deadline holds for all of a head, or all of a body.

    Attributes:
        deadline: When reading ends, on the clock; None: never.
        seconds_to_send: How long it may take until all of one write is taken; None: for ever.
        is_late: Whether a deadline was met.
        clock: Returns the time, in seconds.
    """

    deadline: float | None = None
    seconds_to_send: float | None = None
    is_late = False
    clock: Callable[[], float] = staticmethod(time.monotonic)

    @classmethod
    def in_place_of(cls, other: socket.socket) -> Self:
        """Take over another socket's connection; the other has none any more."""
        return cls(other.family, other.type, other.proto, fileno=other.detach())

    def expect_within(self, seconds: float) -> None:
        """Let what is read from now on arrive within so many seconds, all in all."""
        self.deadline = self.clock() + seconds

    def recv(self, *args: Any) -> bytes:
        """Read what there is; see `socket.socket.recv`.

        Raises:
            ConnectionResetError: The deadline came first.
        """
        if self.deadline is None:
            return super().recv(*args)
        left = self.deadline - self.clock()
        try:
            if left <= 0:
                raise TimeoutError
            self.settimeout(max(left, _MOMENT))
            return super().recv(*args)
        except TimeoutError as error:
            self.is_late = True
            raise ConnectionResetError(errno.ECONNRESET, "it did not arrive in time") from error

    def sendall(self, *args: Any) -> None:
        """Write all; see `socket.socket.sendall`.

        Raises:
            BrokenPipeError: It was not taken within `seconds_to_send`.
        """
        self.settimeout(self.seconds_to_send)
        try:
            super().sendall(*args)
        except TimeoutError as error:
            self.is_late = True
            raise BrokenPipeError(errno.EPIPE, "it was not taken in time") from error
