"""Faults inside the controller's process: of its ledger and clock, and its own end in mid-pass."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from routing.clock import Clock, system_clock
from routing.model import client, transport
from routing.studio import wire
from tests.support.chaos.faults import Faults

IMPATIENT = httpx.Timeout(2.5, connect=1.0)
"""Seconds."""

JUMPS = {"jumps a year ahead": timedelta(days=365), "jumps a year back": timedelta(days=-365)}
"""How far the clock is off once it jumped."""

_EXECUTING = ("do_execute", "do_executemany", "do_execute_no_params")
_WRITING = ("INSERT", "UPDATE", "DELETE")


def befall_ledger(engine: Engine, faults: Faults) -> None:
    """Let faults strike what the driver of a ledger does from now on.

    Args:
        engine: The ledger's, on SQLite.
        faults: What strikes.
    """
    for name in _EXECUTING:
        setattr(engine.dialect, name, _executing(getattr(engine.dialect, name), faults))
    commit = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        if faults.visit("ledger commits"):
            raise _error(sqlite3.SQLITE_IOERR, "disk I/O error")
        commit(connection)
        if faults.visit("ledger has committed"):
            raise _error(sqlite3.SQLITE_IOERR, "disk I/O error")

    setattr(engine.dialect, "do_commit", do_commit)  # noqa: B010 - mypy takes no other


def jumping_clock(faults: Faults) -> Clock:
    """Return the clock of a pass, which is wrong from where it is struck."""
    off = timedelta()

    def now() -> datetime:
        nonlocal off
        if fault := faults.visit("clock read"):
            off += JUMPS[fault]
        return system_clock() + off

    return now


@contextmanager
def impatient() -> Iterator[None]:
    """Let what is not answered on purpose cost no more than `IMPATIENT`."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((wire, "TIMEOUT"), (transport, "WORKING"), (client, "ANSWERING")):
            patch.setattr(module, name, IMPATIENT)
        yield


@contextmanager
def befalling_requests(faults: Faults, studio: str, backend: str) -> Iterator[list[str]]:
    """Let the process end when one of its requests was sent, or when it was answered.

    What others ask in the same process is left alone.

    Args:
        faults: What strikes.
        studio: The address at which the process asks Label Studio.
        backend: The address at which it asks the ML backend.

    Yields:
        What a pass asked of Label Studio though its ledger had failed; filled as it does.
    """
    send, heedless = httpx.Client.send, list[str]()

    def sent(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        if not str(request.url).startswith((studio, backend)):
            return send(self, request, **options)
        faults.insist_alive()
        if faults.has_no_ledger and str(request.url).startswith(studio):
            heedless.append(f"{request.method} {request.url.path}")

        def trace(step: str, _: object) -> None:
            if step == "http11.send_request_body.complete":
                faults.visit("request sent")

        request.extensions["trace"] = trace
        answer = send(self, request, **options)
        faults.visit("request answered")
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "send", sent)
        yield heedless


def _executing(execute: Callable[..., Any], faults: Faults) -> Callable[..., Any]:
    def executing(cursor: Any, statement: str, *arguments: Any, **options: Any) -> Any:
        if statement.startswith("SELECT") and (fault := faults.visit("ledger reads")):
            raise _READING[fault]
        if statement == "BEGIN IMMEDIATE" and faults.visit("ledger begins to write"):
            raise _error(sqlite3.SQLITE_BUSY, "database is locked")
        if statement.startswith(_WRITING) and faults.visit("ledger writes"):
            raise _error(sqlite3.SQLITE_FULL, "database or disk is full")
        return execute(cursor, statement, *arguments, **options)

    return executing


def _error(code: int, said: str) -> sqlite3.DatabaseError:
    """What the driver raises, with SQLite's code of it."""
    is_damage = code == sqlite3.SQLITE_CORRUPT
    error = sqlite3.DatabaseError(said) if is_damage else sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return error


_READING = {
    "disk fails": _error(sqlite3.SQLITE_IOERR, "disk I/O error"),
    "page is damaged": _error(sqlite3.SQLITE_CORRUPT, "database disk image is malformed"),
}
