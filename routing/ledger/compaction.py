"""Compaction: a ledger forgets what nobody reads again, and gives the room back to its disk.

What people did, what was decided, whom it was asked of and what is certified stays for ever. So do
the writes that a later pass reads again, such as what was copied out of the blind project.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from routing.ledger.database import BUSY_SECONDS, sqlite_driver, writing
from routing.ledger.ledger import Ledger
from routing.ledger.schema import CursorRow, WriteRow

FORGOTTEN = ("prediction.create", "prediction.delete", "tab", "project.directions")
"""Kinds of writes that come with every turn of the loop, and that nothing reads once applied."""

KEPT = timedelta(days=30)
"""How long such a write can be looked up."""

MOST = 20_000
"""Writes that are forgotten at the end of one pass at most, of a kind and a project."""

FREE_SHARE = 0.1
"""The share of a SQLite file that may lie free for what comes next."""


def compact(ledger: Ledger, now: datetime) -> None:
    """Forget old writes of every project in the database, and make its file smaller.

    Args:
        ledger: The ledger.
        now: The moment.

    Raises:
        LedgerError: The ledger cannot be used.
    """
    with writing(ledger.engine) as connection:
        for project in connection.scalars(select(CursorRow.project)).all():
            for kind in FORGOTTEN:
                _forget_writes(connection, project, kind, now - KEPT)
    if ledger.engine.dialect.name == "sqlite":
        _shrink(ledger)


def _forget_writes(connection: Connection, project: int, kind: str, before: datetime) -> None:
    old = (
        select(WriteRow.key)
        .where(WriteRow.project == project, WriteRow.kind == kind)
        .where(WriteRow.planned_at < before, WriteRow.applied_at.is_not(None))
        .limit(MOST)
    )
    connection.execute(delete(WriteRow).where(WriteRow.project == project, WriteRow.key.in_(old)))


def _shrink(ledger: Ledger) -> None:
    """Give free pages of a SQLite file back to the disk, and empty its write-ahead log."""
    with sqlite_driver(ledger.engine) as held:
        [(pages,)], [(free,)] = (
            held.execute(f"PRAGMA {name}").fetchall() for name in ("page_count", "freelist_count")
        )
        if free > FREE_SHARE * pages:
            # As a script, since a statement of the driver's would stop after the first page.
            held.executescript("PRAGMA incremental_vacuum")
        # Whoever reads meanwhile is not waited for: the next pass tries again.
        held.execute("PRAGMA busy_timeout=0")
        held.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        held.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
