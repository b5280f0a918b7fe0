"""Watching: passes of one project or several, until SIGTERM or Ctrl-C ends them."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import typer

from tandem.cli.command import INTERRUPTED
from tandem.pass_log import log_failure
from tandem.schedule import Schedule, WatchedProject


class _Stop:
    """Whether the process was told to end, and by whom."""

    def __init__(self) -> None:
        self.told = threading.Event()
        self.is_interrupted = False

    def on_signal(self, number: int, _: FrameType | None) -> None:
        """Note a signal; a second Ctrl-C does not wait for the pass at hand."""
        if number == signal.SIGINT:
            if self.is_interrupted:
                raise KeyboardInterrupt
            self.is_interrupted = True
        self.told.set()


def watch_projects(projects: Sequence[WatchedProject], every: float) -> None:
    """Make passes until SIGTERM or Ctrl-C, which end it after the pass in progress.

    A server that goes away is waited for, longer each time; what it loses is found by the next
    pass, since passes read what is there.

    Args:
        projects: Who takes turns; at least one.
        every: Seconds between passes of a project where nothing wakes it.

    Raises:
        typer.Exit: Ctrl-C ended it.
        KeyboardInterrupt: A second Ctrl-C ended it in the middle of a pass.
    """

    def complain(project: WatchedProject, error: Exception) -> None:
        log_failure(project.name, error, "Trying again.")

    with _stopping() as stop:
        Schedule(projects, complain, stop.told.wait).run(every)
        if stop.is_interrupted:
            raise typer.Exit(INTERRUPTED)


@contextmanager
def _stopping() -> Iterator[_Stop]:
    """Note signals while the block runs, and let them do afterwards what they did before."""
    stop = _Stop()
    numbers = signal.SIGTERM, signal.SIGINT
    before = [signal.signal(number, stop.on_signal) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
