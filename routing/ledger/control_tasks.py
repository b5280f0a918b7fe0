"""Control tasks: items whose answer is known, and what people first said of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from routing.ledger.database import add, put, reading, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import ControlAnswerRow, ControlTaskRow

KnownFrom = Literal["file", "ground_truth", "experts", "agreement"]
"""Where a known answer comes from: a file, an annotation that is marked as ground truth, an
expert, or several people who agreed blind."""

Retirement = Literal["exposures", "disputed", "withdrawn", "decided"]
"""Why a control task is given to nobody any more: enough people were asked it, its known answer is
in doubt, where it came from no longer says so, or somebody decided it."""


@dataclass(frozen=True, slots=True)
class ControlTask:
    """An item whose answer is known, as it is shown to people to check their work.

    Attributes:
        number: 1 for a project's first, then counting up.
        digest: What it is known by: of one with `task` that, else SHA-256 of what it shows.
        accepted: The answers that are right; any of them.
        explanation: Why they are; None: nobody said.
        origin: Where they come from.
        probability: The probability that they are right.
        data: The task's data, as Label Studio is given it.
        task: The main project's task that shows the same; None: there is none.
        source: The number that stands in the blind project where others name the main project's
            task, and is no task of it; None: it does not stand there yet.
        known_at: Since when its answer is known as it is.
        retired_at: Since when nobody is given it; None: it is in use.
        retired_because: Why; None with `retired_at`.
    """

    number: int
    digest: str
    accepted: Sequence[str]
    explanation: str | None
    origin: KnownFrom
    probability: float
    data: Mapping[str, Any] = field(repr=False)
    task: int | None
    source: int | None
    known_at: datetime
    retired_at: datetime | None = None
    retired_because: Retirement | None = None

    @property
    def is_in_use(self) -> bool:
        """Whether people are given it."""
        return self.retired_at is None

    @property
    def counts(self) -> bool:
        """Whether what people say of it tells of their skill."""
        return self.retired_because in (None, "exposures")


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What somebody first said of a control task; what they make of it later changes nothing.

    Attributes:
        control: The control task's number.
        worker: Who said it.
        answer: The form's answer; None: they skipped it, or what they said cannot be read.
        was_skipped: Whether they skipped it.
        at: When.
    """

    control: int
    worker: int
    answer: str | None
    was_skipped: bool
    at: datetime


def control_tasks(ledger: Ledger) -> list[ControlTask]:
    """Return all control tasks of a project, retired ones too, by their numbers."""
    with reading(ledger.engine) as connection:
        columns = [one for one in ControlTaskRow.__table__.columns if one.name != "project"]
        rows = connection.execute(
            select(*columns)
            .where(ControlTaskRow.project == ledger.project)
            .order_by(ControlTaskRow.number)
        ).all()
    return [ControlTask(**row._asdict()) for row in rows]


def record_control_tasks(ledger: Ledger, changed: Sequence[ControlTask]) -> None:
    """Record control tasks: new ones, and what changed of those that are known.

    Args:
        ledger: The main project's.
        changed: The control tasks, as they are from now on.
    """
    rows = [{**asdict(one), "accepted": list(one.accepted)} for one in changed]
    if rows:
        with writing(ledger.engine) as connection:
            put(connection, ControlTaskRow, ledger.project, rows)


def first_answers(ledger: Ledger) -> list[FirstAnswer]:
    """Return what people first said of control tasks, in the order in which they did."""
    with reading(ledger.engine) as connection:
        columns = [one for one in ControlAnswerRow.__table__.columns if one.name != "project"]
        rows = connection.execute(
            select(*columns)
            .where(ControlAnswerRow.project == ledger.project)
            .order_by(ControlAnswerRow.at, ControlAnswerRow.worker, ControlAnswerRow.control)
        ).all()
    return [FirstAnswer(**row._asdict()) for row in rows]


def record_first_answers(ledger: Ledger, given: Iterable[FirstAnswer]) -> None:
    """Record what people said of control tasks; what they said of one before stays.

    Args:
        ledger: The main project's.
        given: The answers.
    """
    rows = [asdict(one) for one in given]
    if rows:
        with writing(ledger.engine) as connection:
            add(connection, ControlAnswerRow, ledger.project, rows)
