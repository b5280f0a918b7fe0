"""The id of a pass or a request, by which a line of one program's log is found in the other's."""

from contextvars import ContextVar, Token
from uuid import uuid4

HEADER = "X-Request-ID"
"""The header that names it, in the request and in the answer."""

NONE = "-"
"""What stands for it where nothing is asked."""

_present: ContextVar[str] = ContextVar("request_id", default=NONE)


def request_id() -> str:
    """Return the id that this thread is at work under, or `NONE`."""
    return _present.get()


def new_request_id() -> str:
    """Make an id; all that this thread logs from now on is logged under it."""
    made = uuid4().hex
    take_request_id(made)
    return made


def take_request_id(given: str) -> Token[str]:
    """Log under an id from now on; what is returned leads back by `leave_request_id`."""
    return _present.set(given)


def leave_request_id(token: Token[str]) -> None:
    """Log under the id of before; see `take_request_id`."""
    _present.reset(token)
