"""The label that the model writes itself: how it is asked for, and how it is read."""

import json
from collections.abc import Sequence

from labeling.errors import TaskError

STOP = ("\n",)
"""Where a written answer ends: it is one line."""

_SHOWN = 40
"""Characters of what was written that an error shows."""

_ROOM = 16
"""Tokens beyond the bytes of the longest answer: none is longer than a byte a token."""


def room_for(*answers: str) -> int:
    """Give the tokens that the longest answer needs at most."""
    return max(len(answer.encode()) for answer in answers) + _ROOM


def schema_of(labels: Sequence[str]) -> str:
    """Give the JSON schema of an object that holds one of the labels."""
    return json.dumps(
        {
            "type": "object",
            "properties": {"label": {"enum": [*labels]}},
            "required": ["label"],
            "additionalProperties": False,
        }
    )


def label_in(text: str, labels: Sequence[str]) -> int:
    """Read a JSON object that obeys `schema_of` as the index of its label.

    Raises:
        TaskError: It is anything else.
    """
    match json_in(text):
        case {"label": str(label), **rest} if not rest:
            return label_of(label, labels)
    raise unreadable(text)


def label_of(text: str, labels: Sequence[str]) -> int:
    """Read a label, space around it aside, as its index.

    Raises:
        TaskError: It is no label.
    """
    if text.strip() not in labels:
        raise unreadable(text)
    return labels.index(text.strip())


def unreadable(text: str, wanted: str = "a label") -> TaskError:
    """Say that the model wrote something else than it was asked for."""
    written = " ".join(text.split())
    shown = written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"
    return TaskError(f"The model did not answer with {wanted} but with {shown!r}")


def json_in(text: str) -> object:
    """Read JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
