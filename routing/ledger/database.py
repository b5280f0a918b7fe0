"""The ledger's database: opened, brought to this release's schema, and written row by row."""

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from labeling.errors import LedgerError, SettingsError
from labeling.private_files import make_private_file, make_private_folder
from routing.ledger.database_faults import (
    DAMAGED,
    is_illegible,
    ledger_error,
    raise_ledger_error,
)
from routing.ledger.schema import Base

MIGRATIONS = Path(__file__).parent / "migrations"
DIALECTS = ("sqlite", "postgresql")
BUSY_SECONDS = 30
_BEGIN = "tandem_begin"

POSTGRES_OPTIONS: Mapping[str, str | int] = {
    "connect_timeout": 10,
    # A server that vanished without a word is noticed within two minutes.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""What a connection to PostgreSQL is opened with, unless the URL says otherwise."""

Row = Mapping[str, Any]


def connect(url: str) -> Engine:
    """Open a ledger's database; a SQLite file and its folder are made, for this user's eyes alone.

    Raises:
        SettingsError: The URL is none of SQLite's or PostgreSQL's, or its driver is missing.
        LedgerError: The file cannot be made.
    """
    address = address_of(url)
    if address.get_backend_name() == "postgresql":
        engine = _engine_of_postgres(address)
    else:
        file = file_of(address)
        if file:
            _make_file(file)
        engine = create_engine(address)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", raise_ledger_error)
    return engine


def address_of(url: str) -> URL:
    """Read a ledger's URL.

    Raises:
        SettingsError: It is none of SQLite's or PostgreSQL's.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() not in DIALECTS:
            raise ArgumentError("only SQLite and PostgreSQL are known")
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingsError(
            f"The ledger cannot be opened: {error}",
            where="ledger",
            hint="Give a URL such as sqlite:///ledger.sqlite3 or postgresql://user@host/name.",
        ) from error
    return address


def file_of(address: URL) -> Path | None:
    """Return the file that a ledger is kept in; None: it is on a server, or in memory alone."""
    name = address.database
    if address.get_backend_name() != "sqlite" or not name or name == ":memory:":
        return None
    # SQLite's own URLs, such as `file:name?mode=ro`, name a file too.
    return Path(name.removeprefix("file:").partition("?")[0])


def _make_file(file: Path) -> None:
    try:
        make_private_folder(file.parent)
        make_private_file(file)
    except OSError as error:
        raise LedgerError(
            f"The ledger cannot be opened: {error.strerror}",
            where=str(file),
            hint="Set `ledger` or `data_dir` to a place that this user may write.",
        ) from error


def _engine_of_postgres(address: URL) -> Engine:
    given = address.query.keys()
    options = {name: value for name, value in POSTGRES_OPTIONS.items() if name not in given}
    # Whoever has to wait for the project's lock is told by this name who holds it.
    options["application_name"] = f"tandem, process {os.getpid()} on {socket.gethostname()}"
    try:
        # The driver that Tandem brings, whatever the scheme's own default is.
        return create_engine(address.set(drivername="postgresql+psycopg"), connect_args=options)
    except ModuleNotFoundError as error:
        raise SettingsError(
            "A ledger on PostgreSQL needs its driver, which is not installed",
            where="ledger",
            hint="Run: pip install 'label-studio-tandem[postgres]'",
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Lend a transaction that reads: all of it from one state of the ledger.

    Raises:
        LedgerError: The database cannot be used, or what it holds cannot be read.
    """
    with _legible(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Lend a transaction that will write: all of it is stored at its end, or nothing.

    Raises:
        LedgerError: The database cannot be used, or what it holds cannot be read.
    """
    with _legible(engine), engine.connect() as connection:
        locking = connection.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        with locking.begin():
            yield locking


@contextmanager
def _legible(engine: Engine) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        if not is_illegible(error):
            raise
        raise ledger_error(DAMAGED, engine) from error


@contextmanager
def maintaining(engine: Engine) -> Iterator[Connection]:
    """Lend a connection without a transaction, in which SQLite takes what tidies its file up."""
    with engine.connect() as connection:
        yield connection.execution_options(**{_BEGIN: None})


def upgrade(engine: Engine) -> None:
    """Bring the schema to this release, from empty or from an older release's.

    Raises:
        SettingsError: The database was made by a newer release.
        LedgerError: It cannot be used.
    """
    try:
        with writing(engine) as connection:
            command.upgrade(migrations(connection), "head")
    except CommandError as error:
        raise SettingsError(
            "The ledger was made by a newer release of Tandem",
            where=engine.url.render_as_string(hide_password=True),
            hint="Install that release again, or bring back a backup of before;"
            " see docs/operations.md.",
        ) from error


def require_release(engine: Engine) -> None:
    """Require that a ledger has the schema of this release, without changing it.

    Raises:
        SettingsError: It was made by another release.
        LedgerError: The database cannot be used.
    """
    with reading(engine) as connection:
        held = MigrationContext.configure(connection).get_current_revision()
        if held != ScriptDirectory.from_config(migrations(connection)).get_current_head():
            raise SettingsError(
                "The ledger was made by another release of Tandem",
                where=engine.url.render_as_string(hide_password=True),
                hint="Use the release that made it, or bring it up to date with `tandem sync`.",
            )


def migrations(connection: Connection) -> Config:
    """Return Alembic's configuration, without a file, bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def add(connection: Connection, table: type[Base], project: int, rows: Sequence[Row]) -> None:
    """Insert rows; one whose key is there already is left as it stands.

    Args:
        connection: A transaction.
        table: The table.
        project: Label Studio's id of the project.
        rows: The rows, without the project.
    """
    if rows:
        insert = _insert(connection, table)
        connection.execute(insert.on_conflict_do_nothing(), _of_project(project, rows))


def put(connection: Connection, table: type[Base], project: int, rows: Sequence[Row]) -> None:
    """Insert rows, or overwrite those whose key is there.

    Args:
        connection: A transaction.
        table: The table.
        project: Label Studio's id of the project.
        rows: The rows, without the project.
    """
    if rows:
        insert = _insert(connection, table)
        keys = [column.name for column in inspect(table).primary_key]
        changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
        statement = insert.on_conflict_do_update(index_elements=keys, set_=changed)
        connection.execute(statement, _of_project(project, rows))


def _insert(connection: Connection, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    on_sqlite = connection.dialect.name == "sqlite"
    return sqlite.insert(table) if on_sqlite else postgresql.insert(table)


def _of_project(project: int, rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{"project": project, **row} for row in rows]


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # By itself the driver begins no transaction before it changes the schema.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA page_count")
    if cursor.fetchone() == (0,):
        # What is deleted can be given back to the disk; a file that is not empty keeps its way.
        cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
    # Readers go on while one writes, and a second writer waits for its turn.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: one that read first could no longer wait for it.
    begin = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)
