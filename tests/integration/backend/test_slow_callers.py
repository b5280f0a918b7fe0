"""Callers who never finish what they began hold nobody up, and are sent away after their time."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.even_backend import BODY_LIMIT, EvenBackend
from tests.support.label_configs import choices
from tests.support.log_lines import of_another_form

SOON = 60.0
MANY = 100
"""More connections than callers may wait for the model, and threads for others."""

HALF_A_HEAD = b"POST /predict HTTP/1.1\r\nHost: tandem\r\nX-Half"
HEAD = b"POST /predict HTTP/1.1\r\nHost: tandem\r\n"
HALF_A_BODY = HEAD + b"Content-Length: 1000\r\n\r\n{"
HALF_A_CHUNK = HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n{"
PREDICT = {
    "tasks": [{"id": 1, "data": {"text": "Fine."}}],
    "label_config": choices(["positive", "negative"]),
}


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvenBackend]:
    """A server that waits for longer than a test does."""
    with EvenBackend(
        tmp_path_factory.mktemp("patient"),
        TANDEM_BACKEND__HEADER_TIMEOUT="600",
        TANDEM_BACKEND__BODY_TIMEOUT="600",
    ) as server:
        yield server


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvenBackend]:
    """A server that waits for a moment, and takes small bodies."""
    with EvenBackend(
        tmp_path_factory.mktemp("strict"),
        TANDEM_BACKEND__HEADER_TIMEOUT="1",
        TANDEM_BACKEND__BODY_TIMEOUT="1",
        **{BODY_LIMIT: str(1 << 20)},
    ) as server:
        yield server


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[EvenBackend]:
    """A server that may open few files."""
    server = EvenBackend(tmp_path, TANDEM_BACKEND__HEADER_TIMEOUT="600")
    server.command = ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh", *server.command]
    with server:
        yield server


def connect(server: EvenBackend) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=SOON)


@contextmanager
def callers(server: EvenBackend, said: bytes, count: int = MANY) -> Iterator[list[socket.socket]]:
    """Callers who each said something, and go on waiting."""
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(server)) for _ in range(count)]
        for connection in connections:
            connection.sendall(said)
        yield connections


def all_of(connection: socket.socket) -> bytes:
    """Read until the other end closes the connection."""
    parts = []
    try:
        while part := connection.recv(1 << 16):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "said", [b"", HALF_A_HEAD, HALF_A_BODY, HALF_A_CHUNK], ids=["nothing", "head", "body", "chunk"]
)
def test_however_many_wait_in_mid_sentence_others_are_answered(
    patient: EvenBackend, said: bytes
) -> None:
    with callers(patient, said):
        assert httpx.get(f"{patient.url}/health", timeout=SOON).json()["status"] == "UP"
        answer = httpx.post(f"{patient.url}/predict", json=PREDICT, timeout=SOON)
        assert answer.status_code == 200, answer.text


def test_a_head_that_does_not_arrive_ends_in_a_closed_connection(strict: EvenBackend) -> None:
    with callers(strict, HALF_A_HEAD) as connections:
        assert [all_of(connection) for connection in connections] == [b""] * MANY
    assert httpx.get(f"{strict.url}/health", timeout=SOON).status_code == 200


@pytest.mark.parametrize("said", [HALF_A_BODY, HALF_A_CHUNK], ids=["body", "chunk"])
def test_a_body_that_does_not_arrive_is_a_408(strict: EvenBackend, said: bytes) -> None:
    with callers(strict, said) as connections:
        answers = [all_of(connection) for connection in connections]
    assert {status_of(answer) for answer in answers} == {408}
    assert b"backend.body_timeout" in answers[0]


@pytest.mark.parametrize("said", [HALF_A_HEAD, HALF_A_BODY], ids=["head", "body"])
def test_a_byte_now_and_then_wins_no_time(strict: EvenBackend, said: bytes) -> None:
    with connect(strict) as connection:
        connection.sendall(said)
        connection.settimeout(0.05)
        end = time.monotonic() + SOON
        while True:
            assert time.monotonic() < end, "it waits for ever"
            try:
                connection.sendall(b"x")
                if not connection.recv(1 << 16):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break


def test_hundreds_of_slow_callers_leave_a_few_lines_in_the_log(strict: EvenBackend) -> None:
    for _ in range(3):
        with callers(strict, HALF_A_HEAD) as connections:
            for connection in connections:
                all_of(connection)
    lines = strict.log.read_text().splitlines()
    assert sum("header_timeout" in line for line in lines) <= 20
    assert "Traceback" not in strict.log.read_text()


def test_more_connections_than_files_may_be_open_wait_and_kill_nobody(
    cramped: EvenBackend,
) -> None:
    httpx.post(f"{cramped.url}/webhook", json={"action": "START_TRAINING"}, timeout=SOON)
    with callers(cramped, HALF_A_HEAD), pytest.raises(httpx.TimeoutException):
        httpx.get(f"{cramped.url}/health", timeout=1)
    health = httpx.get(f"{cramped.url}/health", timeout=SOON)
    assert health.json()["events"] == 1, "it is the same process"
    assert "raise the limit of open files" in cramped.log.read_text()
    assert "Traceback" not in cramped.log.read_text()


@pytest.mark.parametrize("path", ["/predict", "/learn", "/setup", "/webhook"])
@pytest.mark.parametrize("framing", ["chunked", "counted"])
def test_a_body_over_the_limit_is_a_413_with_the_number(
    strict: EvenBackend, path: str, framing: str
) -> None:
    body = b"[" + b"1," * (1 << 20) + b"1]"
    content: bytes | Iterator[bytes] = body
    if framing == "chunked":
        content = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    answer = httpx.post(f"{strict.url}{path}", content=content, timeout=SOON)
    assert answer.status_code == 413
    assert "1,048,576 bytes" in answer.json()["error"]


def test_a_chunked_body_within_the_limit_is_read(strict: EvenBackend) -> None:
    request = httpx.Request("POST", f"{strict.url}/predict", json=PREDICT)
    content = iter([request.content[:20], request.content[20:]])
    answer = httpx.post(f"{strict.url}/predict", content=content, timeout=SOON)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nX-Long\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        HEAD + b"Content-Length: many\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
    ids=["TLS", "no request", "no header", "long header", "no length", "two lengths", "no chunk"],
)
def test_what_is_no_http_is_refused_in_a_few_lines(strict: EvenBackend, said: bytes) -> None:
    for _ in range(30):
        with connect(strict) as connection:
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            answer = all_of(connection)
            assert not answer or 400 <= status_of(answer) < 500
    assert httpx.get(f"{strict.url}/health", timeout=SOON).status_code == 200
    log = strict.log.read_text()
    lines = log.splitlines()
    assert sum("Invalid request" in line for line in lines) <= 20
    assert of_another_form(log) == []
    assert "X-Long" not in log
