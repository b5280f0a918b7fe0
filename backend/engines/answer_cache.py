"""Answers kept on disk: what the model said once it is never asked again under the same prompt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np

from backend.engines import Answer, Asked, Generation, Scored
from backend.runtime.best_effort_cache import BestEffortCache
from labeling.hashing import digest_of


class AnswerCache:
    """Answers by the digest of the model and the whole request.

    Priors and calibration come after, so that a refit finds all scores here.

    Args:
        file: Where the answers are kept; made where it is missing.
        engine: The engine's digest.
        largest: Bytes of the file beyond which the least recently used answers go.
    """

    def __init__(self, file: Path, engine: str, largest: int) -> None:
        self._engine = engine
        self._store = BestEffortCache(file, largest)

    def get(self, requests: Sequence[Asked]) -> dict[Asked, Answer]:
        """Return the answers that are known, by request; requests that are unknown are left out."""
        keys = {request: self._key(request) for request in requests}
        found = self._store.get(list(keys.values()))
        answers = {request: _decode(found.get(key)) for request, key in keys.items()}
        return {request: answer for request, answer in answers.items() if answer is not None}

    def put(self, answers: Mapping[Asked, Answer]) -> None:
        """Keep answers; once this returns, they outlive the process, if the disk takes them."""
        self._store.put(
            {self._key(request): _encode(answer).encode() for request, answer in answers.items()}
        )

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _key(self, request: Asked) -> str:
        fields = astuple(request)
        # Without an adapter, answers that were kept before there were any keep their keys.
        asked = fields if request.adapter is not None else fields[:-1]
        return digest_of(json.dumps([self._engine, type(request).__name__, asked]))


def _encode(answer: Answer) -> str:
    match answer:
        case Scored(loglikelihoods, truncated, missing):
            return json.dumps(["scored", loglikelihoods.tolist(), truncated, missing])
        case Generation(text, logprobs, is_whole, ends):
            return json.dumps(["generation", text, logprobs.tolist(), is_whole, ends])


def _decode(content: bytes | None) -> Answer | None:
    """Read what `_encode` wrote; None: nothing, or what a disk made of it."""
    try:
        return _read(json.loads(content)) if content else None
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _read(content: object) -> Answer | None:
    match content:
        case ["scored", list(numbers), bool(truncated), int() | float() as missing]:
            return Scored(np.array(numbers, dtype=np.float64), truncated, float(missing))
        case ["generation", str(text), list(numbers), bool(is_whole), list(ends)]:
            logprobs = np.array(numbers, dtype=np.float64)
            return Generation(text, logprobs, is_whole, tuple(map(int, ends)))
        case _:
            return None
