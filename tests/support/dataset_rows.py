"""One row of a dataset: what is known of a single task, and what the dataset says of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from aggregation.beliefs import Belief
from aggregation.dataset.tasks import COLUMNS, Item, TaskDecision
from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from tests.support.datasets import build

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
LABELS = ("A", "B", "C")
CALIBRATED = Belief("A", 0.9, {"A": 0.9, "B": 0.06, "C": 0.04}, "model-12345678", calibrated=True)
UNCALIBRATED = Belief("A", 0.99, {"A": 0.99, "B": 0.01, "C": 0.0}, "model-12345678")


def vote(worker: str, label: str, minutes: int = 0) -> Answer:
    return _answer(worker, label, "person", minutes)


def accepted(label: str) -> Answer:
    return _answer("tandem", label, "model", 0)


def decision(kind: str, votes: int = 1) -> TaskDecision:
    return TaskDecision(kind, "confidence 0.90 is above 0.85", NOON, votes)


def row_of(
    *answers: Answer,
    belief: Belief | None = None,
    decided: TaskDecision | None = None,
    text: str | None = "hello",
    equivalence: Equivalence | None = None,
    labels: Sequence[str] = LABELS,
) -> dict[str, Any]:
    table = build(
        [Item(1, text)],
        answers,
        {1: belief} if belief else {},
        {1: decided} if decided else {},
        labels=labels,
        equivalence=equivalence,
    )
    assert tuple(table.columns) == COLUMNS
    return {str(name): value for name, value in table.iloc[0].items()}


def _answer(worker: str, label: str, kind: Literal["person", "model"], minutes: int) -> Answer:
    return Answer(1, worker, label, kind, NOON + timedelta(minutes=minutes), 7.0)
