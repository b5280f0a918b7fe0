"""Answers that were paid for, on disk before they are used, so that none is paid for twice."""

import json
import logging
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Any

from backend.runtime.damaged_sqlite import begin_anew, is_damage, open_or_begin_anew
from labeling.errors import EngineError
from labeling.hashing import digest_of

logger = logging.getLogger(__name__)

ResponseBody = dict[str, Any]
"""The JSON object that a server answers with."""

_UNLIMITED = 1 << 60
"""Bytes that no disk has: what was paid for never leaves."""

_LOSS = (
    "A new one was begun: what it held is paid for again, unless `sqlite3 FILE .recover` saves it."
)


class ResponseStore:
    """Answers by the digest of what was asked; nothing ever leaves.

    A damaged file is set aside, never deleted, and a new one begun. While answers cannot be written
    (no room, no permission) they are held in memory, and nothing more is paid for.

    Args:
        file: Where they are kept; made where it is missing.

    Raises:
        EngineError: The file cannot be opened.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()
        self._asked: dict[str, Future[ResponseBody]] = {}
        self._unwritten: dict[str, bytes] = {}
        self._was_told = False
        try:
            self._store = open_or_begin_anew(file, _UNLIMITED, _LOSS)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable("opened", error) from error

    def answer(
        self, path: str, body: Mapping[str, Any], ask: Callable[[], ResponseBody]
    ) -> ResponseBody:
        """Return the answer to a call, by asking at most once, also where many ask at one time.

        Args:
            path: What is called, below the server's address.
            body: What it is sent.
            ask: Pays for the answer.

        Returns:
            The answer.

        Raises:
            EngineError: What `ask` raises, for all who wait for it; or answers cannot be kept.
        """
        key = digest_of(json.dumps([path, body], sort_keys=True))
        with self._lock:
            known = self._known(key)
            if known is not None:
                return known
            asked = self._asked.get(key)
            is_first = asked is None
            if asked is None:
                self._require_kept()
                asked = self._asked[key] = Future()
        if is_first:
            self._pay(key, asked, ask)
        return asked.result()

    def close(self) -> None:
        """Write what is not written yet, and close the file."""
        with self._lock:
            self._write()
            self._store.close()

    def _pay(self, key: str, asked: Future[ResponseBody], ask: Callable[[], ResponseBody]) -> None:
        try:
            answer = ask()
            with self._lock:
                self._unwritten[key] = json.dumps(answer).encode()
                self._write()
        except BaseException as error:
            asked.set_exception(error)
        else:
            asked.set_result(answer)
        finally:
            with self._lock:
                del self._asked[key]

    def _known(self, key: str) -> ResponseBody | None:
        """Return an answer that was paid for; None: there is none, or what a disk made of it."""
        content = self._unwritten.get(key) or self._read(key)
        try:
            answer = json.loads(content) if content else None
        except (ValueError, RecursionError):
            return None
        return answer if isinstance(answer, dict) else None

    def _read(self, key: str) -> bytes | None:
        try:
            return self._store.get([key]).get(key)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise self._unusable("read", error) from error
            self._begin_anew(error)
            return None

    def _write(self) -> sqlite3.Error | None:
        """Write what is not written yet; return why that fails, which the log is told once."""
        if not self._unwritten:
            return None
        try:
            self._store.put(self._unwritten)
        except sqlite3.Error as error:
            if is_damage(error):
                self._begin_anew(error)
                return self._write()
            if not self._was_told:
                logger.error("%s", self._unusable("written", error))
            self._was_told = True
            return error
        self._unwritten.clear()
        self._was_told = False
        return None

    def _require_kept(self) -> None:
        """Refuse to pay for more while what was paid for is not on disk."""
        error = self._write()
        if error is not None:
            raise self._unusable("written", error) from error

    def _begin_anew(self, error: sqlite3.Error) -> None:
        try:
            self._store = begin_anew(self._store, error, _LOSS)
        except (sqlite3.Error, OSError) as fault:
            raise self._unusable("opened", fault) from fault

    def _unusable(self, doing: str, error: Exception) -> EngineError:
        return EngineError(
            f"The paid answers cannot be {doing}: {error}",
            where=str(self._file),
            hint="Make room on the disk, or let this user write the file: until then nothing more"
            " is paid for.",
        )
