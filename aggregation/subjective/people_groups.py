"""Who differs from whom: what groups of people say more often than others do of the same tasks.

Each vote is held against what the others say of the same task, so that it does not matter who was
given which tasks, and each person counts as the mean of their votes: one person's votes hang
together. A group's mean is held against that of all others who declared a group of that kind. How
large such differences come out by chance is seen where the groups are dealt out to people at
random (a permutation test); the largest of a table's differences gives the width of its intervals,
so that all of a table hold together (the max-T of Westfall and Young, *Resampling-Based Multiple
Testing*, 1993). A table is a kind of group and what is compared: shares of labels, or mean steps.

No group of fewer than `LEAST_PEOPLE` is compared, nor with fewer others, so that no number tells
what one person said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aggregation.quality.intervals import Interval
from labeling.mathtypes import Bools, Floats

LEAST_PEOPLE = 5
"""People that a group, and all others together, have at least."""

LEVEL = 0.95
"""How probable it is that all intervals of a table hold."""

DEALS = 2_000
"""How often groups are dealt out at random."""

Declared = Mapping[str, Mapping[str, str]]
"""The groups that people are in: by person, the group of each kind, such as `gender`."""


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """How far a group of people differs from others in one label.

    Attributes:
        kind: The kind of group, such as `gender`.
        group: The group, such as `woman`.
        label: The label; None: the mean step of a scale.
        people: People in the group.
        others: People in other groups of that kind.
        share: The share of the group's votes that give the label; of a scale their mean step.
        difference: How much more the group says so than others of the same tasks: a difference of
            shares, or of steps.
        interval: Those of all groups and labels of a table hold together, with 95%.
    """

    kind: str
    group: str
    label: str | None
    people: int
    others: int
    share: float
    difference: float
    interval: Interval

    @property
    def is_shown(self) -> bool:
        """Whether the difference cannot be chance."""
        return not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True, slots=True)
class PeopleGroups:
    """All comparisons of one control.

    Attributes:
        differences: The comparisons, by kind; of each the mean steps first, and what differs most.
        too_small: Groups, each with its kind, that too few people are in to tell anything.
    """

    differences: tuple[GroupDifference, ...]
    too_small: tuple[tuple[str, str], ...]


def compare_groups(
    votes: pd.DataFrame, declared: Declared, labels: Sequence[str], *, is_scale: bool = False
) -> PeopleGroups:
    """Compare every group of people with all others who declared a group of that kind.

    Args:
        votes: The frame `task, worker, label`, one vote a person and task.
        declared: The groups that people are in.
        labels: The labels to compare the shares of; of a scale its steps, as numbers.
        is_scale: Whether mean steps are compared as well.

    Returns:
        The comparisons; of a kind with two groups, of the first alone.
    """
    shared = votes[votes.groupby("task")["label"].transform("size") > 1]
    said = _by_person(shared, [one for one in labels if (shared["label"] == one).any()], is_scale)
    differences: list[GroupDifference] = []
    too_small: list[tuple[str, str]] = []
    for kind in sorted({kind for own in declared.values() for kind in own}):
        group_of = pd.Series({who: own[kind] for who, own in declared.items() if kind in own})
        known = said.of(group_of.index)
        groups = group_of.reindex(known.people)
        members: dict[str, Bools] = {
            name: (groups == name).to_numpy(dtype=np.bool_) for name in sorted(set(groups))
        }
        enough = [
            name
            for name, own in members.items()
            if LEAST_PEOPLE <= own.sum() <= len(own) - LEAST_PEOPLE
        ]
        too_small += [(kind, name) for name in members if name not in enough]
        compared = enough[:1] if len(members) == 2 else enough
        for table in known.tables():
            differences += _table(kind, {name: members[name] for name in compared}, table)
    return PeopleGroups(tuple(differences), tuple(too_small))


@dataclass(frozen=True, slots=True)
class _Said:
    """What each person says.

    Attributes:
        people: The people.
        labels: What is compared; None: the mean step.
        own: The mean of each person's votes, shape (people, labels).
        beyond: That mean, less what others say of the same tasks, shape (people, labels).
    """

    people: "pd.Index[str]"
    labels: tuple[str | None, ...]
    own: Floats
    beyond: Floats

    def of(self, people: "pd.Index[str]") -> "_Said":
        """Keep some people."""
        kept = self.people.isin(people)
        return _Said(self.people[kept], self.labels, self.own[kept], self.beyond[kept])

    def tables(self) -> list["_Said"]:
        """Return mean steps, if any, and shares of labels as tables of their own."""
        steps = np.array([label is None for label in self.labels], dtype=np.bool_)
        return [self._only(one) for one in (steps, ~steps) if one.any()]

    def _only(self, kept: Bools) -> "_Said":
        labels = tuple(one for one, is_kept in zip(self.labels, kept, strict=True) if is_kept)
        return _Said(self.people, labels, self.own[:, kept], self.beyond[:, kept])


def _by_person(votes: pd.DataFrame, labels: Sequence[str], is_scale: bool) -> _Said:
    """Average votes, and how far they are from what others say of the same tasks, by person."""
    columns: dict[str | None, Floats] = {
        label: (votes["label"] == label).to_numpy().astype(np.float64) for label in labels
    }
    if is_scale:
        columns = {None: votes["label"].to_numpy(dtype=np.float64), **columns}
    names = tuple(columns)
    values = pd.DataFrame(dict(enumerate(columns.values())), index=votes.index, dtype="float64")
    by_task = values.groupby(votes["task"])
    others = (by_task.transform("sum") - values) / (by_task.transform("size").to_numpy() - 1)[
        :, None
    ]
    own = values.groupby(votes["worker"]).mean()
    beyond = (values - others).groupby(votes["worker"]).mean()
    return _Said(own.index, names, own.to_numpy(), beyond.to_numpy())


def _table(kind: str, members: Mapping[str, Bools], said: _Said) -> list[GroupDifference]:
    """Compare the groups of one table, what differs most first."""
    if not members:
        return []
    spread = said.beyond.std(axis=0, ddof=1)
    contrasts = np.array([own / own.sum() - ~own / (~own).sum() for own in members.values()])
    differences = contrasts @ said.beyond
    scale = np.sqrt((contrasts**2).sum(axis=1))[:, None] * np.maximum(spread, 1e-12)
    half = scale * _largest_by_chance(contrasts, said.beyond, scale)
    found = [
        GroupDifference(
            kind=kind,
            group=name,
            label=label,
            people=int(own.sum()),
            others=int((~own).sum()),
            share=float(said.own[own, column].mean()),
            difference=float(differences[row, column]),
            interval=Interval(
                float(differences[row, column] - half[row, column]),
                float(differences[row, column] + half[row, column]),
            ),
        )
        for row, (name, own) in enumerate(members.items())
        for column, label in enumerate(said.labels)
    ]
    order = np.argsort(-np.abs(differences / scale).ravel(), kind="stable")
    return [found[place] for place in order]


def _largest_by_chance(contrasts: Floats, beyond: Floats, scale: Floats) -> float:
    """Return what the largest difference, over its scale, stays below where groups mean nothing."""
    rng = np.random.default_rng(0)
    largest = [
        np.abs(contrasts @ beyond[rng.permutation(len(beyond))] / scale).max() for _ in range(DEALS)
    ]
    return float(np.quantile(largest, LEVEL, method="higher"))
