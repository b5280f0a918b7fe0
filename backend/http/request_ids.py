"""Request ids: which caller's request a line of the log is about."""

import re
from uuid import uuid4

HEADER = "X-Request-ID"

_USABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def request_id(given: str | None) -> str:
    """Return the id that a request came with; a new one where it has none that may be logged."""
    return given if given and _USABLE.fullmatch(given) else uuid4().hex
