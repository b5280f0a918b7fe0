"""Answers that were paid for, on disk before they are used, so that none is paid for twice."""

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Any

import diskcache  # type: ignore[import-untyped]

_INLINE = 1 << 30
"""Bytes up to which an answer stands in the SQLite file itself: all of them."""


class PaidAnswers:
    """Answers by the digest of what was asked; nothing ever leaves.

    Args:
        folder: Where they are kept, in one SQLite file; made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._disk = diskcache.Cache(
            str(folder), eviction_policy="none", size_limit=1 << 50, disk_min_file_size=_INLINE
        )
        self._lock = Lock()
        self._asked: dict[str, Future[str]] = {}

    def answer(self, path: str, body: Mapping[str, Any], ask: Callable[[], str]) -> str:
        """Give the answer to a call, by asking at most once, also where many ask at one time.

        Args:
            path: What is called, below the server's address.
            body: What it is sent.
            ask: Pays for the answer.
        """
        key = hashlib.sha256(json.dumps([path, body], sort_keys=True).encode()).hexdigest()
        with self._lock:
            known = self._disk.get(key)
            if known is not None:
                return str(known)
            asked = self._asked.get(key)
            is_first = asked is None
            if asked is None:
                asked = self._asked[key] = Future()
        if is_first:
            self._pay(key, asked, ask)
        return asked.result()

    def _pay(self, key: str, asked: Future[str], ask: Callable[[], str]) -> None:
        try:
            answer = ask()
            self._disk.set(key, answer)
        except BaseException as error:
            asked.set_exception(error)
        else:
            asked.set_result(answer)
        finally:
            with self._lock:
                del self._asked[key]

    def close(self) -> None:
        """Close the file."""
        self._disk.close()
