"""`python -m tests.support.killing.points sync …` is a sync, killed at a chosen point.

A point is reached before a request is sent, when it is sent and not yet answered, when it is
answered, and before and after each commit of the ledger. `POINTS` names a file that every point's
name is added to; `KILL_AT` names a point, and `KILL_COUNT` at which visit of it the process sends
itself SIGKILL, which no handler, `finally` or transaction can see coming.

Populations are all frozen at one and the same moment, since the order of their audits depends on
it.
"""

import os
import re
import signal
import threading
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from sqlalchemy import Engine, event

from routing.sync import sync
from tandem.cli import main

_visits: Counter[str] = Counter()
_lock = threading.Lock()


def reach(point: str) -> None:
    """Be at a point: note it, and die where this is the one."""
    with _lock:
        _visits[point] += 1
        if "POINTS" in os.environ:
            with Path(os.environ["POINTS"]).open("a") as file:
                file.write(f"{point}\n")
        if point == os.environ.get("KILL_AT") and _visits[point] == int(os.environ["KILL_COUNT"]):
            os.kill(os.getpid(), signal.SIGKILL)


def watch_requests() -> None:
    """Make points of every HTTP request's course."""
    plainly = httpx.Client.send

    def send(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        verb = f"{request.method} {re.sub(r'[0-9]+', 'N', request.url.path)}"

        def trace(step: str, _: object) -> None:
            if step == "http11.send_request_body.complete":
                reach(f"{verb}, sent")

        request.extensions["trace"] = trace
        reach(f"{verb}, before")
        response = plainly(self, request, **options)
        reach(f"{verb}, answered")
        return response

    httpx.Client.send = send  # type: ignore[method-assign]


def watch_ledger() -> None:
    """Make points of every commit that follows a change."""
    change: dict[str, str] = {}

    @event.listens_for(Engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        found = re.match(r'(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', statement)
        if found:
            change["last"] = " ".join(found.groups())

    @event.listens_for(Engine, "commit")
    def before(_: object) -> None:
        if "last" in change:
            change["done"] = change.pop("last")
            reach(f"{change['done']}, before its commit")

    @event.listens_for(Engine, "checkin")
    def after(*_: object) -> None:
        if "done" in change:
            reach(f"{change.pop('done')}, after its commit")


def stopped_clock() -> datetime:
    """Return the same moment, whenever it is asked."""
    return datetime(2026, 1, 1, tzinfo=UTC)


if __name__ == "__main__":
    patch("routing.sync.sync", partial(sync, clock=stopped_clock)).start()
    watch_requests()
    watch_ledger()
    main()
