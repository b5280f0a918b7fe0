"""Embeddings: texts as vectors, from a sentence-transformers model, kept on disk."""

import time
from collections.abc import Callable
from pathlib import Path

from backend.embedding.embedder import Embed, Embedder, Encoder
from backend.embedding.identity import identify
from backend.embedding.vectors import Vector
from labeling.settings.settings import Settings

__all__ = ["Embed", "Embedder", "Encoder", "Vector", "identify", "new_embedder"]


def new_embedder(
    settings: Settings, file: Path, clock: Callable[[], float] = time.monotonic
) -> Embedder | None:
    """Make the embedder that the settings name.

    Args:
        settings: Name the model, and where it runs.
        file: Where vectors are kept.
        clock: Returns the time, in seconds; deadlines are on it.

    Returns:
        The embedder, whose model is not loaded yet; None: the settings name none.
    """
    name = settings.learning.embedding
    if name is None:
        return None

    def load() -> Encoder:
        from backend.embedding import encoder  # imports torch, which the start need not

        return encoder.load(name, settings.model)

    return Embedder(identify(name), load, file, settings.backend.queue_tokens, clock)
