"""When each of several projects has its next pass: in turn, with a back-off of its own."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labeling.errors import BackendUnreachable, Busy, LedgerError, StudioUnreachable

POLL_SECONDS = 2.0
"""Time between two questions whether Label Studio notified the backends."""

LONGEST_BACKOFF = 300.0
"""Seconds between two passes of a project that fails, where `every` is not longer."""

PASSING = (StudioUnreachable, BackendUnreachable, LedgerError, Busy)
"""What waiting mends."""


@dataclass(frozen=True, slots=True)
class WatchedProject:
    """One project that passes are made of.

    Attributes:
        name: What it is called in lines and measures.
        make_pass: Makes one pass.
        events: How many webhooks its backend got since it started; None where it does not say.
    """

    name: str
    make_pass: Callable[[], object]
    events: Callable[[], int | None]


@dataclass(slots=True)
class _Turn:
    """When a project is next, and what was so at its last pass."""

    project: WatchedProject
    due: float
    seen: int | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Passes of all projects, one at a time, and the rests between them.

    The project that is due longest is next, so that none that is busy or failing keeps another
    from its turn.

    Attributes:
        projects: Who takes turns; at least one.
        complain: Is told whose pass failed, and why, where it will be tried again.
        wait: Waits some seconds; returns True, at once, when told to stop.
        clock: Seconds that only grow.
    """

    projects: Sequence[WatchedProject]
    complain: Callable[[WatchedProject, Exception], object]
    wait: Callable[[float], bool]
    clock: Callable[[], float] = time.monotonic

    def run(self, every: float) -> None:
        """Make passes, `every` so many seconds where nothing wakes a project, until told to stop.

        Raises:
            Exception: What no waiting mends, where there is one project alone; whoever started
                the process learns of it. Several projects outlive it.
        """
        turns = [_Turn(project, self.clock()) for project in self.projects]
        while not self.wait(0.0):
            turn = min(turns, key=lambda one: one.due)
            if turn.due > self.clock():
                self._rest(turns, turn.due)
            else:
                self._pass(turn)
                turn.due = self.clock() + _pause(every, turn.failures)

    def _pass(self, turn: _Turn) -> None:
        """Make one pass.

        Events are counted from before it, so that none that comes during it is missed. What the
        pass itself writes is notified too, and wakes it for one pass more, which finds nothing
        left to write.
        """
        turn.seen = turn.project.events()
        try:
            turn.project.make_pass()
            turn.failures = 0
        except Exception as error:
            if len(self.projects) == 1 and not isinstance(error, PASSING):
                raise
            turn.failures += 1
            self.complain(turn.project, error)

    def _rest(self, turns: Sequence[_Turn], end: float) -> None:
        """Wait until it is time, something happened in a Label Studio, or we are told to stop.

        Any other count than the one seen is a reason to look: a backend that was started anew
        counts from 0, and one that is back may have been notified before.
        """
        while (left := end - self.clock()) > 0 and not self.wait(min(POLL_SECONDS, left)):
            woken = [turn for turn in turns if turn.project.events() not in (None, turn.seen)]
            for turn in woken:
                turn.due = min(turn.due, self.clock())
            if woken:
                return


def _pause(every: float, failures: int) -> float:
    """Return seconds until the next pass: more with every failure, never fewer than without."""
    longest = max(every, LONGEST_BACKOFF)
    doublings = min(failures, 16)
    return float(min(every * 2**doublings, longest)) if failures else every
