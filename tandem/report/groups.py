"""The promise by groups of tasks: by label, by length, and by fields of the tasks' data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from routing.facts.populations import frozen_of, overruled_in, proven
from routing.facts.project import ProjectFacts
from routing.guarantee.group_bounds import OTHERS, GroupBound, group_bounds
from routing.ledger.records import Population

NO_FIELDS: Mapping[str, Mapping[int, str]] = MappingProxyType({})

BY_LABEL, BY_LENGTH = "label", "length"


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A population by groups of one kind.

    Attributes:
        population: Its number.
        by: `label`, `length`, or a field of the tasks' data.
        groups: The groups, the largest first; of lengths, the shortest.
    """

    population: int
    by: str
    groups: tuple[GroupBound, ...]

    @property
    def broken(self) -> tuple[GroupBound, ...]:
        """The groups in which the promise would be broken."""
        return tuple(one for one in self.groups if one.is_broken)


def group_tables(
    facts: ProjectFacts, fields: Mapping[str, Mapping[int, str]] = NO_FIELDS
) -> tuple[GroupTable, ...]:
    """Look at each frozen population by groups.

    Args:
        facts: What is known of the project.
        fields: Values of fields of the tasks' data, by field and task.

    Returns:
        A table for each population and kind of groups of which it has several.
    """
    texts = {task: facts.state.texts.get(task) for task in facts.state.tasks}
    kinds = {BY_LENGTH: by_length(texts), **fields}
    if facts.equivalence.form.is_one_choice:
        kinds = {BY_LABEL: by_label(facts), **kinds}
    tables = [
        GroupTable(population.number, kind, _groups(facts, population, kind, group_of))
        for population in facts.state.populations
        for kind, group_of in kinds.items()
    ]
    return tuple(one for one in tables if one.groups)


def _groups(
    facts: ProjectFacts, population: Population, kind: str, group_of: Mapping[int, str]
) -> tuple[GroupBound, ...]:
    """Return the groups of a population, the largest first; those of lengths, the shortest."""
    frozen, checks = frozen_of(facts.state, population), proven(facts.state, population)
    overruled = [one.task for one in overruled_in(population)]
    found = group_bounds(frozen, checks, group_of, overruled)
    if kind != BY_LENGTH:
        return found
    ascending = [*dict.fromkeys(group_of.values()), OTHERS]
    return tuple(sorted(found, key=lambda one: ascending.index(one.group)))


def by_label(facts: ProjectFacts) -> Mapping[int, str]:
    """Group tasks by the label that was frozen, and those that people had answered by theirs."""
    frozen = {task: one.label for task, one in facts.state.members.items() if one.label is not None}
    return {**facts.consensus.labels, **frozen}


def by_length(texts: Mapping[int, str | None]) -> Mapping[int, str]:
    """Group tasks into thirds by the length of their texts in characters, the shortest first."""
    lengths = {task: len(text) for task, text in texts.items() if text is not None}
    if not lengths:
        return {}
    first, second = np.quantile(list(lengths.values()), [1 / 3, 2 / 3], method="lower").tolist()
    ascending = sorted(lengths.items(), key=lambda one: one[1])
    return {task: _third(length, first, second) for task, length in ascending}


def _third(length: int, first: int, second: int) -> str:
    if length <= first:
        return f"up to {first} characters"
    return (
        f"{first + 1} to {second} characters" if length <= second else f"over {second} characters"
    )
