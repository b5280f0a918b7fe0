"""Watching: pass after pass, woken early by a webhook, until told to stop."""

import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labeling.errors import BackendUnreachable, StudioUnreachable

if TYPE_CHECKING:
    from tandem.cli.terminal import Terminal
    from tandem.session import Session

GLANCE = 2.0
"""Seconds between two looks at whether Label Studio told the backend of something."""

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
    failures = 0
    while not stopped.is_set():
        events = _events(session)
        try:
            make_pass()
            failures = 0
        except (StudioUnreachable, BackendUnreachable) as error:
            failures += 1
            terminal.err.print(f"tandem: {error} Trying again.", highlight=False, soft_wrap=True)
        wait = every if not failures else min(every * 2**failures, LONGEST_BACKOFF)
        _rest(session, wait, events, stopped)


def _rest(session: "Session", wait: float, events: Any, stopped: threading.Event) -> None:
    """Wait until it is time, something happened in Label Studio, or we are told to stop."""
    end = time.monotonic() + wait
    while time.monotonic() < end and not stopped.wait(min(GLANCE, wait)):
        if _events(session) not in (None, events):
            return


def _events(session: "Session") -> Any:
    """Ask the backend how many webhooks it got; None where it does not answer."""
    try:
        return session.backend.health().get("events")
    except BackendUnreachable:
        return None
