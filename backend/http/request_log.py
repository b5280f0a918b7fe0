"""One line in the log for each request, under the id that its caller gave it."""

import logging
import re
import time
from uuid import uuid4

from flask import Flask, Response, g, request

from labeling.logs.lines import fields
from labeling.logs.request_id import HEADER, leave_request_id, request_id, take_request_id

logger = logging.getLogger(__name__)

UNKNOWN = "unknown"
"""The path and the method of a request to no route, which may hold anything."""

_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_POLLED = ("/", "/health", "/metrics")
"""Routes that are asked every few seconds, and whose answers nobody looks for: debug lines."""


def add_request_log(app: Flask) -> None:
    """Let every request have an id, its answer name it, and the log say what came of it."""

    @app.before_request
    def take() -> None:
        given = request.headers.get(HEADER, "")
        g.started = time.monotonic()
        g.id = take_request_id(given if _ID.fullmatch(given) else uuid4().hex)

    @app.after_request
    def name(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        if token := g.pop("id", None):
            leave_request_id(token)


def route_of_request() -> str:
    """Return the route of the present request, or `UNKNOWN`; never what its caller chose."""
    return request.url_rule.rule if request.url_rule else UNKNOWN


def log_answer(status: int, seconds: float) -> None:
    """Log how the present request was answered.

    Args:
        status: The HTTP status.
        seconds: How long it took.
    """
    route = route_of_request()
    counted = {"tasks": g.tasks} if "tasks" in g else {}
    logger.log(
        logging.DEBUG if route in _POLLED else logging.INFO,
        "Answered",
        extra=fields(
            method=UNKNOWN if route == UNKNOWN else request.method,
            path=route,
            status=status,
            milliseconds=round(1000 * seconds),
            **counted,
        ),
    )
