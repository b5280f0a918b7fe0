"""What hangs together: tasks that are linked, directly or by others."""

from collections.abc import Iterable, Mapping


def components(links: Iterable[tuple[int, int]]) -> Mapping[int, int]:
    """Return the smallest task of all that each linked task hangs together with.

    Args:
        links: Pairs of tasks; a task that is linked to nothing but itself is its own.

    Returns:
        The smallest task of each task's component, by task, in ascending order.

    Examples:
        >>> components([(3, 2), (7, 5), (2, 1)])
        {1: 1, 2: 1, 3: 1, 5: 5, 7: 5}
    """
    above: dict[int, int] = {}

    def root(task: int) -> int:
        path = [task]
        while above.setdefault(path[-1], path[-1]) != path[-1]:
            path.append(above[path[-1]])
        above.update(dict.fromkeys(path, path[-1]))
        return path[-1]

    for one, other in links:
        low, high = sorted((root(one), root(other)))
        above[high] = low
    return {task: root(task) for task in sorted(above)}


def groups_of(component: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
    """Return the tasks of each component that has several, ascending, the smallest first."""
    groups: dict[int, list[int]] = {}
    for task, smallest in component.items():
        groups.setdefault(smallest, []).append(task)
    found = (tuple(sorted(group)) for group in groups.values() if len(group) > 1)
    return tuple(sorted(found))
