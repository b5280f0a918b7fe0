"""Texts that occur more than once, exactly or nearly, and labels that contradict each other there.

Two texts are exact duplicates where they are equal without regard to case, width and spacing. They
are near duplicates where the sets of their 5-grams of characters share 80% (Jaccard). MinHash-LSH
(Broder 1997; Leskovec et al., *Mining of Massive Datasets*, ch. 3) proposes pairs, so that not all
texts are compared with all others; each proposed pair is then compared itself. So what is called a
near duplicate is one; a pair at just 80% is missed once in 600 times, one at 90% hardly ever.

It compares how texts are written. A paraphrase or a translation is no duplicate here, and two texts
that differ in one word are, though that word may turn the meaning.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from operator import eq

from aggregation.dataset.connected_components import Group, connected_components
from labeling.answers.folding import folded

NEAR = 0.8
"""The share of 5-grams that near duplicates have in common, of all that one of them has."""

SHINGLE = 5
"""Characters of a shingle."""

BANDS, ROWS = 21, 6
"""A pair is proposed where all rows of one band agree: at a share s with 1 - (1 - s^6)^21."""


@dataclass(frozen=True)
class Duplicates:
    """Groups of two tasks or more, the one with the smallest task first.

    Attributes:
        exact: Tasks whose texts are the same.
        groups: Tasks that hang together by exact or near duplicates. Two of one group may differ by
            more than near duplicates do, where a third stands between them.
    """

    exact: tuple[Group, ...] = ()
    groups: tuple[Group, ...] = ()

    @cached_property
    def group_of(self) -> Mapping[int, int]:
        """The smallest task of each duplicated task's group, by task."""
        return {task: group[0] for group in self.groups for task in group}

    @property
    def superfluous(self) -> int:
        """How many tasks are left out where one of each group is kept."""
        return sum(len(group) - 1 for group in self.groups)


def find_duplicates(texts: Mapping[int, str], *, near: bool = True) -> Duplicates:
    """Find exact and near duplicates among texts; see above.

    Args:
        texts: Texts by task; blank ones are duplicates of nothing.
        near: Whether near duplicates are looked for; that takes by far the most time.

    Returns:
        The groups.

    Examples:
        >>> find_duplicates({1: "Good day", 2: "good  DAY", 3: "Nothing like it"}).exact
        ((1, 2),)
    """
    tasks: dict[str, list[int]] = {}
    for task in sorted(texts):
        text = folded(texts[task])
        if text:
            tasks.setdefault(text, []).append(task)
    exact = [(same[0], other) for same in tasks.values() for other in same[1:]]
    alike = _near(list(tasks)) if near else ()
    pairs = [(tasks[one][0], tasks[other][0]) for one, other in alike]
    return Duplicates(connected_components(exact), connected_components([*exact, *pairs]))


def contradictions(
    groups: Sequence[Group],
    labels: Mapping[int, str],
    same: Callable[[str, str], bool] = eq,
) -> tuple[Group, ...]:
    """Return the groups in which two tasks have labels that do not say the same.

    Args:
        groups: Groups of tasks.
        labels: The tasks' labels; a task without one contradicts nothing.
        same: Whether two labels say the same.

    Returns:
        Those groups, as they were given.
    """
    return tuple(group for group in groups if _differs(group, labels, same))


def _differs(group: Group, labels: Mapping[int, str], same: Callable[[str, str], bool]) -> bool:
    distinct = sorted({labels[task] for task in group if task in labels})
    return any(not same(one, other) for one, other in combinations(distinct, 2))


def _near(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of different texts that are near duplicates."""
    from datasketch import (  # type: ignore[import-untyped] # here, since it brings scipy
        MinHash,
        MinHashLSH,
    )

    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    shingled = ([one.encode("utf-8", "surrogatepass") for one in _shingles(t)] for t in texts)
    sketches = MinHash.generator(shingled, num_perm=BANDS * ROWS, seed=1)
    for place, sketch in enumerate(sketches):
        for candidate in sorted(index.query(sketch)):
            if _shared(texts[candidate], texts[place]) >= NEAR:
                yield texts[candidate], texts[place]
        index.insert(place, sketch)


def _shared(one: str, other: str) -> float:
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second)


def _shingles(text: str) -> frozenset[str]:
    last = max(len(text) - SHINGLE, 0)
    return frozenset(text[at : at + SHINGLE] for at in range(last + 1))
