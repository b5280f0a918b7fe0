"""Answers kept on disk: what the model said once it is never asked again under the same prompt."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import diskcache  # type: ignore[import-untyped]
import numpy as np

from backend.engines import Generation, Scored
from backend.model import Answer, Asked

_LARGEST = 2 << 30
"""Bytes on disk beyond which the least recently used answers go."""


class AnswerCache:
    """Answers by the digest of the model and the whole request.

    Priors and calibration come after, so that a refit finds all scores here.

    Args:
        folder: Where the answers are kept; made where it is missing.
        engine: The engine's digest.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self._engine = engine
        self._disk = diskcache.Cache(
            str(folder), size_limit=_LARGEST, eviction_policy="least-recently-used"
        )

    def get(self, requests: Sequence[Asked]) -> dict[Asked, Answer]:
        """Give what is known of the requests."""
        known = {}
        for request in requests:
            answer = _decode(self._disk.get(self._key(request)))
            if answer is not None:
                known[request] = answer
        return known

    def put(self, answers: Mapping[Asked, Answer]) -> None:
        """Keep answers."""
        with self._disk.transact():
            for request, answer in answers.items():
                self._disk.set(self._key(request), _encode(answer))

    def close(self) -> None:
        """Close the files."""
        self._disk.close()

    def _key(self, request: Asked) -> str:
        content = json.dumps([self._engine, type(request).__name__, astuple(request)])
        return hashlib.sha256(content.encode()).hexdigest()


def _encode(answer: Answer) -> str:
    match answer:
        case Scored(loglikelihoods, truncated, missing):
            return json.dumps(["scored", loglikelihoods.tolist(), truncated, missing])
        case Generation(text, logprobs, is_whole):
            return json.dumps(["generation", text, logprobs.tolist(), is_whole])


def _decode(content: object) -> Answer | None:
    match json.loads(content) if isinstance(content, str) else None:
        case ["scored", list(numbers), bool(truncated), int() | float() as missing]:
            return Scored(np.array(numbers, dtype=np.float64), truncated, float(missing))
        case ["generation", str(text), list(numbers), bool(is_whole)]:
            return Generation(text, np.array(numbers, dtype=np.float64), is_whole)
        case _:
            return None
