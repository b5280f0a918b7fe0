"""A gunicorn worker that ends without losing an answer: asked to stop, it finishes its work."""

import threading
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from backend.application import Backend

GRACE = 30
"""Seconds from SIGTERM until the process is killed."""

DRAIN_SECONDS = 12.0
"""Seconds of these in which callers still get all of their answers."""


class GracefulWorker(ThreadWorker):
    """Goes on serving after SIGTERM until those who were there before it have their answers.

    `/health` goes on; new work gets 503. What the model has not begun after `DRAIN_SECONDS` is
    handed back to its callers, to be asked again.
    """

    _stopping: threading.Thread | None = None

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop; a signal that comes again changes nothing.

        Args:
            sig: The signal.
            frame: Where it came.
        """
        if self._stopping is None and self.alive:
            self._stopping = threading.Thread(target=self._stop, args=(sig, frame), daemon=True)
            self._stopping.start()

    def _stop(self, sig: int, frame: Any) -> None:
        if backend := backend_of(self):
            backend.stop(DRAIN_SECONDS)
        super().handle_exit(sig, frame)


def backend_of(worker: Any) -> Backend | None:
    """Return the backend that a worker serves; None: it is not made yet."""
    application = getattr(worker, "wsgi", None)
    return application.extensions["tandem"] if application else None


def close(_: object, worker: Any) -> None:
    """Close the files at a worker's end; gunicorn calls this.

    Args:
        _: The arbiter.
        worker: The worker that ends.
    """
    if backend := backend_of(worker):
        backend.close()
