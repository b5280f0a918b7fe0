"""A damaged SQLite file is set aside, with a line that says so, and a new one takes its place."""

import logging
import sqlite3
from pathlib import Path

from backend.runtime.sqlite_lru import Inode, SqliteLru, inode_of
from labeling.set_aside import set_aside

logger = logging.getLogger(__name__)

_COMPANIONS = ("-wal", "-shm", "-journal")
"""Endings of what SQLite keeps beside a database that belongs to it."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""Pages that contradict each other, a file of another kind, and tables that are not ours."""


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error comes of what the file holds, and not of the disk or its users."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def open_or_begin_anew(file: Path, largest: int, loss: str) -> SqliteLru:
    """Open a store; set its file aside where that is damaged, and begin a new one.

    Args:
        file: The store's file.
        largest: See `SqliteLru`.
        loss: What follows from a new one, as a sentence for the log.

    Returns:
        The store.

    Raises:
        sqlite3.Error: The file cannot be opened, though it is not damaged.
        OSError: It cannot be made, or cannot be renamed.
    """
    inode = inode_of(file)
    try:
        return SqliteLru(file, largest)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        _set_aside(file, inode, error, loss)
    return SqliteLru(file, largest)


def begin_anew(store: SqliteLru, error: sqlite3.Error, loss: str) -> SqliteLru:
    """Set aside the file of a store that turned out to be damaged, and begin a new one.

    Args:
        store: The store; it is closed.
        error: What SQLite said of it.
        loss: See `open_or_begin_anew`.

    Returns:
        A new store; where another process was first, that one's.

    Raises:
        sqlite3.Error: See `open_or_begin_anew`.
        OSError: See `open_or_begin_anew`.
    """
    store.close()
    _set_aside(store.file, store.inode, error, loss)
    return open_or_begin_anew(store.file, store.largest, loss)


def _set_aside(file: Path, inode: Inode | None, error: sqlite3.Error, loss: str) -> None:
    """Set the damaged file aside, unless another process has put a new one in its place."""
    if inode_of(file) == inode:
        aside = set_aside(file, _COMPANIONS)
        logger.warning(
            "%s is damaged (%s) and was set aside as %s. %s", file, error, aside.name, loss
        )
