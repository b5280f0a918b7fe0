"""A process that ends with the one that started it, however that one ended."""

import os
import signal
import sys
import threading


def end_with_parent() -> None:
    """Kill this process once its standard input is closed.

    That is a pipe whose other end the parent alone holds. Every system closes it with the parent,
    even where that one was killed.
    """
    threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(sys.stdin.fileno(), 1):
        continue
    os.kill(os.getpid(), signal.SIGKILL)
