"""The id of a request, by which one line of a log is found in another program's."""

import re
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
"""The header that names it, in the request and in the answer."""

_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


def add_request_ids(app: Flask) -> None:
    """Let every request have an id, its caller's own where that has one, and its answer name it."""

    @app.before_request
    def take() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex

    @app.after_request
    def name(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response


def request_id() -> str:
    """Return the id of the present request."""
    return str(g.get("request_id", "-"))
