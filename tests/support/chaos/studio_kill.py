"""An end of Label Studio in mid-pass, with SIGKILL, which lets it finish nothing."""

import itertools
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tandem.servers.label_studio import LabelStudioServer

LONGEST_REQUEST = 20.0
"""Seconds after which Label Studio is killed wherever it is."""

POLL_SECONDS = 0.001


@dataclass
class StudioKill:
    """An end of Label Studio in mid-pass.

    Attributes:
        at: Tells by method and path which request is under way then.
        once: Tells that Label Studio has come so far with it.
        is_done: Whether that request came.
    """

    at: Callable[[str, str], bool]
    once: Callable[[], bool]
    is_done: bool = False

    def begins(self, method: str, path: str) -> bool:
        """Tell whether a request is the one; only the first such is."""
        if self.is_done or not self.at(method, path):
            return False
        self.is_done = True
        return True

    def kill(self, server: LabelStudioServer) -> None:
        """Kill it once it has come so far, or has done all that it was asked."""
        deadline = time.monotonic() + LONGEST_REQUEST
        while not self.once() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if server.process_id:
            os.killpg(server.process_id, signal.SIGKILL)


def nth_write(number: int) -> Callable[[str, str], bool]:
    """Tell which request is the pass's so manieth that writes."""
    writes = itertools.count(1)
    return lambda method, _: method != "GET" and next(writes) == number
