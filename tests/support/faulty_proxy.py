"""A proxy between engine and server that fails as it is told to, call by call."""

import json
import socket
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Fault = Callable[["Handler", httpx.Response | None], None]
"""What is done in place of handing over the server's answer; asked for with None before it is."""

WORK = ("/completions", "/chat/completions")
"""Calls that are paid for; faults befall them alone."""


class Handler(BaseHTTPRequestHandler):
    """One call of the engine."""

    server: "FaultyProxy"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._hand_over(httpx.get(self.server.target + self.path, timeout=60))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_work = self.path.endswith(WORK)
        fault = self.server.next_fault() if is_work else None
        if fault and fault.before:
            fault.act(self, None)
            return
        answer = httpx.post(
            self.server.target + self.path,
            content=body,
            headers={"Content-Type": "application/json"},
            timeout=60,
        )
        if fault:
            fault.act(self, answer)
            return
        if is_work and answer.status_code == httpx.codes.OK:
            self.server.paid[body] += 1
        self._hand_over(answer)

    def _hand_over(self, answer: httpx.Response) -> None:
        self.reply(answer.status_code, answer.content)

    def reply(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Failing:
    """A fault, and whether it strikes before the server is asked."""

    def __init__(self, act: Fault, *, before: bool = True) -> None:
        self.act = act
        self.before = before


def status(code: int, **headers: str) -> Failing:
    """An error of the server."""
    content = b'{"error": {"message": "told to fail", "type": "error"}}'
    return Failing(lambda handler, _: handler.reply(code, content, **headers))


def _reset(handler: Handler, _: httpx.Response | None) -> None:
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()


def _stall(handler: Handler, _: httpx.Response | None) -> None:
    handler.server.may_end.wait(60)
    handler.close_connection = True


def _truncate(handler: Handler, answer: httpx.Response | None) -> None:
    content = answer.content if answer else b""
    handler.reply(200, content[: len(content) // 2])


def _rename(handler: Handler, answer: httpx.Response | None) -> None:
    content = json.loads(answer.content if answer else b"{}")
    handler.reply(200, json.dumps({**content, "model": "another-model"}).encode())


def _hide_usage(handler: Handler, answer: httpx.Response | None) -> None:
    content = json.loads(answer.content if answer else b"{}")
    del content["usage"]
    handler.reply(200, json.dumps(content).encode())


def _empty(handler: Handler, answer: httpx.Response | None) -> None:
    content = json.loads(answer.content if answer else b"{}")
    content["choices"] = [{"index": 0, "text": "", "logprobs": None, "finish_reason": "stop"}]
    handler.reply(200, json.dumps(content).encode())


def _refuse(handler: Handler, answer: httpx.Response | None) -> None:
    content = json.loads(answer.content if answer else b"{}")
    content["choices"] = [{"index": 0, "text": "", "finish_reason": "content_filter"}]
    handler.reply(200, json.dumps(content).encode())


RESET = Failing(_reset)
STALL = Failing(_stall)
TRUNCATED = Failing(_truncate, before=False)
RENAMED = Failing(_rename, before=False)
UNTOLD = Failing(_hide_usage, before=False)
EMPTY = Failing(_empty, before=False)
REFUSED = Failing(_refuse, before=False)


class FaultyProxy(ThreadingHTTPServer):
    """Hands calls over to a server, and fails on those that it is told to.

    Args:
        url: The server's address.

    Attributes:
        paid: How often each body was answered as the server answered it.
    """

    daemon_threads = True

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target = url.removesuffix("/v1")
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.paid: Counter[bytes] = Counter()
        self.may_end = threading.Event()
        self._faults: deque[Failing | None] = deque()
        self._always: Failing | None = None
        self._lock = threading.Lock()

    def fail(self, faults: Iterable[Failing | None]) -> None:
        """Fail on the next calls, one fault each; None: hand that one over."""
        with self._lock:
            self._faults.extend(faults)

    def always_fail(self, fault: Failing | None) -> None:
        """Fail on every call from now on; None: on none."""
        self._always = fault

    def next_fault(self) -> Failing | None:
        with self._lock:
            return self._faults.popleft() if self._faults else self._always

    def __enter__(self) -> "FaultyProxy":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.may_end.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that broke: they were meant to."""
