"""Embeddings as the service uses them: loaded when first asked for, in batches, kept on disk."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from backend.embedding.vectors import Vector, VectorCache
from backend.engines.base import Identity
from backend.engines.token_estimate import tokens_in
from backend.runtime.batcher import Batcher
from backend.runtime.loader import Loader, State
from labeling.errors import EngineError, TandemError

Embed: TypeAlias = Callable[[Sequence[str]], list[Vector | TandemError]]
"""Encodes texts: for each, in order, its vector or why there is none."""


class Encoder(Protocol):
    """A loaded embedding model."""

    name: str
    """Its short name."""

    def encode(self, texts: Sequence[str]) -> Sequence[Vector]:
        """Encode texts, one vector each, in order."""


class Embedder:
    """One embedding model. Its weights load in the background once they are needed.

    Args:
        identity: The model.
        load: Loads it; may take minutes.
        file: Where vectors are kept.
        room: Tokens that may wait, as estimated.
        clock: Returns the time, in seconds; deadlines are on it.
    """

    def __init__(
        self,
        identity: Identity,
        load: Callable[[], Encoder],
        file: Path,
        room: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self.identity = identity
        self._load = load
        self._loader: Loader[Encoder] | None = None
        self._lock = threading.Lock()
        self._cache = VectorCache(file, identity.digest)
        self._batcher: Batcher[str, Vector] = Batcher(self._run, tokens_in, room, clock)

    @property
    def state(self) -> State | Literal["unloaded"]:
        """How far the loading is; `unloaded` until somebody asks for a vector that is not kept."""
        return self._loader.state if self._loader else "unloaded"

    @property
    def error(self) -> EngineError | None:
        """Why the loading failed, if it did."""
        return self._loader.error if self._loader else None

    def embed(self, texts: Sequence[str], deadline: float) -> list[Vector | TandemError]:
        """Encode texts, as far as the deadline allows; what was encoded is kept.

        Args:
            texts: The texts.
            deadline: When to stop waiting, on the embedder's clock, in seconds.

        Returns:
            For each text, in order, its vector, shape (dims,), or why there is none: `RetryLater`
            where its turn did not come in time.

        Raises:
            RetryLater: The model is still loading at the deadline.
            EngineError: The model cannot be loaded.
        """
        known: dict[str, Vector | TandemError] = {**self._cache.get(texts)}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            self._loading().wait(deadline)
            known |= dict(zip(new, self._batcher.ask(new, deadline), strict=True))
        return [known[text] for text in texts]

    def close(self) -> None:
        """Stop the model's thread and close the files."""
        self._batcher.close()
        self._cache.close()

    def _loading(self) -> Loader[Encoder]:
        with self._lock:
            if self._loader is None:
                self._loader = Loader(self._load, "embedding model", self._clock)
            return self._loader

    def _run(self, texts: Sequence[str]) -> list[Vector]:
        """Encode one micro-batch, on the model's thread."""
        distinct = list(dict.fromkeys(texts))
        vectors = dict(zip(distinct, self._loading().wait().encode(distinct), strict=True))
        self._cache.put(vectors)
        return [vectors[text] for text in texts]
