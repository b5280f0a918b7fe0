"""What a database says when it cannot be used, told in one line: what, where, how to mend it."""

import sqlite3
from collections.abc import Mapping
from json import JSONDecodeError

from sqlalchemy import Engine
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
)

from labeling.errors import LedgerError

Line = tuple[str, str]
"""What is wrong, and how to mend it."""

GOES_ON = "The next pass goes on where this one stopped."

FULL = ("The disk of the ledger is full", f"Free some space. {GOES_ON}")
DAMAGED = (
    "The ledger is damaged",
    "Set its file aside, and bring a backup back with `tandem restore FILE`;"
    " without one, `tandem adopt` rebuilds it from Label Studio.",
)
NO_LEDGER = (
    "The ledger's file is not a database",
    "Set `ledger` or `data_dir` to where the ledger is, or move the file away.",
)
NOT_WRITABLE = (
    "The ledger may not be written",
    f"Give this user write access to it, and to the folder of its file. {GOES_ON}",
)
NOT_OPENED = (
    "The ledger cannot be opened",
    f"See that its folder is there, and that this user may write in it. {GOES_ON}",
)
LOCKED = (
    "Another program holds the ledger locked",
    f"Close what has it open, or wait until it is done. {GOES_ON}",
)
NOT_STORED = ("The disk of the ledger fails", f"Check the disk and the file system. {GOES_ON}")
TAKEN_AWAY = (
    "The ledger's tables are gone",
    "Bring its file back, or a backup with `tandem restore FILE`.",
)
AWAY = ("The ledger's database does not answer", f"See that the server runs. {GOES_ON}")
REFUSED = ("The ledger's database refuses this user", "Check the user and password of `ledger`.")
NO_DATABASE = ("The ledger's database is not there", "Create it, or name another in `ledger`.")
OVERLOADED = ("The ledger's database has no room for more", f"See what it is short of. {GOES_ON}")

_SQLITE: Mapping[int, Line] = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: NO_LEDGER,
    sqlite3.SQLITE_READONLY: NOT_WRITABLE,
    sqlite3.SQLITE_PERM: NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: NOT_OPENED,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_IOERR: NOT_STORED,
}
"""What SQLite's primary result codes mean."""

_SQLITE_WORDS: Mapping[str, Line] = {
    "no such table": TAKEN_AWAY,
    "Could not decode to UTF-8": DAMAGED,
}
"""What is known of SQLite's errors by nothing but their words."""

_POSTGRES: Mapping[str, Line] = {
    "53100": FULL,
    "53": OVERLOADED,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
    "25006": NOT_WRITABLE,
    "42501": NOT_WRITABLE,
    "42P01": TAKEN_AWAY,
    "55P03": LOCKED,
    "40P01": LOCKED,
    "57014": LOCKED,
    "28": REFUSED,
    "3D000": NO_DATABASE,
}
"""What PostgreSQL's states mean, or their classes, which are the first two signs."""

_OF_THE_DATABASE = (OperationalError, InterfaceError, InternalError)
"""Errors that lie in the database rather than in what it was asked."""


def raise_ledger_error(context: ExceptionContext) -> None:
    """Raise what an error of the driver means; leave those that are a mistake of the program.

    It is SQLAlchemy's `handle_error` event, which every error of a driver passes through.

    Raises:
        LedgerError: The database cannot be used.
    """
    error = context.original_exception
    line = line_of(error)
    if line is None and _lies_in_database(context.sqlalchemy_exception):
        line = AWAY if context.dialect.name == "postgresql" else NOT_OPENED
    if line is not None:
        raise ledger_error(line, context.engine) from error


def ledger_error(line: Line, engine: Engine | None) -> LedgerError:
    """Return what is wrong with a ledger as an error.

    Args:
        line: What is wrong, and how to mend it.
        engine: Its database, where it is known.
    """
    what, hint = line
    address = engine.url.render_as_string(hide_password=True) if engine else None
    return LedgerError(what, where=address, hint=hint)


def is_illegible(error: ValueError) -> bool:
    """Return whether an error says that a stored moment, text or JSON is none.

    A damaged page can be whole as a page, so that its database hands over what it holds.
    """
    is_no_text = isinstance(error, UnicodeDecodeError | JSONDecodeError)
    return is_no_text or "isoformat" in str(error)


def line_of(error: BaseException) -> Line | None:
    """Return what is known of a driver's error by its code; None: nothing."""
    if isinstance(error, sqlite3.Error):
        for words, line in _SQLITE_WORDS.items():
            if words in str(error):
                return line
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    state = getattr(error, "sqlstate", None) or ""
    return _POSTGRES.get(state) or _POSTGRES.get(state[:2])


def _lies_in_database(error: BaseException | None) -> bool:
    """Return whether an error lies in the database rather than in what it was asked."""
    is_plain = type(error) in (DatabaseError, DBAPIError)
    return is_plain or isinstance(error, _OF_THE_DATABASE)
