"""`encoding`: a text that stands in a task as base64, as Label Studio's page reads it.

Of `base64` the page makes a character of each byte, as its `atob` does; of `base64unicode`, UTF-8.
Source: the page's `RichText/model.js`, and the standard of `atob` that browsers keep to.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from labeling.errors import LabelConfigError, TaskError
from labeling.objects.value import ValueExpression

Encoding: TypeAlias = Literal["none", "base64", "base64unicode"]
"""How a text is written in a task's data."""

_CHARSETS: Mapping[Encoding, str] = {"base64": "latin-1", "base64unicode": "utf-8"}
_BLANKS = re.compile(r"[ \t\n\f\r]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def encoding_of(value: ValueExpression, attributes: Mapping[str, str]) -> Encoding:
    """Read a tag's `encoding`.

    Args:
        value: What the tag shows.
        attributes: The tag's, by their names in lower case.

    Returns:
        The encoding.

    Raises:
        LabelConfigError: There is no such encoding, or it is of more than one variable.
    """
    stated = attributes.get("encoding", "none")
    encodings: tuple[Encoding, ...] = get_args(Encoding)
    for encoding in encodings:
        if stated == encoding and (stated == "none" or value.is_variable):
            return encoding
    raise LabelConfigError(f"it has an encoding that is not read ({stated!r})")


def decoded(text: str, encoding: Encoding, name: str) -> str:
    """Read a text as the page decodes it.

    Args:
        text: As it stands in the task.
        encoding: How it is written.
        name: The field that it stands in.

    Returns:
        The text that people read.

    Raises:
        TaskError: It is not written so.
    """
    if encoding == "none":
        return text
    written = _BLANKS.sub("", text)
    digits = written.rstrip("=")
    is_base64 = _BASE64.fullmatch(written) and len(digits) % 4 != 1
    if is_base64 and (written == digits or len(written) % 4 == 0):
        try:
            return base64.b64decode(digits + "=" * (-len(digits) % 4)).decode(_CHARSETS[encoding])
        except (binascii.Error, UnicodeDecodeError):
            pass
    raise TaskError(f"The task's field {name!r} is not encoded as {encoding}")


def encoded(text: str, encoding: Encoding) -> str:
    """Write a text so that the page decodes it; the reverse of `decoded`.

    Args:
        text: The text that people read.
        encoding: How it is to be written.

    Returns:
        The text, as it stands in a task.

    Raises:
        TaskError: It holds characters that cannot be written so.
    """
    if encoding == "none":
        return text
    try:
        return base64.b64encode(text.encode(_CHARSETS[encoding])).decode("ascii")
    except UnicodeEncodeError as error:
        raise TaskError(f"The text cannot be encoded as {encoding}") from error
