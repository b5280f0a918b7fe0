"""Bytes by key in one SQLite file, safe among processes, of which the least recently used go."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from labeling.private_files import make_private_file, make_private_folder

BUSY_SECONDS = 10.0
"""How long to wait for another process that writes."""

AGAIN_SECONDS = 0.01

KEYS_PER_QUERY = 500
"""SQLite takes at least 999 parameters."""

EVICTED_AT_ONCE = 256
"""Rows that go together, so that a full cache does not look for the oldest row by row."""

TOUCHES = 4096
"""Reads that are remembered until they are written at the latest."""

Inode: TypeAlias = tuple[int, int]
"""The device and number of a file, whatever its name."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, content BLOB NOT NULL, used REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS kept_used ON kept (used);
"""


class SqliteLru:
    """Keeps bytes by key; what was put is there for every process as soon as `put` returns.

    The file is in SQLite's WAL mode: readers never wait for a writer, and a killed process loses
    nothing that was put. While it is open, a log of a few MiB lies beside it.

    Args:
        file: The file; made, with its folder, where it is missing.
        largest: Bytes of the file beyond which the least recently used rows go.
        clock: Returns the time, in seconds since 1970, by which rows are used.

    Attributes:
        file: The file.
        largest: Its size.
        inode: What tells the open file from another one of its name.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     cache = SqliteLru(Path(folder) / "cache.sqlite3", largest=1 << 20)
    ...     cache.put({"a": b"one", "b": b"two"})
    ...     found = cache.get(["a", "c"])
    ...     cache.close()
    >>> found
    {'a': b'one'}

    Raises:
        sqlite3.Error: The file cannot be opened, or is no such cache.
        OSError: The file or its folder cannot be made.
    """

    def __init__(self, file: Path, largest: int, clock: Callable[[], float] = time.time) -> None:
        self.file = file
        self.largest = largest
        self._clock = clock
        self._lock = threading.Lock()
        self._touched: dict[str, float] = {}
        self._is_closed = False
        make_private_folder(file.parent)
        make_private_file(file)
        self._database = _open(file)
        self.inode = inode_of(file)

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return what is kept under the keys; keys that are unknown are left out.

        Raises:
            sqlite3.Error: The file is damaged, or cannot be read.
        """
        found: dict[str, bytes] = {}
        with self._lock:
            for start in range(0, len(keys), KEYS_PER_QUERY):
                some = keys[start : start + KEYS_PER_QUERY]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, content FROM kept WHERE key IN ({marks})"  # noqa: S608 - question marks
                found.update(self._database.execute(query, some))
            self._touched.update(dict.fromkeys(found, self._clock()))
            if len(self._touched) > TOUCHES:
                self._touch_if_it_can_be_written()
        return found

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Keep contents, in place of what was kept under their keys.

        Raises:
            sqlite3.Error: The file is damaged, the disk is full, or another process writes without
                an end.
        """
        now = self._clock()
        rows = [(key, content, now) for key, content in contents.items()]
        with self._lock, self._writing():
            self._touch()
            self._database.executemany(
                "REPLACE INTO kept (key, content, used) VALUES (?,?,?)", rows
            )
            while self._bytes() > self.largest and self._evict():
                pass

    def close(self) -> None:
        """Write what is remembered, and close the file; again is nothing more."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            self._touch_if_it_can_be_written()
            with contextlib.suppress(sqlite3.Error):  # what was put is on disk before
                self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the one place of a writer from the first statement on, so that none fails later."""
        self._database.execute("BEGIN IMMEDIATE")
        with self._database:
            yield

    def _touch_if_it_can_be_written(self) -> None:
        """Write when rows were used, which may be lost: it only tells which of them go first."""
        with contextlib.suppress(sqlite3.Error), self._writing():
            self._touch()
        self._touched.clear()

    def _touch(self) -> None:
        rows = [(used, key) for key, used in self._touched.items()]
        self._database.executemany("UPDATE kept SET used = ? WHERE key = ?", rows)
        self._touched.clear()

    def _bytes(self) -> int:
        """Measure the pages in use: free ones are filled again before the file grows."""
        pages = self._number("PRAGMA page_count") - self._number("PRAGMA freelist_count")
        return pages * self._number("PRAGMA page_size")

    def _evict(self) -> int:
        return self._database.execute(
            "DELETE FROM kept WHERE id IN (SELECT id FROM kept ORDER BY used LIMIT ?)",
            [EVICTED_AT_ONCE],
        ).rowcount

    def _number(self, query: str) -> int:
        [number] = self._database.execute(query).fetchone()
        return int(number)


def inode_of(file: Path) -> Inode | None:
    """Return what tells a file from another one of its name; None: there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _open(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA synchronous = NORMAL")
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'kept'").fetchone():
            # Fails on another program's table, before anything is changed.
            database.execute("SELECT id, key, content, used FROM kept LIMIT 1").fetchone()
        _turn_to_wal(database)
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _turn_to_wal(database: sqlite3.Connection) -> None:
    """Ask again while another process does the same: for this alone SQLite waits for nobody."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(AGAIN_SECONDS)
        else:
            return
