"""Serves the backend under gunicorn: one worker process, which alone owns the model."""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from backend import engines
from backend.engines import Engine
from backend.gunicorn.logger import PropagatingLogger
from backend.gunicorn.worker import GRACE, GracefulWorker, close
from backend.service import create_app
from labeling.logs.lines import fields
from labeling.logs.logging_to import logging_to
from labeling.settings.settings import Settings

logger = logging.getLogger(__name__)

SPARE_THREADS = 4
"""Threads beyond those that may wait for the model: for `/health`, `/setup` and `/metrics`."""

IDLE_CONNECTIONS = 64
"""Connections beside those that are served: kept for their callers' next request."""


NO_BARS = "HF_HUB_DISABLE_PROGRESS_BARS"
"""Keeps the model's libraries from drawing into the log how far weights are loaded."""


class Server(BaseApplication):
    """Gunicorn, set up by Tandem's settings instead of by a command line.

    The application is made in the worker, never before the fork: a CUDA context does not survive
    one, and the model's threads would be left behind.

    Args:
        settings: The settings.
        load: Loads the engine that they name; may take minutes.
    """

    def __init__(
        self, settings: Settings, load: Callable[[Settings], Engine] = engines.load
    ) -> None:
        self._settings = settings
        self._load_engine = load
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn's own settings name."""
        for name, value in options(self._settings).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # its stubs know no Flask
        """Make the application; gunicorn calls this in the worker."""
        return create_app(self._settings, self._load_engine)

    def run(self) -> None:
        """Serve until asked to stop, and log meanwhile."""
        if not sys.stderr.isatty():
            os.environ.setdefault(NO_BARS, "1")
        backend, model = self._settings.backend, engines.identify(self._settings).name
        with logging_to(self._settings.logs):
            logger.info(
                "Serving",
                extra=fields(model=model, address=f"{backend.host}:{backend.listening_port}"),
            )
            super().run()


def options(settings: Settings) -> dict[str, Any]:
    """Gunicorn's settings: one process, a thread for each connection, and no limit of its own.

    A connection whose request is yet to arrive needs a thread as much as one that waits for the
    model, so that there are many more threads than callers who may wait for it.
    """
    threads = max(settings.backend.connections, settings.backend.threads + SPARE_THREADS)
    return {
        "bind": f"{settings.backend.host}:{settings.backend.listening_port}",
        "workers": 1,
        "worker_class": GracefulWorker,
        "threads": threads,
        "worker_connections": threads + IDLE_CONNECTIONS,
        "timeout": 0,
        "graceful_timeout": GRACE,
        "worker_exit": close,
        "keepalive": 5,
        "preload_app": False,
        "proc_name": "tandem",
        "logger_class": PropagatingLogger,
        "errorlog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
    }


def serve(settings: Settings) -> None:
    """Serve until asked to stop (SIGTERM, SIGINT); requests in progress are finished first."""
    Server(settings).run()
