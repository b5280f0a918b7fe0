"""Vectors kept on disk: a text that was encoded once is never encoded again by the same model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backend.runtime.best_effort_cache import BestEffortCache
from labeling.hashing import digest_of

Vector: TypeAlias = NDArray[np.float32]
"""A text's embedding, shape (dims,)."""

_LARGEST = 2 << 30
"""Bytes of the file beyond which the least recently used vectors go."""


class VectorCache:
    """Vectors by the digest of the model and the text; no texts.

    Args:
        file: Where the vectors are kept; made where it is missing.
        model: The embedding model's digest.
    """

    def __init__(self, file: Path, model: str) -> None:
        self._model = model
        self._store = BestEffortCache(file, _LARGEST)

    def get(self, texts: Sequence[str]) -> dict[str, Vector]:
        """Return the vectors that are known, by text; texts that are unknown are left out."""
        keys = {text: self._key(text) for text in texts}
        found = self._store.get(list(keys.values()))
        return {
            text: vector
            for text, key in keys.items()
            if (vector := _decode(found.get(key))) is not None
        }

    def put(self, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors, if the disk takes them."""
        self._store.put(
            {
                self._key(text): vector.astype(np.float32).tobytes()
                for text, vector in vectors.items()
            }
        )

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _key(self, text: str) -> str:
        return digest_of(self._model, text)


def _decode(content: bytes | None) -> Vector | None:
    """Read a vector; None: there is none, or what a disk made of it."""
    if content is None or len(content) % np.dtype(np.float32).itemsize:
        return None
    vector = np.frombuffer(content, dtype=np.float32)
    return vector if np.isfinite(vector).all() else None
