"""Token vectors are made once, kept on disk, and made again where that is damaged."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from backend.distillation.token_vectors import (
    TokenVectors,
    read_vectors,
    token_vectors,
    vectors_of,
)
from labeling.errors import EngineError, SettingsError
from labeling.settings.model_sections import LearningSettings
from labeling.settings.settings import Settings
from tests.support.tiny_encoders import write_encoder
from tests.support.tiny_students import tiny_vectors


def test_there_is_a_vector_for_every_token() -> None:
    found = tiny_vectors()
    assert found.vectors.shape == (30, 16)
    assert np.isfinite(found.vectors).all()


def test_frequent_tokens_weigh_less() -> None:
    """The vocabulary stands in the order of frequency."""
    lengths = np.linalg.norm(tiny_vectors().vectors, axis=1)
    assert lengths[:10].mean() < lengths[-10:].mean()


def test_are_made_once(tmp_path: Path) -> None:
    made: list[TokenVectors] = []

    def make() -> TokenVectors:
        made.append(tiny_vectors())
        return made[-1]

    file = tmp_path / "kept" / "vectors.safetensors"
    first, again = read_vectors(file, make), read_vectors(file, make)
    assert len(made) == 1
    assert (again.tokenizer, again.source) == (first.tokenizer, "tiny")
    np.testing.assert_array_equal(again.vectors, first.vectors)


def test_are_made_again_where_the_file_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "vectors.safetensors"
    file.write_bytes(b"damaged")
    assert read_vectors(file, tiny_vectors).source == "tiny"
    assert read_vectors(file, lambda: pytest.fail("it was kept")).source == "tiny"


def test_come_from_the_model_that_the_settings_name(tmp_path: Path) -> None:
    folder = str(write_encoder(tmp_path / "encoder"))
    settings = Settings(data_dir=tmp_path, learning=LearningSettings(embedding=folder))
    found = token_vectors(settings)
    np.testing.assert_allclose(np.abs(found.vectors), np.abs(tiny_vectors().vectors), atol=1e-5)
    assert len([*(tmp_path / "token-vectors").iterdir()]) == 1


def test_without_an_embedding_model_there_are_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, learning=LearningSettings(embedding=None))
    with pytest.raises(SettingsError, match=r"learning\.embedding"):
        token_vectors(settings)


def test_a_model_without_tokens_is_refused() -> None:
    other = type("Other", (), {"__getitem__": lambda *_: object(), "tokenizer": SimpleNamespace()})
    with pytest.raises(EngineError, match="no transformer"):
        vectors_of("other", other())
