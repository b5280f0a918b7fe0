"""The log of passes: when each began and ended, how much it wrote, and why it failed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from labeling.errors import LedgerError, TandemError
from routing.clock import Clock, system_clock
from routing.ledger.compaction import compact
from routing.ledger.database import add, reading, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import PassRow

KEPT = 500
"""Passes that are remembered; `tandem sync --watch` makes one a minute."""


@dataclass(frozen=True, slots=True)
class PassRecord:
    """One pass.

    Attributes:
        number: 1 for a project's first pass, then counting up.
        ended_at: None: it goes on still, or was killed.
        writes: Writes into Label Studio that it made.
        error: Why it failed, in a line; None: it did not.
        requests: Requests to Label Studio and the ML backend; None: it goes on still, was killed,
            or was made by a release that did not count them.
    """

    number: int
    began_at: datetime
    ended_at: datetime | None
    writes: int
    error: str | None
    requests: int | None = None


@dataclass(slots=True)
class PassOutcome:
    """What a pass that is under way has to tell at its end; see `PassRecord`."""

    writes: int = 0
    requests: int = 0


@contextmanager
def recorded_pass(ledger: Ledger, clock: Clock = system_clock) -> Iterator[PassOutcome]:
    """Record the pass that the block makes: its beginning at once, and its end however it ends.

    After one that did not fail, the ledger is compacted.

    Args:
        ledger: Where it is recorded; its schema is of this release.
        clock: Tells what the time is.

    Yields:
        What the block tells of the pass.

    Raises:
        LedgerError: The ledger cannot be used.
    """
    number, outcome = _begin(ledger, clock()), PassOutcome()
    try:
        yield outcome
    except BaseException as error:
        # A ledger that broke down cannot tell that it did: what ended the pass is told as it is.
        with suppress(LedgerError):
            _end(ledger, number, clock(), outcome, _line(error))
        raise
    _end(ledger, number, clock(), outcome, None)
    compact(ledger, clock())


def _line(error: BaseException) -> str:
    if isinstance(error, TandemError):
        return " ".join(str(error).split())
    # What it says may hold a text or a key.
    return f"It was stopped, or something unforeseen went wrong: {type(error).__name__}."


def last_passes(ledger: Ledger, count: int) -> list[PassRecord]:
    """Return the latest passes of a project, the latest first.

    Args:
        ledger: The ledger.
        count: How many at most.
    """
    columns = [column for column in PassRow.__table__.columns if column.name != "project"]
    rows = (
        select(*columns)
        .where(PassRow.project == ledger.project)
        .order_by(PassRow.number.desc())
        .limit(count)
    )
    with reading(ledger.engine) as connection:
        return [PassRecord(**row._mapping) for row in connection.execute(rows)]


def _begin(ledger: Ledger, at: datetime) -> int:
    """Record the beginning of a pass, forget what is too long ago, and return its number."""
    with writing(ledger.engine) as connection:
        last = connection.scalar(
            select(func.max(PassRow.number)).where(PassRow.project == ledger.project)
        )
        number = (last or 0) + 1
        row = {"number": number, "began_at": at, "ended_at": None, "writes": 0, "error": None}
        add(connection, PassRow, ledger.project, [row])
        connection.execute(
            delete(PassRow).where(
                PassRow.project == ledger.project, PassRow.number <= number - KEPT
            )
        )
    return number


def _end(
    ledger: Ledger, number: int, at: datetime, outcome: PassOutcome, error: str | None
) -> None:
    with writing(ledger.engine) as connection:
        connection.execute(
            update(PassRow)
            .where(PassRow.project == ledger.project, PassRow.number == number)
            .values(ended_at=at, writes=outcome.writes, requests=outcome.requests, error=error)
        )
