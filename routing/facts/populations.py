"""Populations as the ledger has them, in the terms of the proof: what is frozen, what was checked.

Every task belongs to one population at most. Those of none are open: people and the model are still
learning from each other there. At the freeze they become the next population, with a promise of its
own, or one each group; tasks that come later are the beginning of others.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from labeling.form.meaning import differences
from labeling.hashing import digest_of
from routing.guarantee.audit_test import AuditStatus, CheckKind, Promise
from routing.guarantee.audited_errors import audited_errors
from routing.guarantee.frozen_population import (
    Check,
    FrozenPopulation,
    Overruled,
    audit_status_of,
    events_of,
)
from routing.guarantee.task_group import TaskGroup
from routing.ledger.records import LedgerState, Member, Population, RecordedCheck


def open_tasks(state: LedgerState) -> list[int]:
    """List the tasks of no population, by ascending id."""
    return sorted(task for task in state.tasks if task not in state.members)


def in_group(state: LedgerState, tasks: Sequence[int], group: TaskGroup | None) -> list[int]:
    """List the tasks of a group.

    Args:
        state: What the ledger knows.
        tasks: Known tasks.
        group: The group; None: every task is in it.

    Returns:
        Those of the tasks that are in it, in their order.
    """
    if group is None:
        return list(tasks)
    return [task for task in tasks if state.tasks[task].group_value == group.value]


def in_audit(state: LedgerState) -> list[Population]:
    """List the populations that are frozen and whose promise is not certified yet."""
    return [one for one in state.populations if one.kept_at is None]


def being_checked(state: LedgerState) -> frozenset[int]:
    """Return the tasks whose frozen label waits for people's word, of populations in audit."""
    numbers = {one.number for one in in_audit(state)}
    return frozenset(
        one.task for one in state.checks if one.state == "waiting" and one.population in numbers
    )


def checks_of(state: LedgerState, population: Population) -> list[RecordedCheck]:
    """List a population's checks, in their order.

    Args:
        state: What the ledger knows.
        population: The population.

    Returns:
        Its checks, in the order of their numbers.
    """
    return [one for one in state.checks if one.population == population.number]


def proven(state: LedgerState, population: Population) -> list[Check]:
    """List the checks that count: those before the first that still waits for an answer.

    What was answered after it is not lost: it counts as soon as that one is answered.

    Args:
        state: What the ledger knows.
        population: The population.

    Returns:
        The checks, in the terms of the certificate.
    """
    counted = []
    for one in checks_of(state, population):
        if one.state == "waiting":
            break
        counted.append(Check(one.task, one.kind, one.answer))
    return counted


def frozen_of(state: LedgerState, population: Population) -> FrozenPopulation:
    """Return a population as it was frozen.

    Args:
        state: What the ledger knows.
        population: The population.
    """
    members = [
        one for _, one in sorted(state.members.items()) if one.population == population.number
    ]
    return FrozenPopulation(
        promise=promise_of(population),
        answered=[one.task for one in members if one.label is None],
        labels={one.task: one.label for one in members if one.label is not None},
        errors={one.task: one.error for one in members if one.error is not None},
        planned=population.planned,
        texts=population.texts,
        model_version=population.model_version,
        seed=population.seed,
        at=population.frozen_at.isoformat(),
        form=None if population.label_config is None else digest_of(population.label_config),
        group=population.group,
        test=population.test,
    )


def promise_of(population: Population) -> Promise:
    """Return what is promised of a population."""
    return Promise(population.size, population.error, population.risk)


def form_in_force(population: Population) -> str | None:
    """Return the label config that a population is audited under; None: it is not known."""
    return population.accepted_config or population.label_config


def accepted_form_of(population: Population) -> str | None:
    """Return the digest of the label config that the admin accepted for a population, in hex."""
    accepted = population.accepted_config
    return None if population.label_config is None or accepted is None else digest_of(accepted)


def form_changes(population: Population, config: str) -> list[str]:
    """Say what changed in the label config since a population was frozen.

    Args:
        population: The population.
        config: The present label config.

    Returns:
        A few words a change; none where it means the same, or the earlier one is not known.
    """
    former = form_in_force(population)
    return [] if former is None else differences(former, config)


def certified_before(state: LedgerState, config: str) -> frozenset[int]:
    """Return the tasks that were certified under a label config that meant something else.

    Args:
        state: What the ledger knows.
        config: The label config as it is now.
    """
    numbers = {
        one.number
        for one in state.populations
        if one.kept_at is not None and form_changes(one, config)
    }
    return frozenset(task for task, one in state.members.items() if one.population in numbers)


def overruled_in(population: Population) -> list[Overruled]:
    """List the labels in which the model overrules people, by a population's certificate."""
    return [Overruled(**one) for one in population.overruled or ()]


def audit_status(state: LedgerState, population: Population) -> AuditStatus:
    """Return what the checks of a population say by now.

    Args:
        state: What the ledger knows.
        population: The population.
    """
    overruled = len(population.overruled or ())
    return audit_status_of(frozen_of(state, population), proven(state, population), overruled)


def errors_after_audits(state: LedgerState, population: Population) -> dict[int, float]:
    """Return how probable it is that a frozen label is wrong if nobody checked it, by task.

    Args:
        state: What the ledger knows.
        population: The population.
    """
    frozen = frozen_of(state, population)
    predicted = np.array(list(frozen.errors.values()), dtype=np.float64)
    errors = audited_errors(predicted, events_of(frozen, proven(state, population)))
    return dict(zip(frozen.errors, errors.tolist(), strict=True))


def unchecked(state: LedgerState, population: Population) -> list[Member]:
    """List the frozen labels that people were never asked about.

    Args:
        state: What the ledger knows.
        population: The population.

    Returns:
        Its members, by ascending task.
    """
    asked = {one.task for one in checks_of(state, population)}
    return [
        one
        for _, one in sorted(state.members.items())
        if one.population == population.number and one.label is not None and one.task not in asked
    ]


def new_checks(
    state: LedgerState, population: Population, tasks: Sequence[int], kind: CheckKind, at: datetime
) -> list[RecordedCheck]:
    """Return checks to be appended to a population's.

    Args:
        state: What the ledger knows.
        population: The population.
        tasks: The tasks that are checked, in order.
        kind: Why they are.
        at: The moment.

    Returns:
        As many checks, none of which is answered yet.
    """
    first = len(checks_of(state, population)) + 1
    return [
        RecordedCheck(population.number, number, task, kind, "waiting", None, at)
        for number, task in enumerate(tasks, start=first)
    ]


def settled_checks(
    state: LedgerState, labels: Mapping[int, str], hopeless: frozenset[int], of: Collection[int]
) -> list[RecordedCheck]:
    """Return what became of checks that waited.

    A certificate rests on what was known when it was given; later answers are labels all the same.

    Args:
        state: What is known.
        labels: People's label of each task that they are done with.
        hopeless: Tasks that people are done with, and could give no label.
        of: Numbers of the populations that are audited.

    Returns:
        The checks that wait no longer.
    """
    settled = []
    for one in state.checks:
        if one.state != "waiting" or one.population not in of:
            continue
        if one.task in labels:
            settled.append(replace(one, state="answered", answer=labels[one.task]))
        elif one.task in hopeless or one.task not in state.tasks:
            settled.append(replace(one, state="lost"))
    return settled
