"""Past its deadline a connection is as one that its other end broke off."""

import socket
from collections.abc import Iterator

import pytest

from backend.gunicorn.deadline_socket import DeadlineSocket

MOMENT = 0.01


@pytest.fixture
def ends() -> Iterator[tuple[DeadlineSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with DeadlineSocket.in_place_of(ours) as bounded, theirs:
        yield bounded, theirs


def test_what_arrives_in_time_is_read(ends: tuple[DeadlineSocket, socket.socket]) -> None:
    ours, theirs = ends
    ours.expect_within(60)
    theirs.sendall(b"in time")
    assert ours.recv(100) == b"in time"
    assert not ours.is_late


def test_what_does_not_arrive_is_a_reset(ends: tuple[DeadlineSocket, socket.socket]) -> None:
    ours, _ = ends
    ours.expect_within(MOMENT)
    with pytest.raises(ConnectionResetError):
        ours.recv(100)
    assert ours.is_late


def test_bytes_that_go_on_arriving_move_no_deadline(
    ends: tuple[DeadlineSocket, socket.socket],
) -> None:
    ours, theirs = ends
    times = iter([0.0, 1.0, 2.0, 3.0])
    ours.clock = lambda: next(times)
    ours.expect_within(3)
    theirs.sendall(b"xyz")
    assert ours.recv(1) + ours.recv(1) == b"xy"
    with pytest.raises(ConnectionResetError):
        ours.recv(1)


def test_an_answer_that_nobody_takes_is_a_broken_pipe(
    ends: tuple[DeadlineSocket, socket.socket],
) -> None:
    ours, _ = ends
    ours.seconds_to_send = MOMENT
    with pytest.raises(BrokenPipeError):
        ours.sendall(bytes(64 << 20))
    assert ours.is_late


def test_without_a_deadline_it_waits_as_any_socket_does(
    ends: tuple[DeadlineSocket, socket.socket],
) -> None:
    ours, theirs = ends
    theirs.close()
    assert ours.recv(1) == b""
