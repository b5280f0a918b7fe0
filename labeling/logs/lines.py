"""A log record as one line: of text, or of JSON."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from labeling.logs.request_id import request_id
from labeling.logs.safe_trace import trace

Fields: TypeAlias = Mapping[str, str | int | float]
"""What a line says beside its message, by name."""

_HEAD = ("time", "level", "logger", "request_id", "message")
_USER_OF_URL = re.compile(r"(?<=://)[^/\s?#]+@")


def fields(**named: str | int | float) -> dict[str, Fields]:
    """Return what `extra` of a logger's methods is, so that a line says what is named here."""
    return {"fields": named}


class TextLine(logging.Formatter):
    """Time, level, logger, request id, message, and then `name=value` of each field."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; see `logging.Formatter.format`."""
        said = _content(record)
        head = [str(said.pop(name)) for name in _HEAD]
        return " ".join([*head, *(f"{name}={value}" for name, value in said.items())])


class JsonLine(logging.Formatter):
    """One JSON object: the same as a `TextLine`, each by its name."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; see `logging.Formatter.format`."""
        return json.dumps(_content(record), ensure_ascii=False)


def _content(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a record says; of an exception where it came from, never its words."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    said = {
        "time": at.replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "request_id": request_id(),
        "message": record.getMessage(),
        **getattr(record, "fields", {}),
    }
    if record.exc_info and record.exc_info[1]:
        said["error"] = trace(record.exc_info[1])
    return {name: _clean(one) if isinstance(one, str) else one for name, one in said.items()}


def _clean(words: str) -> str:
    """Put words on one line, so that none can pass for another, without users of addresses."""
    line = " | ".join(part.strip() for part in words.splitlines())
    printable = "".join(one if one.isprintable() else " " for one in line)
    return _USER_OF_URL.sub("", printable)
