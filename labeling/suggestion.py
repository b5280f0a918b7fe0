"""Did you mean: the known name that is most like one that nobody knows."""

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like another, whatever their case.

    Args:
        name: What was written.
        known: The names that there are.

    Returns:
        The closest; None where none is like it.

    Examples:
        >>> closest("sentimnet", ["sentiment", "topic"])
        'sentiment'
    """
    by_lower = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
