"""A gunicorn worker that ends without losing an answer, and that slow callers cannot hold up."""

import errno
import logging
import threading
import time
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from backend.application import Backend
from backend.gunicorn.deadline_socket import DeadlineSocket
from backend.runtime.rate_limit import RateLimit
from labeling.settings.backend_section import BackendSettings

logger = logging.getLogger(__name__)

GRACE = 30
"""Seconds from SIGTERM until the process is killed."""

DRAIN_SECONDS = 12.0
"""Seconds of these in which callers still get all of their answers."""

RATE_LIMITED = ("gunicorn.error", __name__, "backend.service", "backend.http.errors")
"""Loggers of what any caller can cause."""

PAUSE_SECONDS = 0.05
"""How long a worker that can open no more files waits before it tries again."""

_OUT_OF_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

LINGER_SECONDS = 2.0
"""Seconds in which a caller that was answered may go on sending, so that it reads the answer."""

LINGER_BYTES = 64 << 20
"""Bytes of what such a caller sends that are thrown away."""


class GracefulWorker(ThreadWorker):
    """Goes on serving after SIGTERM until those who were there before it have their answers.

    `/health` goes on; new work gets 503. What the model has not begun after `DRAIN_SECONDS` is
    handed back to its callers, to be asked again.

    A request's head and its body each have a time in which they must arrive, by the settings;
    a connection that misses it is closed.
    """

    _stopping: threading.Thread | None = None

    def init_process(self) -> None:
        """Bound what callers can write into the log, and serve."""
        for name in RATE_LIMITED:
            logging.getLogger(name).addFilter(RateLimit())
        super().init_process()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop; a signal that comes again changes nothing.

        Args:
            sig: The signal.
            frame: Where it came.
        """
        if self._stopping is None and self.alive:
            self._stopping = threading.Thread(target=self._stop, args=(sig, frame), daemon=True)
            self._stopping.start()

    def accept(self, listener: Any) -> None:
        """Accept a connection; where no more files can be opened, let it wait for one to close.

        Args:
            listener: Where it came.
        """
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in _OUT_OF_FILES:
                raise
            logger.warning(
                "No more connections can be opened (%s): raise the limit of open files, or lower"
                " backend.connections",
                error.strerror,
            )
            time.sleep(PAUSE_SECONDS)  # it is asked again at once, as long as somebody waits

    def handle(self, conn: Any) -> Any:
        """Read a request within its time and answer it, on a thread of its own.

        Args:
            conn: The connection.

        Returns:
            Whether the connection is kept.
        """
        limits = self._limits()
        if not conn.initialized and not isinstance(conn.sock, DeadlineSocket):
            conn.sock = DeadlineSocket.in_place_of(conn.sock)
            conn.sock.seconds_to_send = limits.body_timeout
            conn.data_ready = (
                True  # the deadline is in place of gunicorn's wait, which takes a file
            )
        conn.sock.expect_within(limits.header_timeout)
        is_kept = super().handle(conn)
        if conn.sock.is_late:
            logger.warning(
                "A connection was closed: its request did not arrive, or its answer was not taken,"
                " within backend.header_timeout (%g s) and backend.body_timeout (%g s)",
                limits.header_timeout,
                limits.body_timeout,
            )
        elif not is_kept:
            # Here, and not in the main thread, which all other connections wait for.
            conn.sock.expect_within(LINGER_SECONDS)
            util.close_graceful(conn.sock, LINGER_SECONDS, LINGER_BYTES)
        return is_kept

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is there; its body's time begins now.

        Args:
            req: The request.
            conn: Its connection.

        Returns:
            Whether the connection may be kept.
        """
        conn.sock.expect_within(self._limits().body_timeout)
        return super().handle_request(req, conn)

    def _limits(self) -> BackendSettings:
        backend = backend_of(self)
        return backend.settings.backend if backend else BackendSettings()

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
