"""From annotations to votes: the frame `task, worker, label` that every aggregator reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd

VOTE_COLUMNS = ("task", "worker", "label")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that somebody gave to one task; skipped annotations are no answers.

    Attributes:
        task: Label Studio's id of the task.
        worker: The name that the answer is counted under.
        label: A `Candidate.value` of the control.
        kind: Whether a person answered, or the model's own user by an accepted prediction.
        at: When it was last saved, with a time zone.
        lead_time: Seconds that it took; None where none was measured.
    """

    task: int
    worker: str
    label: str
    kind: Literal["person", "model"]
    at: datetime
    lead_time: float | None = None


def of_people(answers: Iterable[Answer]) -> list[Answer]:
    """Keep people's answers: the latest of each person on each task, by task and time."""
    return _latest(answer for answer in answers if answer.kind == "person")


def of_model(answers: Iterable[Answer]) -> dict[int, Answer]:
    """Keep the model's accepted answers: the latest of each task, by task."""
    return {answer.task: answer for answer in _latest(a for a in answers if a.kind == "model")}


def frame(answers: Iterable[Answer]) -> pd.DataFrame:
    """Write answers as votes: one row an answer, in the columns `task`, `worker`, `label`."""
    rows = [(answer.task, answer.worker, answer.label) for answer in answers]
    return pd.DataFrame(rows, columns=list(VOTE_COLUMNS)).astype(
        {"task": "int64", "worker": "str", "label": "str"}
    )


def _latest(answers: Iterable[Answer]) -> list[Answer]:
    latest: dict[tuple[int, str], Answer] = {}
    for answer in sorted(answers, key=lambda a: (a.at, a.label)):
        latest[answer.task, answer.worker] = answer
    return sorted(latest.values(), key=lambda a: (a.task, a.at, a.worker))
