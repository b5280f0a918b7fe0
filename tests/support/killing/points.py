"""The points of a pass at which its process can be killed, named by what is written there.

A write is *unconfirmed* once its request is sent and not yet answered, or once its statements ran
and are not yet committed. It is *confirmed* once it is answered or committed.
"""

import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

import httpx
from sqlalchemy import Engine, event

Progress: TypeAlias = Literal["unconfirmed", "confirmed"]

REQUESTS: Mapping[str, str] = {
    "POST /user/signup/": "the model's user",
    "POST /predict": "answers of the model",
    "POST /learn": "what the model learned",
    "POST /api/projects/": "a new project",
    "POST /api/projects/N/import": "tasks of a project",
    "POST /api/projects/N/import/predictions": "predictions",
    "POST /api/tasks/N/annotations/": "an annotation",
    "POST /api/webhooks/": "the webhook",
    "POST /api/dm/views/": "a new tab",
    "PATCH /api/dm/views/N/": "the tasks of a tab",
    "PATCH /api/ml/N": "the model version",
    "PATCH /api/tasks/N/": "an overlap",
    "PATCH /api/projects/N/": "the project's own fields",
    "DELETE /api/projects/N/": "the end of the blind project",
    "DELETE /api/dm/views/N/": "the end of a tab",
    "DELETE /api/webhooks/N/": "the end of a webhook",
    "DELETE /api/ml/N": "the end of the connection",
    "DELETE /api/predictions/N/": "the end of a prediction",
    "DELETE /api/users/N/": "the end of the model's user",
    "POST /api/dm/actions/": "the end of many at once",
}
"""What each request writes, but for ids."""

STATEMENTS: Mapping[str, str] = {
    "UPDATE alembic_version": "the ledger's schema",
    "INSERT INTO task": "the ledger's tasks",
    "UPDATE task": "the ledger's overlaps",
    "INSERT INTO prediction": "the ledger's predictions",
    "INSERT INTO annotation": "the ledger's annotations",
    "INSERT INTO round": "the ledger's round",
    "INSERT INTO decision": "the ledger's decisions",
    "INSERT INTO assignment": "the ledger's assignments",
    "INSERT INTO control_task": "the ledger's control tasks",
    "INSERT INTO control_answer": "the ledger's control answers",
    "INSERT INTO population": "the ledger's population",
    "INSERT INTO member": "the ledger's frozen labels",
    "INSERT INTO checked": "the ledger's audits",
    "INSERT INTO person_event": "the ledger's states of people",
    "INSERT INTO write": "the ledger's planned writes",
    "UPDATE write": "the ledger's finished writes",
}
"""What is committed whose last statement begins so."""


class Point(NamedTuple):
    """A point of a pass, which comes once for each write of its kind."""

    written: str
    progress: Progress

    def __str__(self) -> str:
        return f"{self.written}, {self.progress}"


@dataclass(frozen=True)
class Kill:
    """Where a pass is killed: at a point, the `visit`th time that it comes there."""

    point: Point
    visit: int


@dataclass
class Watch:
    """Counts how often each point is reached, and sends this process SIGKILL where it is to end.

    No handler, `finally` or transaction can see that coming.
    """

    kill: Kill | None
    visits: Counter[Point] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, written: str, progress: Progress) -> None:
        """Count a point, and die where this is the one."""
        point = Point(written, progress)
        with self._lock:
            self.visits[point] += 1
            if self.kill == Kill(point, self.visits[point]):
                os.kill(os.getpid(), signal.SIGKILL)

    def start(self) -> None:
        """Watch all requests and commits of this process from now on."""
        self._watch_requests()
        self._watch_commits()

    def _watch_requests(self) -> None:
        unwatched, reach = httpx.Client.send, self.reach

        def send(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
            below_studio = re.sub(r"^/studios/[0-9a-f]+", "", request.url.path)
            path = re.sub(r"[0-9]+", "N", below_studio)
            written = REQUESTS.get(f"{request.method} {path}")
            if written is None:
                return unwatched(self, request, **options)

            def trace(step: str, _: object) -> None:
                if step == "http11.send_request_body.complete":
                    reach(written, "unconfirmed")

            request.extensions["trace"] = trace
            response = unwatched(self, request, **options)
            reach(written, "confirmed")
            return response

        httpx.Client.send = send  # type: ignore[method-assign]

    def _watch_commits(self) -> None:
        last: dict[Progress, str] = {}

        @event.listens_for(Engine, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            found = re.match(r'(INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', statement)
            written = STATEMENTS.get(" ".join(found.groups())) if found else None
            if written is not None:
                last["unconfirmed"] = written

        @event.listens_for(Engine, "commit")
        def before(_: object) -> None:
            if "unconfirmed" in last:
                last["confirmed"] = last.pop("unconfirmed")
                self.reach(last["confirmed"], "unconfirmed")

        @event.listens_for(Engine, "checkin")
        def after(*_: object) -> None:
            if "confirmed" in last:
                self.reach(last.pop("confirmed"), "confirmed")
