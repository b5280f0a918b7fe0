"""Answers that were paid for, on disk before they are used, so that none is paid for twice."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Any

from backend.runtime.sqlite_lru import SqliteLru
from labeling.hashing import digest_of

ResponseBody = dict[str, Any]
"""The JSON object that a server answers with."""

_UNLIMITED = 1 << 60
"""Bytes that no disk has: what was paid for never leaves."""


class ResponseStore:
    """Answers by the digest of what was asked; nothing ever leaves.

    Args:
        file: Where they are kept; made where it is missing.

    Raises:
        EngineError: The file cannot be opened.
    """

    def __init__(self, file: Path) -> None:
        self._store = SqliteLru(file, _UNLIMITED)
        self._lock = Lock()
        self._asked: dict[str, Future[ResponseBody]] = {}

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
            EngineError: What `ask` raises, for all who wait for it.
        """
        key = digest_of(json.dumps([path, body], sort_keys=True))
        with self._lock:
            for content in self._store.get([key]).values():
                known: ResponseBody = json.loads(content)
                return known
            asked = self._asked.get(key)
            is_first = asked is None
            if asked is None:
                asked = self._asked[key] = Future()
        if is_first:
            self._pay(key, asked, ask)
        return asked.result()

    def _pay(self, key: str, asked: Future[ResponseBody], ask: Callable[[], ResponseBody]) -> None:
        try:
            answer = ask()
            self._store.put({key: json.dumps(answer).encode()})
        except BaseException as error:
            asked.set_exception(error)
        else:
            asked.set_result(answer)
        finally:
            with self._lock:
                del self._asked[key]

    def close(self) -> None:
        """Close the file."""
        self._store.close()
