"""Which versions are kept: what answers, what an admin decided about, and the latest of the others.

A version that was in force is worth more than one that never was, since it is what people roll back
to; so neither kind takes the other's room.
"""

from collections import Counter
from collections.abc import Sequence

from labeling.protocol.models import ModelVersion


def kept(versions: Sequence[ModelVersion], most: int) -> list[ModelVersion]:
    """Return the versions that are kept.

    Args:
        versions: Those of one project, in the order in which they came, the latest last.
        most: How many are kept of those that were in force before, and of those that never were.

    Returns:
        In the same order: the one in force, those that an admin took back or put in force, and the
        latest others.
    """
    by_an_admin = {one.by for one in versions if one.status == "rolled back"}
    taken: Counter[str] = Counter()
    found = []
    for one in reversed(versions):
        if one.status not in ("in force", "rolled back") and one.name not in by_an_admin:
            taken[one.status] += 1
            if taken[one.status] > most:
                continue
        found.append(one)
    return found[::-1]
