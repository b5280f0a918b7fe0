"""Embeddings of texts for as long as a command runs."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np

from backend.embedding import new_embedder
from labeling.errors import TandemError
from labeling.mathtypes import Floats
from labeling.private_files import make_private_folder
from labeling.settings.settings import Settings

Encode: TypeAlias = Callable[[Sequence[str]], Floats | None]
"""Returns vectors of length 1, shape (texts, dims); None: there is no embedding model."""

_LONGEST_WAIT = 3600.0


@contextmanager
def encoding(settings: Settings) -> Iterator[Encode]:
    """Yield what encodes texts by the settings' embedding model; what it encoded is kept on disk.

    Args:
        settings: Name the model.

    Yields:
        What encodes. It raises `TandemError` where the model cannot be loaded, or not read a text.
    """
    make_private_folder(settings.data_dir)
    embedder = new_embedder(settings, settings.data_dir / "embeddings.sqlite3")
    if embedder is None:
        yield lambda _: None
        return

    def encode(texts: Sequence[str]) -> Floats:
        vectors = []
        for found in embedder.embed(texts, time.monotonic() + _LONGEST_WAIT):
            if isinstance(found, TandemError):
                raise found
            vectors.append(found)
        return np.array(vectors, dtype=np.float64)

    try:
        yield encode
    finally:
        embedder.close()
