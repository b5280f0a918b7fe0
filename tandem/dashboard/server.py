"""Serves the dashboard until it is told to stop."""

import os
import signal
import socket
import threading
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from labeling.errors import SettingsError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
BACKLOG = 128


class QuietHandler(WSGIRequestHandler):
    """Answers one connection, and logs nothing: the addresses of pages are secrets."""

    timeout = 30

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing.

        Args:
            type: The level.
            message: The line.
            args: What it is filled with.
        """

    def version_string(self) -> str:
        """Return what serves, without saying which versions of it."""
        return "tandem"


def is_loopback(host: str) -> bool:
    """Return whether an address is reached from this machine alone."""
    return host in LOOPBACK


def server_of(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """Return a server of the dashboard that listens already.

    Args:
        app: The dashboard.
        host: The address of this machine that it listens on.
        port: The port; 0: any that is free.

    Raises:
        SettingsError: The address or the port cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None) or 0
        reason = os.strerror(number) if number > 0 else str(error)
        raise SettingsError(
            f"The dashboard cannot listen there: {reason}",
            where=f"{host}:{port}",
            hint="Give another --port, or an address of this machine as --host.",
        ) from error
    with listening:
        # The server takes the socket over by its number, and makes it its own.
        return make_server(
            host,
            listening.getsockname()[1],
            app,
            threaded=True,
            request_handler=QuietHandler,
            fd=listening.fileno(),
        )


def serve(server: BaseWSGIServer) -> None:
    """Serve until SIGTERM or Ctrl-C."""

    def stop(*_: object) -> None:
        # The server stops between two requests, so whoever tells it to must not be it.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
