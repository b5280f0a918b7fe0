"""Databases for measured ledgers: a file each, or a database of a PostgreSQL server's each."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text

DRIVER = "postgresql+psycopg"


@contextmanager
def new_database(server: str | None, name: str) -> Iterator[str | None]:
    """Make a database, and drop it afterwards.

    Args:
        server: The URL of a PostgreSQL server's database; None: the ledger is a SQLite file.
        name: What the new one is called.

    Yields:
        Its URL; None: the ledger is a SQLite file.
    """
    if server is None:
        yield None
        return
    url = make_url(server).set(drivername=DRIVER)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        _drop(connection, name)
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            _drop(connection, name)
    engine.dispose()


def megabytes(url: str) -> float:
    """Return the size of a ledger, by its SQLAlchemy URL."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        file = Path(address.database or "")
        return sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*")) / 2**20
    engine = create_engine(address.set(drivername=DRIVER))
    with engine.connect() as connection:
        size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    engine.dispose()
    return int(size or 0) / 2**20


def _drop(connection: Connection, name: str) -> None:
    connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
