"""Phrases that all sentences are made of: counts, and lists of names. Pure."""

from collections.abc import Sequence


def count(number: int, noun: str) -> str:
    """Write a number of things.

    >>> count(1, "task"), count(1200, "task")
    ('1 task', '1,200 tasks')

    Args:
        number: How many.
        noun: What one of them is called.

    Returns:
        Such as "12 tasks".
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """Write words one after the other.

    >>> listed(["Ann", "Ben", "Carl"])
    'Ann, Ben and Carl'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
