"""Which part of a dataset each task is in: seeded, by labels in proportion, groups kept together.

Each group is given a number from 0 to 1 by SHA-256 of the seed and its smallest task. Within a
stratum groups are ordered by that number, and the order is cut where the shares say. So the parts
have the shares and, in each, labels are as frequent as in all (as far as groups allow), and a task
keeps its part when others come or change their label, unless it stands next to a cut. That matters
more to who trains again on a grown dataset than exact shares do: what a model was tested on should
not come back as what it learns from. `StratifiedGroupKFold` of scikit-learn makes folds of one
size, and shuffles all of them when one task is added.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from aggregation.dataset.connected_components import Group, connected_components
from labeling.hashing import digest_of

POOLED = ""
"""The stratum of tasks without labels, and of labels too rare to reach every part."""


def split(
    tasks: Collection[int],
    labels: Mapping[int, Collection[str]],
    together: Iterable[Collection[int]],
    shares: Mapping[str, float],
    seed: int,
) -> dict[int, str]:
    """Split tasks.

    Args:
        tasks: The tasks.
        labels: What each is labelled with; the rarest label of a group is the stratum that it
            counts in.
        together: Tasks that stay together, such as duplicates; what is no task is overlooked.
        shares: How much of all goes into each part, by its name; they add up to 1.
        seed: Another seed makes other parts.

    Returns:
        The part of each task, in ascending order.
    """
    groups = _groups(tasks, together)
    parts: dict[int, str] = {}
    for stratum in _strata(groups, labels, min(shares.values())):
        ordered = sorted(stratum, key=lambda group: (digest_of(str(seed), str(group[0])), group))
        total, before = sum(map(len, ordered)), 0
        for group in ordered:
            part = _part((before + len(group) / 2) / total, shares)
            parts.update(dict.fromkeys(group, part))
            before += len(group)
    return dict(sorted(parts.items()))


def leaks(groups: Sequence[Group], parts: Mapping[int, str]) -> tuple[Group, ...]:
    """Return the groups that stand in more than one part.

    Args:
        groups: Groups of tasks that say the same.
        parts: The part of each task; a task in none leaks nothing.

    Returns:
        Those groups, as they were given.
    """
    return tuple(
        group for group in groups if len({parts[task] for task in group if task in parts}) > 1
    )


def _groups(tasks: Collection[int], together: Iterable[Collection[int]]) -> list[Group]:
    known = set(tasks)
    alone = [(task, task) for task in tasks]
    links = [link for group in together for link in pairwise(sorted(known.intersection(group)))]
    return [*connected_components([*alone, *links])]


def _strata(
    groups: Sequence[Group], labels: Mapping[int, Collection[str]], least_share: float
) -> list[list[Group]]:
    """Sort groups by their rarest label; rare strata, of too few groups for every part, are one."""
    counts = Counter(label for given in labels.values() for label in set(given))
    strata: dict[str, list[Group]] = {}
    for group in groups:
        own = {label for task in group for label in labels.get(task, ())}
        rarest = min(own, key=lambda label: (counts[label], label), default=POOLED)
        strata.setdefault(rarest, []).append(group)
    pooled = strata.pop(POOLED, [])
    kept = []
    for _, stratum in sorted(strata.items()):
        if len(stratum) * least_share >= 1:
            kept.append(stratum)
        else:
            pooled.extend(stratum)
    return [*kept, pooled] if pooled else kept


def _part(place: float, shares: Mapping[str, float]) -> str:
    """Return the part that a place from 0 to 1 falls into."""
    end = 0.0
    for name, share in shares.items():
        end += share
        if place < end:
            return name
    return [*shares][-1]
