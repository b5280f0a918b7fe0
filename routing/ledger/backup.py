"""Backups: a consistent copy of a ledger in one SQLite file, taken while passes go on.

A SQLite ledger is copied by SQLite's own online backup, one on PostgreSQL row by row in one
transaction. So a backup of either can be restored as either.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from errno import ENOSPC
from os import strerror
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from sqlalchemy import Connection, Engine, Table, func, insert, inspect, select

from labeling.atomic_files import replacing
from labeling.errors import LedgerError, SettingsError
from labeling.private_files import make_private_folder
from routing.ledger.database import (
    address_of,
    connect,
    file_of,
    maintaining,
    reading,
    require_release,
    upgrade,
    writing,
)
from routing.ledger.database_faults import DAMAGED, FULL, NOT_STORED, ledger_error, line_of
from routing.ledger.schema import Base, IdentityRow

CHUNK = 1_000
"""Rows that are copied together."""

VERSIONS = "alembic_version"
"""The table that says which release's schema a ledger has."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A ledger in a file.

    Attributes:
        file: The file.
        size: Its bytes.
        projects: The projects whose ledger it is.
        rows: How many rows each table has, of all projects.
    """

    file: Path
    size: int
    projects: tuple[int, ...]
    rows: Mapping[str, int]


def back_up(url: str, file: Path, *, force: bool = False) -> Backup:
    """Copy a ledger into a file that its owner alone can read, and check the copy.

    Args:
        url: The ledger; one in a file may be of an older release.
        file: The backup.
        force: Whether a file that is there is replaced.

    Returns:
        What is in it.

    Raises:
        SettingsError: The file is there, or cannot be written, or there is no ledger.
        LedgerError: The ledger cannot be used, or is damaged.
    """
    source = file_of(address_of(url))
    if source is not None and not source.exists():
        raise SettingsError(
            "There is no ledger yet", where=str(source), hint="The first `tandem sync` makes it."
        )
    if file.exists() and not force:
        raise SettingsError(
            "The file is there already", where=str(file), hint="Give --force to replace it."
        )
    with _opened(url) as engine, _draft_of(file) as draft:
        if source is not None:
            _copy_pages(engine, draft)
        else:
            _copy_rows(engine, draft)
        return _checked(draft, file)


def restore(file: Path, url: str) -> Backup:
    """Bring a backup back as a ledger of this release; nothing may be where it goes.

    Args:
        file: The backup, which stays as it is.
        url: The ledger.

    Returns:
        What was in the backup.

    Raises:
        SettingsError: The file is no backup, or a ledger is there already.
        LedgerError: The backup is damaged, or the ledger cannot be written.
    """
    if not file.is_file():
        raise SettingsError("There is no such file", where=str(file))
    target = file_of(address_of(url))
    if target is None:
        with TemporaryDirectory(prefix="tandem-") as folder:
            return _restore_rows(file, Path(folder) / "ledger.sqlite3", url)
    for one in (target, *(target.with_name(f"{target.name}-{end}") for end in ("wal", "shm"))):
        if one.exists():
            raise _occupied(str(one), "Move it away first, with its -wal and -shm beside it.")
    with _draft_of(target) as draft:
        shutil.copyfile(file, draft)
        found = _checked(draft, file)
        with _opened(f"sqlite:///{draft}") as engine:
            upgrade(engine)
            _leave_write_ahead_log(engine)
    return found


def _restore_rows(file: Path, copy: Path, url: str) -> Backup:
    """Restore a backup into a server's database, by way of a copy that is brought up to date."""
    shutil.copyfile(file, copy)
    found = _checked(copy, file)
    with _opened(url) as target, _opened(f"sqlite:///{copy}") as source:
        upgrade(source)
        upgrade(target)
        with reading(target) as connection:
            if any(connection.scalar(select(func.count()).select_from(one)) for one in _tables()):
                raise _occupied(str(target.url), "Name an empty database in `ledger`.")
        _copy_between(source, target)
    return found


def _occupied(where: str, hint: str) -> SettingsError:
    return SettingsError("A ledger is there already", where=where, hint=hint)


def _copy_pages(source: Engine, draft: Path) -> None:
    """Copy a SQLite ledger, all at once: whoever writes meanwhile is not in the way."""
    try:
        with maintaining(source) as connection, closing(sqlite3.connect(draft)) as copy:
            cast("sqlite3.Connection", connection.connection.driver_connection).backup(copy)
    except sqlite3.Error as error:
        line = line_of(error) or NOT_STORED
        if line == FULL:
            raise OSError(ENOSPC, strerror(ENOSPC)) from error
        raise ledger_error(line, source) from error


def _copy_rows(source: Engine, draft: Path) -> None:
    """Copy a ledger of a server into a file."""
    require_release(source)
    with _opened(f"sqlite:///{draft}") as target:
        upgrade(target)
        _copy_between(source, target)


def _copy_between(source: Engine, target: Engine) -> None:
    """Copy all rows as they are at one moment; all of them arrive, or none."""
    with reading(source) as reader, writing(target) as writer:
        for table in _tables():
            rows = reader.execution_options(yield_per=CHUNK).execute(select(table))
            for chunk in rows.partitions():
                writer.execute(insert(table), [dict(row._mapping) for row in chunk])


def _checked(draft: Path, file: Path) -> Backup:
    """Check that a file holds a ledger which is whole, and count what is in it.

    Args:
        draft: The file.
        file: What it is called when it is told of.
    """
    try:
        with _opened(f"sqlite:///{draft}") as engine:
            with reading(engine) as connection:
                found = _look(connection, file)
            _leave_write_ahead_log(engine)
    except LedgerError as error:
        raise LedgerError(
            "What the file holds is damaged",
            where=str(file),
            hint="Take an older backup, or rebuild the ledger with `tandem adopt`.",
        ) from error
    return replace(found, size=draft.stat().st_size)


def _look(connection: Connection, file: Path) -> Backup:
    present = inspect(connection).get_table_names()
    if VERSIONS not in present:
        raise SettingsError(
            "The file is no backup of a ledger",
            where=str(file),
            hint="Name one that `tandem backup` wrote.",
        )
    if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
        raise ledger_error(DAMAGED, connection.engine)
    rows = {
        one.name: connection.scalar(select(func.count()).select_from(one)) or 0
        for one in _tables()
        if one.name in present
    }
    is_told = IdentityRow.__tablename__ in present
    projects = connection.scalars(select(IdentityRow.project)).all() if is_told else ()
    return Backup(file, 0, tuple(projects), rows)


def _leave_write_ahead_log(engine: Engine) -> None:
    """Bring all that a SQLite database holds into its one file."""
    with maintaining(engine) as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")


def _tables() -> list[Table]:
    return Base.metadata.sorted_tables


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _draft_of(file: Path) -> Iterator[Path]:
    """Yield a draft that takes a file's place at the end, in a folder that is made if needed."""
    try:
        make_private_folder(file.parent)
        with replacing(file) as draft:
            yield draft
    except OSError as error:
        raise SettingsError(
            f"The file cannot be written: {error.strerror}",
            where=str(file),
            hint="Choose a place with enough room that you may write to.",
        ) from error
