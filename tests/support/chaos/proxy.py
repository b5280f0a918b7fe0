"""A proxy in front of a server, on whose requests faults of the network strike."""

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import httpx

HUNG_UP_SECONDS = 30.0
"""How long a request goes unanswered at most, where its sender does not give up."""

SLOW_SECONDS = 0.3
"""How long a slow answer rests half-way."""

AHEAD_SECONDS = 3600.0
"""How far a clock that is wrong is ahead."""

PAGE = b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>"
POLL_SECONDS = 0.01
_OF_THE_WIRE = {"connection", "content-encoding", "content-length", "transfer-encoding"}


class ProxiedRequest(BaseHTTPRequestHandler):
    """One request on its way to the server."""

    server: "_Listener"

    def handover(self) -> None:
        """Hand the request over and its answer back, or let a fault strike."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.proxy.strike(self.command, self.path)
        if fault == "reset before the request":
            self._reset()
        elif fault == "garbage":
            self._reply(200, b"\x00\xff\x17 no JSON")
        elif fault == "HTML":
            self._reply(200, PAGE, {"Content-Type": "text/html"})
        elif fault == "cut while under way":
            asked = (self.command, self.path, dict(self.headers), body)
            threading.Thread(target=self.server.proxy.leave, args=asked, daemon=True).start()
            self._reset()
        elif fault and fault.startswith("status "):
            self._reply(int(fault.removeprefix("status ")), PAGE, {"Retry-After": "0"})
        else:
            self._forward(body, fault)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = do_OPTIONS = handover  # noqa: N815

    def _forward(self, body: bytes, fault: str | None) -> None:
        """Have the server carry it out; what strikes now strikes its answer."""
        try:
            answer = self.server.proxy.ask(self.command, self.path, dict(self.headers), body)
        except httpx.TransportError:
            self._reset()
            return
        if fault == "reset after the write":
            self._reset()
        elif fault == "no answer in time":
            self.connection.settimeout(HUNG_UP_SECONDS)
            self.connection.recv(1)
        else:
            self._answer(answer, fault)

    def _answer(self, answer: httpx.Response, fault: str | None) -> None:
        """Hand an answer back, with what strikes it on the way."""
        status, content, half = answer.status_code, answer.content, len(answer.content) // 2
        headers = {k: v for k, v in answer.headers.items() if k.lower() not in _OF_THE_WIRE}
        if fault in ("connection refused", "down in mid-answer"):
            self.server.proxy.close()
        if fault == "clock an hour ahead":
            headers["date"] = formatdate(time.time() + AHEAD_SECONDS, usegmt=True)
        if fault == "truncated JSON":
            self._reply(status, content[:half], headers)
        elif fault == "half an answer":
            self._reply(status, content, headers, half)
        elif fault in ("reset in mid-answer", "down in mid-answer"):
            self._reply(status, content, headers, half)
            self._reset()
        elif fault == "slow answer":
            self._reply(status, content, headers, half)
            time.sleep(SLOW_SECONDS)
            self.wfile.write(content[half:])
        else:
            self._reply(status, content, headers)

    def _reply(
        self,
        status: int,
        content: bytes,
        headers: dict[str, str] | None = None,
        sent: int | None = None,
    ) -> None:
        """Answer; with `sent`, so many bytes of what is promised."""
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != httpx.codes.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content[:sent])

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, proxy: "ChaosProxy") -> None:
        super().__init__(("127.0.0.1", port), ProxiedRequest)
        self.proxy = proxy

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that broke: they were meant to."""


class ChaosProxy:
    """Hands requests over to a server, but where a fault strikes.

    Args:
        url: The server's address.
        strike: Told the method and path of each request; gives the fault that strikes it.

    Attributes:
        url: The proxy's address.
    """

    def __init__(self, url: str, strike: Callable[[str, str], str | None]) -> None:
        self.target = url
        self.strike = strike
        self._client = httpx.Client(timeout=120)
        self._listener: _Listener | None = None
        self._port = 0
        self.listen()
        self.url = f"http://127.0.0.1:{self._port}"

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """Have the server answer a request.

        Args:
            method: Its method.
            path: Its path, with what is asked behind it.
            headers: Its headers.
            body: Its body.

        Raises:
            httpx.TransportError: The server does not answer.
        """
        kept = {k: v for k, v in headers.items() if k.lower() not in _OF_THE_WIRE}
        url = f"{self.target}{path}"
        return self._client.request(method, url, headers=kept, content=body)

    def leave(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        """Leave a request to the server, whatever becomes of it; see `ask`."""
        with suppress(httpx.TransportError):
            self.ask(method, path, headers, body)

    def listen(self) -> None:
        """Take connections, also where it has stopped doing so."""
        if self._listener is None:
            self._listener = _Listener(self._port, self)
            self._port = self._listener.server_port
            serve = self._listener.serve_forever
            threading.Thread(target=serve, args=(POLL_SECONDS,), daemon=True).start()

    def close(self) -> None:
        """Refuse all connections from now on."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown()
            listener.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._client.close()
