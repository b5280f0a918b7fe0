"""The bundled embedding model: like texts are near each other, and odd ones are borne."""

import time
from collections.abc import Iterator

import numpy as np
import pytest

from backend.embedding import Embedder, Vector, new_embedder
from labeling.settings.settings import Settings

SOON = 60.0


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedder]:
    """The bundled model."""
    embedder = new_embedder(Settings(), tmp_path_factory.mktemp("embeddings") / "vectors.sqlite3")
    assert embedder is not None
    yield embedder
    embedder.close()


@pytest.mark.model
class TestMiniLM:
    def vectors(self, minilm: Embedder, *texts: str) -> list[Vector]:
        return [
            v for v in minilm.embed(texts, time.monotonic() + SOON) if isinstance(v, np.ndarray)
        ]

    def test_finds_like_texts_alike(self, minilm: Embedder) -> None:
        film, movie, soup = self.vectors(
            minilm, "I loved this film.", "A wonderful movie!", "Boil the soup for an hour."
        )
        assert film @ movie > film @ soup + 0.2
        assert np.linalg.norm(film) == pytest.approx(1, abs=1e-5)

    @pytest.mark.parametrize("text", ["", "half \ud83d a smile", "zero\x00byte", "word " * 5000])
    def test_bears_odd_texts(self, minilm: Embedder, text: str) -> None:
        [vector] = self.vectors(minilm, text)
        assert np.all(np.isfinite(vector))
