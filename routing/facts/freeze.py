"""Freezing: tasks that were open become a population, each with the label that it has then."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from routing.facts.populations import in_group, open_tasks
from routing.guarantee.audit_test import Promise
from routing.guarantee.task_group import TaskGroup
from routing.ledger.records import LedgerState, Member, Population


def freeze(
    state: LedgerState,
    labels: Mapping[int, tuple[str, float]],
    promise: Promise,
    *,
    planned: int,
    seed: int,
    model_version: str,
    reason: str,
    at: datetime,
    label_config: str | None = None,
    asking: Mapping[str, Any] | None = None,
    group: TaskGroup | None = None,
) -> tuple[Population, list[Member]]:
    """Freeze what is open, or a group of it.

    Args:
        state: What is known.
        labels: The model's label, and the probability that it is wrong, of each task that people
            did not answer.
        promise: What is promised.
        planned: Audits that are expected.
        seed: Seed of the audits' order.
        model_version: The version that gave the labels.
        reason: Why now.
        at: The moment.
        label_config: What is asked.
        asking: How people are asked; see `Population.asking`.
        group: The group that is frozen; None: all that is open.

    Returns:
        The population, and its members by ascending task; recorded nowhere yet.
    """
    number = state.populations[-1].number + 1 if state.populations else 1
    tasks = in_group(state, open_tasks(state), group)
    members = [Member(task, number, *labels.get(task, (None, None))) for task in tasks]
    population = Population(
        number=number,
        size=promise.size,
        error=promise.error,
        risk=promise.risk,
        seed=seed,
        planned=planned,
        texts=_digest((task, state.texts.get(task) or "") for task in tasks),
        model_version=model_version,
        reason=reason,
        frozen_at=at,
        label_config=label_config,
        asking=asking,
        group_field=group.field if group else None,
        group_value=group.value if group else None,
    )
    return population, members


def _digest(texts: Iterable[tuple[int, str]]) -> str:
    whole = hashlib.sha256()
    for task, text in texts:
        whole.update(f"{task}\0{text}\0".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()
