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
    """Return the tokens that the longest answer needs at most."""
    return max(len(answer.encode()) for answer in answers) + _ROOM


def schema_of(labels: Sequence[str]) -> str:
    """Return the JSON schema of an object that holds one of the labels."""
    return json.dumps(
        {
            "type": "object",
            "properties": {"label": {"enum": [*labels]}},
            "required": ["label"],
            "additionalProperties": False,
        }
    )


def label_in(text: str, labels: Sequence[str]) -> int:
    """Read a JSON object that obeys `schema_of`.

    Args:
        text: What the model wrote.
        labels: The labels.

    Returns:
        The index of its label.

    Raises:
        TaskError: It is anything else.
    """
    match json_in(text):
        case {"label": str(label), **rest} if not rest:
            return label_of(label, labels)
    raise unreadable(text)


def label_of(text: str, labels: Sequence[str]) -> int:
    """Read a label, space around it aside.

    Args:
        text: What the model wrote.
        labels: The labels.

    Returns:
        Its index.

    Raises:
        TaskError: It is no label.
    """
    if text.strip() not in labels:
        raise unreadable(text)
    return labels.index(text.strip())


def unreadable(text: str, wanted: str = "a label") -> TaskError:
    """Return the error of a model that wrote something else than it was asked for.

    Args:
        text: What it wrote; the beginning is shown.
        wanted: What it was asked for, with an article.

    Returns:
        The error.
    """
    written = " ".join(text.split())
    shown = written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"
    return TaskError(f"The model did not answer with {wanted} but with {shown!r}")


def json_in(text: str) -> object:
    """Read JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
