"""People's work, made by hand: answers at moments after noon, each with the time it took."""

from datetime import timedelta

from routing.work.active_time import TimedAnswer
from routing.work.answers import WorkAnswer, WorkKind
from tests.support.observed_tasks import ADA, NOON


def worked(
    task: int,
    seconds: float | None = 10.0,
    *,
    by: int = ADA,
    kind: WorkKind = "label",
    minute: float = 0.0,
    skipped: bool = False,
) -> WorkAnswer:
    """An answer, saved so many minutes after noon."""
    return WorkAnswer(by, task, kind, NOON + timedelta(minutes=minute), seconds, skipped)


def took(
    task: int,
    seconds: float = 10.0,
    *,
    by: int = ADA,
    kind: WorkKind = "label",
    minute: float = 0.0,
    skipped: bool = False,
) -> TimedAnswer:
    """The same, with the time that counts as work."""
    made = worked(task, seconds, by=by, kind=kind, minute=minute, skipped=skipped)
    return TimedAnswer(made, seconds)
