"""Vectors kept on disk: a text that was encoded once is never encoded again by the same model."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import diskcache  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]
"""A text's embedding, shape (dims,)."""

_LARGEST = 2 << 30
"""Bytes on disk beyond which the least recently used vectors go."""


class VectorCache:
    """Vectors by the digest of the model and the text; no texts.

    Args:
        folder: Where the vectors are kept; made where it is missing.
        model: The embedding model's digest.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._model = model
        self._disk = diskcache.Cache(
            str(folder), size_limit=_LARGEST, eviction_policy="least-recently-used"
        )

    def get(self, texts: Sequence[str]) -> dict[str, Vector]:
        """Give what is known of the texts."""
        known = {}
        for text in texts:
            content = self._disk.get(self._key(text))
            if isinstance(content, bytes) and content:
                known[text] = np.frombuffer(content, dtype=np.float32)
        return known

    def put(self, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors."""
        with self._disk.transact():
            for text, vector in vectors.items():
                self._disk.set(self._key(text), vector.astype(np.float32).tobytes())

    def close(self) -> None:
        """Close the files."""
        self._disk.close()

    def _key(self, text: str) -> str:
        content = f"{self._model}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(content).hexdigest()
