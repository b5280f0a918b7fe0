"""What hangs together: tasks that are linked, directly or by others."""

from collections.abc import Iterable

Group = tuple[int, ...]
"""Tasks that belong together, ascending."""


def connected_components(links: Iterable[tuple[int, int]]) -> tuple[Group, ...]:
    """Return the tasks that hang together, the group with the smallest task first.

    Args:
        links: Pairs of tasks; one that is linked to nothing but itself is a group of its own.

    Examples:
        >>> connected_components([(3, 2), (7, 5), (2, 1), (4, 4)])
        ((1, 2, 3), (4,), (5, 7))
    """
    from scipy.cluster.hierarchy import DisjointSet  # here, since it takes long to import

    sets: DisjointSet[int] = DisjointSet()
    for one, other in links:
        sets.add(one)
        sets.add(other)
        sets.merge(one, other)
    return tuple(sorted(tuple(sorted(group)) for group in sets.subsets()))
