"""The latest decisions in the terms of the dataset: what a task waits for, and what stands."""

from collections.abc import Mapping

from aggregation.dataset.tasks import TaskDecision
from routing.ledger.records import LEFT_TO_MODEL, DecisionKind, LedgerState

FROZEN_STANDS: tuple[DecisionKind, ...] = (*LEFT_TO_MODEL, "dispute")
"""Kinds of decisions on tasks whose frozen label stands for as long as nobody answered them."""


def task_decisions(state: LedgerState, lost: Mapping[int, int]) -> dict[int, TaskDecision]:
    """Return the latest decision of each task; it waits for no vote that nobody is left to give.

    Args:
        state: What the ledger knows.
        lost: Votes that nobody is left to give, by task.
    """
    members = state.members
    return {
        task: TaskDecision(
            one.kind,
            one.reason,
            one.decided_at,
            one.votes - lost.get(task, 0),
            members[task].label if one.kind in FROZEN_STANDS and task in members else None,
        )
        for task, one in state.decisions.items()
    }
