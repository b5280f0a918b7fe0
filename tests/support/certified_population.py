"""A simulated promise, seeded: labels are frozen, audited in the drawn order, certified."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from routing.facts.freeze import freeze
from routing.facts.populations import audit_status, frozen_of
from routing.guarantee.audit_test import Promise
from routing.ledger.records import CheckState, LedgerState, LedgerTask, RecordedCheck, Round

FREEZE = datetime(2026, 3, 14, 18, 30, tzinfo=UTC)
VERSION = "SmolLM2-135M-Instruct-7c1e09ab"


def state_of(tasks: Mapping[int, str], rounds: tuple[Round, ...] = ()) -> LedgerState:
    """What the ledger knows of tasks that nobody has answered, by their texts."""
    known = {task: LedgerTask(task, 1, False, FREEZE) for task in tasks}
    return LedgerState(known, [], [], {}, [], rounds, texts=tasks)


def with_tasks(state: LedgerState, *tasks: int) -> LedgerState:
    """The state once more tasks came."""
    new = {task: LedgerTask(task, 1, False, FREEZE) for task in tasks}
    texts = {**state.texts, **dict.fromkeys(tasks, "It came later.")}
    return replace(state, tasks={**state.tasks, **new}, texts=texts)


def frozen(
    state: LedgerState,
    labels: Mapping[int, tuple[str, float]],
    error: float = 0.05,
    *,
    planned: int = 100,
    label_config: str | None = None,
) -> LedgerState:
    """Freeze what is open, with these labels and predicted errors; the others are answered."""
    size = len(state.tasks) - len(state.members)
    population, members = freeze(
        state,
        labels,
        Promise(size, error, 0.05),
        planned=planned,
        seed=7,
        model_version=VERSION,
        reason="reviewing more leaves the model no more",
        at=FREEZE,
        label_config=label_config,
    )
    return replace(
        state,
        populations=[*state.populations, population],
        members={**state.members, **{one.task: one for one in members}},
    )


def audited(
    state: LedgerState,
    truth: Mapping[int, str | None],
    most: int | None = None,
    *,
    every: int = 10,
) -> LedgerState:
    """Audit the latest population, until it is certified or so many are answered.

    What people cannot tell has no truth.
    """
    population = state.populations[-1]
    order = frozen_of(state, population).order[:most]
    first = len(state.checks)
    for start in range(0, len(order), every):
        drawn = [
            _check(population.number, start + place, task, truth[task])
            for place, task in enumerate(order[start : start + every], start=1)
        ]
        state = replace(state, checks=[*state.checks, *drawn])
        if audit_status(state, population).is_kept:
            kept_at = FREEZE + timedelta(minutes=len(state.checks) - first)
            kept = replace(population, kept_at=kept_at)
            return replace(state, populations=[*state.populations[:-1], kept])
    return state


def _check(population: int, number: int, task: int, answer: str | None) -> RecordedCheck:
    became: CheckState = "answered" if answer is not None else "lost"
    return RecordedCheck(population, number, task, "audit", became, answer, FREEZE)
