"""The ledger's database: opened, brought to this release's schema, and written row by row."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from labeling.errors import SettingsError
from routing.ledger.schema import Base

MIGRATIONS = Path(__file__).parent / "migrations"
DIALECTS = ("sqlite", "postgresql")
BUSY_SECONDS = 30
_WRITES = "tandem_writes"

Row = Mapping[str, Any]


def connect(url: str) -> Engine:
    """Open a ledger's database; a SQLite file's folder is made.

    Raises:
        SettingsError: The URL is none of SQLite's or PostgreSQL's, or its driver is missing.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() not in DIALECTS:
            raise ArgumentError("only SQLite and PostgreSQL are known")
        if address.get_backend_name() == "postgresql":
            # The driver that Tandem brings, whatever the scheme's own default is.
            address = address.set(drivername="postgresql+psycopg")
        elif address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address)
    except ModuleNotFoundError as error:
        raise SettingsError(
            "A ledger on PostgreSQL needs its driver, which is not installed",
            where="ledger",
            hint="Run: pip install 'label-studio-tandem[postgres]'",
        ) from error
    except (ArgumentError, NoSuchModuleError, OSError) as error:
        raise SettingsError(
            f"The ledger cannot be opened: {error}",
            where="ledger",
            hint="Give a URL such as sqlite:///ledger.sqlite3 or postgresql://user@host/name.",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Lend a transaction that will write: all of it is stored at its end, or nothing."""
    with engine.connect() as connection:
        locking = connection.execution_options(**{_WRITES: True})
        with locking.begin():
            yield locking


def upgrade(engine: Engine) -> None:
    """Bring the schema to this release, from empty or from an older release's.

    Raises:
        SettingsError: The database cannot be reached, or was made by a newer release.
    """
    try:
        with writing(engine) as connection:
            command.upgrade(migrations(connection), "head")
    except (SQLAlchemyError, CommandError) as error:
        raise SettingsError(
            f"The ledger cannot be brought up to date: {str(error).splitlines()[0]}",
            where=engine.url.render_as_string(hide_password=True),
            hint="Check that it can be reached and written, and was not made by a newer release.",
        ) from error


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
    # Readers go on while one writes, and a second writer waits for its turn.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: one that read first could no longer wait for it.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
