"""A web server that answers what a test says."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

Reply: TypeAlias = tuple[int, dict[str, str], bytes]
Script: TypeAlias = Callable[[str, str, Any, str | None], Reply]
"""What a server answers to method, path, JSON body and Authorization header."""


def as_json(content: object, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON; `_` in a header's name stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(content).encode()
    return status, {"Content-Type": "application/json", **named}, body


class QuietServer(ThreadingHTTPServer):
    """Says nothing of callers that hang up, as those do that refuse a certificate."""

    def handle_error(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on a free port of this machine, and yield the address; over TLS where that is given."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            authorization = self.headers.get("Authorization")
            status, headers, content = script(self.command, self.path, body, authorization)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with QuietServer(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
