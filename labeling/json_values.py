"""JSON of unknown origin, read strictly: whatever is not of its type is a ValueError."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

LARGEST = 1e12
"""The largest number that is read, so that no product of a few of them overflows."""

ValueT = TypeVar("ValueT")


def text(value: object) -> str:
    """Return a text.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, str):
        raise ValueError(f"a text was expected, not {_kind(value)}")
    return value


def texts(value: object) -> tuple[str, ...]:
    """Return a list of texts.

    Raises:
        ValueError: It is no list, or holds something else.
    """
    return tuple(map(text, _list(value)))


def truth(value: object) -> bool:
    """Return whether something is true.

    Raises:
        ValueError: It is neither true nor false.
    """
    if not isinstance(value, bool):
        raise ValueError(f"true or false was expected, not {_kind(value)}")
    return value


def number(value: object) -> float:
    """Return a number of a size that can be calculated with.

    Raises:
        ValueError: It is none, or larger than `LARGEST`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a number was expected, not {_kind(value)}")
    if not abs(value) <= LARGEST:  # which is false of what is no number, too
        raise ValueError("a number is too large, or none")
    return float(value)


def count(value: object) -> int:
    """Return a whole number that is not negative.

    Raises:
        ValueError: It is none.
    """
    found = number(value)
    if found < 0 or not found.is_integer():
        raise ValueError("a whole number from 0 on was expected")
    return int(found)


def numbers(value: object) -> tuple[float, ...]:
    """Return a list of numbers.

    Raises:
        ValueError: It is no list, or holds something else.
    """
    return tuple(map(number, _list(value)))


def number_lists(value: object) -> tuple[tuple[float, ...], ...]:
    """Return a list of lists of numbers.

    Raises:
        ValueError: It is no list, or holds something else.
    """
    return tuple(map(numbers, _list(value)))


def table(value: object) -> Mapping[str, Any]:
    """Return an object, by its keys.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, Mapping):
        raise ValueError(f"an object was expected, not {_kind(value)}")
    return value


def record(value: object, *keys: str) -> Mapping[str, Any]:
    """Return an object that has exactly these keys: another version would have others.

    Args:
        value: What may be one.
        keys: The keys.

    Returns:
        The object.

    Raises:
        ValueError: It is none, lacks a key, or has another one.
    """
    found = table(value)
    if missing := [key for key in keys if key not in found]:
        raise ValueError(f"{missing[0]!r} is missing")
    if set(found) - set(keys):
        raise ValueError("there is more in it than this version knows")
    return found


def optional(value: object, read: Callable[[Any], ValueT]) -> ValueT | None:
    """Return None for null, and what `read` makes of anything else.

    Args:
        value: What may be null.
        read: Reads it.

    Returns:
        What was read.

    Raises:
        ValueError: What `read` raises.
    """
    return None if value is None else read(value)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"a list was expected, not {_kind(value)}")
    return value


def _kind(value: object) -> str:
    """Name a value's type, never the value: it may be a text of the project."""
    return "null" if value is None else type(value).__name__
