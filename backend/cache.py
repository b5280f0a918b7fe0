"""Scores kept on disk: a text that was scored once is never run again under the same prompt."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import diskcache  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from backend.engines import Request

_LARGEST = 2 << 30
"""Bytes on disk beyond which the least recently used scores go."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model said of one request.

    Attributes:
        loglikelihoods: Natural-log probability of every continuation, shape (continuations,).
        truncated: Whether the text was cut in its middle to fit.
    """

    loglikelihoods: NDArray[np.float64]
    truncated: bool


class ScoreCache:
    """Scores by the digest of the model and the whole request.

    Priors and calibration come after, so that a refit finds all scores here.

    Args:
        folder: Where the scores are kept; made where it is missing.
        engine: The engine's digest.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self._engine = engine
        self._disk = diskcache.Cache(
            str(folder), size_limit=_LARGEST, eviction_policy="least-recently-used"
        )

    def get(self, requests: Sequence[Request]) -> dict[Request, Scored]:
        """Give what is known of the requests."""
        known = {}
        for request in requests:
            content = self._disk.get(self._key(request))
            scored = _decode(content, len(request.continuations))
            if scored is not None:
                known[request] = scored
        return known

    def put(self, scores: Mapping[Request, Scored]) -> None:
        """Keep scores."""
        with self._disk.transact():
            for request, scored in scores.items():
                content = bytes([scored.truncated]) + scored.loglikelihoods.tobytes()
                self._disk.set(self._key(request), content)

    def close(self) -> None:
        """Close the files."""
        self._disk.close()

    def _key(self, request: Request) -> str:
        prompt = request.context
        parts = (prompt.before, prompt.text, prompt.after, prompt.chat, request.continuations)
        content = json.dumps([self._engine, *parts])
        return hashlib.sha256(content.encode()).hexdigest()


def _decode(content: object, labels: int) -> Scored | None:
    if not isinstance(content, bytes) or len(content) != 1 + 8 * labels:
        return None
    return Scored(np.frombuffer(content[1:], dtype=np.float64), bool(content[0]))
