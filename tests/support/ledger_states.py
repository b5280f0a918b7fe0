"""What the ledger may know of one task: made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from routing.ledger.converters import annotation_row
from routing.ledger.records import (
    Decision,
    DecisionKind,
    LedgerAnnotation,
    LedgerPrediction,
    LedgerState,
    LedgerTask,
)
from tests.support.observed_tasks import ADA, NOON, READING, annotation

TASK = 1
AT_NOON = timedelta(0)


def answer(
    id_: int, task: int, by: int = ADA, label: str | None = "negative", at: timedelta = AT_NOON
) -> LedgerAnnotation:
    """A person's answer, saved so long after noon; without a label, a skip."""
    made = annotation(id_, task, by, label or "negative", was_cancelled=label is None)
    moment = NOON + at
    row = annotation_row(replace(made, created_at=moment, updated_at=moment), None, READING)
    return LedgerAnnotation(stray=False, **row)


def prediction(id_: int, task: int, label: str) -> LedgerPrediction:
    """A prediction of Tandem."""
    return LedgerPrediction(id_, task, "m", label, 0.8, 0.8, "platt:40", {label: 0.8})


def state(
    tasks: Sequence[LedgerTask],
    annotations: Sequence[LedgerAnnotation] = (),
    decisions: Sequence[Decision] = (),
    predictions: Sequence[LedgerPrediction] = (),
) -> LedgerState:
    """What is known of these tasks."""
    return LedgerState(
        tasks={one.id: one for one in tasks},
        predictions=predictions,
        annotations=annotations,
        decisions={one.task: one for one in decisions},
        assignments=[],
        rounds=[],
        texts={one.id: f"Text {one.id}" for one in tasks},
    )


def task(id_: int, source: int | None = None) -> LedgerTask:
    """A task, which may be another's twin."""
    return LedgerTask(id_, 1, False, NOON, source)


def decision(kind: DecisionKind, votes: int = 1, of: int = TASK) -> Decision:
    """A task's third decision."""
    return Decision(of, 3, kind, votes, "why", "m", 0.5, NOON)
