"""Watching: pass after pass, woken early by a webhook, until told to stop."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeling.errors import (
    BackendUnreachable,
    Busy,
    LedgerError,
    StudioUnreachable,
    TandemError,
)

if TYPE_CHECKING:
    from tandem.session import Session
    from tandem.terminal import Terminal

POLL_SECONDS = 2.0
"""Time between two questions whether Label Studio notified the backend."""

LONGEST_BACKOFF = 300.0


def watch_project(
    session: "Session", every: float, make_pass: Callable[[], object], terminal: "Terminal"
) -> None:
    """Make passes until SIGTERM or Ctrl-C, which end it between two passes.

    A server that goes away is waited for, longer each time; what it loses is found by the next
    pass, since passes read what is there.

    Args:
        session: Whose backend counts Label Studio's webhooks.
        every: Seconds between passes where nothing wakes it.
        make_pass: Makes one pass.
        terminal: Where it speaks.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())

    def complain(error: TandemError) -> None:
        terminal.err.print(f"tandem: {error} Trying again.", highlight=False, soft_wrap=True)

    Watch(lambda: _events(session), make_pass, complain, stopped.wait).run(every)


@dataclass(frozen=True, slots=True)
class Watch:
    """Passes, and the rests between them.

    Attributes:
        events: How many webhooks the backend got since it started; None where it does not say.
        make_pass: Makes one pass.
        complain: Is told why a pass failed that will be tried again.
        wait: Waits some seconds; returns True, at once, when told to stop.
        clock: Seconds that only grow.
    """

    events: Callable[[], int | None]
    make_pass: Callable[[], object]
    complain: Callable[[TandemError], object]
    wait: Callable[[float], bool]
    clock: Callable[[], float] = time.monotonic

    def run(self, every: float) -> None:
        """Make passes, `every` so many seconds where nothing wakes it, until told to stop.

        Events are counted from before a pass, so that none that comes during it is missed. What
        the pass itself writes is notified too, and wakes it for one pass more, which finds nothing
        left to write.
        """
        failures = 0
        while not self.wait(0.0):
            seen = self.events()
            try:
                self.make_pass()
                failures = 0
            except (StudioUnreachable, BackendUnreachable, LedgerError, Busy) as error:
                failures += 1
                self.complain(error)
            self._rest(_pause(every, failures), seen)

    def _rest(self, seconds: float, seen: int | None) -> None:
        """Wait until it is time, something happened in Label Studio, or we are told to stop.

        Any other count than the one seen is a reason to look: a backend that was started anew
        counts from 0, and one that is back may have been notified before.
        """
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0 and not self.wait(min(POLL_SECONDS, left)):
            if self.events() not in (None, seen):
                return


def _pause(every: float, failures: int) -> float:
    """Return seconds until the next pass: more with every failure, never fewer than without."""
    longest = max(every, LONGEST_BACKOFF)
    doublings = min(failures, 16)
    return float(min(every * 2**doublings, longest)) if failures else every


def _events(session: "Session") -> int | None:
    """Ask the backend how many webhooks it got; None where it does not answer."""
    try:
        return session.backend.health().events
    except BackendUnreachable:
        return None
