"""Serves a Flask application on this machine, without a word in the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app


class KeepAliveHandler(WSGIRequestHandler):
    """Answers many requests of a connection, each at once, as Label Studio does.

    Werkzeug's own closes every connection, since it cannot tell where the next request begins if
    an application left some of a body unread; here each body is read before it is passed on.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Read a request whole, and write the whole response."""
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0)))
        content, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        code, body = int(status.split()[0]), b"".join(content)
        if code != HTTPStatus.NO_CONTENT:
            headers.setdefault("Content-Length", len(body))
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing.

        Args:
            type: The level.
            message: The line.
            args: What it is filled with.
        """


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve in a thread of this process.

    Args:
        app: The application.
        port: The port; 0: a free one.

    Yields:
        The address.
    """
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=KeepAliveHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
