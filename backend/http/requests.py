"""Reading requests: a body of the HTTP contract out of what Flask got."""

from typing import TypeVar

from flask import Request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge

from backend.http.limits import LARGEST_BODY, too_large
from labeling.errors import TandemError
from labeling.protocol.body import Body

BodyT = TypeVar("BodyT", bound=Body)


class BadBody(TandemError):
    """A request's body is not what the route takes."""


class CompressedBody(TandemError):
    """A request's body is compressed: nothing is unpacked, so that nothing can unpack to much."""


class LateBody(TandemError):
    """A request's body did not arrive whole, or not in time."""


def read(kind: type[BodyT], request: Request) -> BodyT:
    """Return a request's JSON body.

    Args:
        kind: What the route takes.
        request: What came.

    Raises:
        BadBody: It is no JSON, or not of that kind.
        CompressedBody: It is compressed.
        LateBody: It did not arrive.
        TooLarge: It is larger than a body may be.
    """
    if request.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise CompressedBody("The body is compressed", hint="Send it without Content-Encoding.")
    try:
        content = request.get_json(force=True)
    except RequestEntityTooLarge as error:
        raise too_large(request.max_content_length or LARGEST_BODY) from error
    except ClientDisconnected as error:
        raise LateBody("The body did not arrive within backend.body_timeout") from error
    except RecursionError as error:
        raise BadBody("The body is nested too deeply") from error
    except (ValueError, BadRequest) as error:
        raise BadBody("The body is no JSON") from error
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise BadBody(f"{place}: {first['msg']}", hint="See docs/backend.md.") from error
