"""The lock of a project: one controller at a time works on it, wherever its ledger is kept.

It ends with the process that holds it, however that ends: on SQLite it is a lock on a file beside
the ledger's, on PostgreSQL an advisory lock of a connection that is kept open meanwhile.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from labeling.errors import Busy, LedgerError
from labeling.private_files import PRIVATE_FILE
from routing.ledger.database import file_of

_KEYS_OF_TANDEM = 0x74616E64 << 32
"""Where our advisory locks begin among all of a database's: the letters `tand`."""

NOTICE_SECONDS = 3.0
"""How long PostgreSQL may take to notice that a connection which held the lock has ended."""

_ASK_SECONDS = 0.05

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_NOTICE = text("""
    SELECT set_config('tcp_keepalives_idle', '30', false),
    set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '3', false)
""")

_HOLDER = text("""
    SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND ((classid::bigint << 32) | objid::bigint) = :key
""")


@contextmanager
def locked(engine: Engine, project: int) -> Iterator[None]:
    """Keep every other controller from working on a project meanwhile.

    Two passes at once would both import what they miss.

    Args:
        engine: The ledger's database.
        project: The project.

    Yields:
        Nothing, while the lock is held.

    Raises:
        Busy: Another process is at work on it.
        LedgerError: The database cannot be used.
    """
    file = file_of(engine.url)
    if file is not None:
        lock: AbstractContextManager[None] = _file_lock(file, project)
    elif engine.dialect.name == "postgresql":
        lock = _advisory_lock(engine, project)
    else:
        # What is in this process's memory alone no other can work on.
        yield
        return
    # Connections of before may lead to a file that is deleted by now, or to a server that was
    # started anew. Those that break from here on tell that the lock is gone, too.
    engine.dispose()
    with lock:
        yield


@contextmanager
def _file_lock(file: Path, project: int) -> Iterator[None]:
    if not file.exists():
        raise LedgerError(
            "The ledger's file is gone",
            where=str(file),
            hint="Bring it back, or a backup with `tandem restore FILE`.",
        )
    lock = FileLock(file.parent / f"project-{project}.lock", mode=PRIVATE_FILE, blocking=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise _busy(project, lock.lock_file) from error
    except OSError as error:
        raise LedgerError(
            f"The project cannot be locked: {error.strerror}",
            where=lock.lock_file,
            hint="See that the ledger's folder is there, and that this user may write in it.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory_lock(engine: Engine, project: int) -> Iterator[None]:
    key = _KEYS_OF_TANDEM + project
    with engine.connect() as connection:
        locking = connection.execution_options(isolation_level="AUTOCOMMIT")
        # By itself, a server keeps a lock for hours whose holder vanished without a word.
        locking.execute(_NOTICE)
        if not _is_locked_soon(locking, key):
            raise _busy(project, _holder(locking, key))
        try:
            yield
        finally:
            # Where the server is away, it has ended the lock with the connection.
            with suppress(LedgerError):
                locking.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


def _is_locked_soon(connection: Connection, key: int) -> bool:
    """Try to lock, until whoever has died meanwhile is sure to have let go."""
    deadline = time.monotonic() + NOTICE_SECONDS
    while not connection.scalar(_TRY, {"key": key}):
        if time.monotonic() > deadline:
            return False
        time.sleep(_ASK_SECONDS)
    return True


def _holder(connection: Connection, key: int) -> str | None:
    """Return who holds a lock, as it calls itself; None: it has just let go."""
    name: str | None = connection.scalar(_HOLDER, {"key": key})
    return name


def _busy(project: int, holder: str | None) -> Busy:
    return Busy(
        f"Another tandem is at work on project {project}",
        where=holder,
        hint="Wait until it is done, or stop it.",
    )
