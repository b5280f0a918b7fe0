"""Bytes by key on disk, as far as the disk allows: what it loses or refuses is computed again."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from backend.runtime.damaged_sqlite import begin_anew, is_damage, open_or_begin_anew
from backend.runtime.sqlite_lru import SqliteLru

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0
"""How long a disk that failed is left alone, so that not every caller waits for it to fail."""

_LOSS = "A new one was begun: what it held is computed again."


class BestEffortCache:
    """A `SqliteLru` whose faults reach nobody but the log.

    A damaged file is set aside, and a new one begun. A file that cannot be opened, read or written
    (no room, no permission, locked by another process) is left alone for `PAUSE_SECONDS`, and tried
    again; what can still be read of it is.

    Args:
        file: The file; made, with its folder, where it is missing.
        largest: Bytes of the file beyond which the least recently used rows go.
        clock: Returns the time, in seconds, by which the pauses are measured.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     (Path(folder) / "cache.sqlite3").mkdir()  # no file can be made there
    ...     cache = BestEffortCache(Path(folder) / "cache.sqlite3", largest=1 << 20)
    ...     cache.put({"a": b"one"})
    ...     found = cache.get(["a"])
    >>> found
    {}
    """

    def __init__(
        self, file: Path, largest: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._largest = largest
        self._clock = clock
        self._lock = threading.Lock()
        self._store: SqliteLru | None = None
        self._is_closed = False
        self._may_read_from = self._may_write_from = clock()
        self._was_told = False
        self._opened()

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return what is kept under the keys; keys that are unknown, or cannot be read, are not."""
        store = self._opened()
        if store is None:
            return {}
        try:
            return store.get(keys)
        except sqlite3.Error as error:
            self._give_up(store, error, is_read=True)
            return {}

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Keep contents, in place of what was kept under their keys, if the disk takes them."""
        store = self._opened()
        if store is None or self._clock() < self._may_write_from:
            return
        try:
            store.put(contents)
        except sqlite3.Error as error:
            self._give_up(store, error, is_read=False)
        else:
            self._was_told = False

    def close(self) -> None:
        """Close the file; from then on nothing is kept, and nothing found."""
        with self._lock:
            self._is_closed = True
            self._drop()

    def _opened(self) -> SqliteLru | None:
        """Return the store, opened anew where it may be; None while it is left alone."""
        with self._lock:
            if self._is_closed or self._clock() < self._may_read_from:
                return None
            if self._store is None:
                self._open()
            return self._store

    def _open(self) -> None:
        try:
            self._store = open_or_begin_anew(self._file, self._largest, _LOSS)
        except (sqlite3.Error, OSError) as error:
            self._pause(error, is_read=True)

    def _give_up(self, store: SqliteLru, error: sqlite3.Error, *, is_read: bool) -> None:
        """Begin a new file in place of a damaged one, or leave the disk alone for a while."""
        with self._lock:
            if store is not self._store:  # another thread met the same fault
                return
            if not is_damage(error):
                self._pause(error, is_read=is_read)
                return
            try:
                self._store = begin_anew(store, error, _LOSS)
            except (sqlite3.Error, OSError) as fault:
                self._pause(fault, is_read=True)

    def _pause(self, error: Exception, *, is_read: bool) -> None:
        self._may_write_from = self._clock() + PAUSE_SECONDS
        if is_read:
            self._may_read_from = self._may_write_from
            self._drop()
        if not self._was_told:
            self._was_told = True
            logger.warning(
                "%s cannot be %s (%s): the service goes on without it, and tries again every"
                " %.0f seconds.",
                self._file,
                "read" if is_read else "written",
                error,
                PAUSE_SECONDS,
            )

    def _drop(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
