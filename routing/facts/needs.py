"""Needs: the languages and abilities that somebody must have to be asked a task."""

import json
from collections.abc import Iterable


def needs_of(value: str | None) -> frozenset[str]:
    """Read what a task's data say in the field of `policy.needs`.

    Args:
        value: A text, with commas between several needs, or a list as JSON; None: nothing.

    Returns:
        The needs, as `abilities` writes them.

    Examples:
        >>> sorted(needs_of("German, law"))
        ['german', 'law']
        >>> sorted(needs_of('["German","law"]'))
        ['german', 'law']
    """
    if value is None:
        return frozenset()
    several = _listed(value)
    return abilities(value.split(",") if several is None else several)


def abilities(names: Iterable[str]) -> frozenset[str]:
    """Return names as they are compared: in small letters, without spaces around them."""
    return frozenset(name for name in (one.strip().casefold() for one in names) if name)


def _listed(value: str) -> list[str] | None:
    if not value.startswith("["):
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return [str(one) for one in found]
