"""The tuned encoder: adapters that begin at nothing, and belong to one model."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from backend.classifiers.tuned_encoder import MOST_TOKENS, TunedEncoder
from backend.embedding import encoder
from labeling.settings.model_sections import ModelSettings
from tests.support.tiny_sentence_model import DIMS, make_sentence_model

TEXTS = ["one two", "two", "one two two one two", "three"]


@pytest.fixture
def model(tmp_path: Path) -> SentenceTransformer:
    folder = make_sentence_model(tmp_path, ["one", "two", "three"])
    return encoder.load_model(str(folder), ModelSettings())


def test_encodes_as_the_model_until_it_is_tuned(model: SentenceTransformer) -> None:
    expected = np.array(encoder.SentenceEncoder("tiny", model).encode(TEXTS))
    found = TunedEncoder(model, rank=2).encode(TEXTS)
    assert found.shape == (4, DIMS)
    assert np.allclose(found, expected, atol=1e-5)


def test_trains_its_adapters_and_nothing_else(model: SentenceTransformer) -> None:
    tuned = TunedEncoder(model, rank=2)
    tuned(TEXTS).sum().backward()  # type: ignore[no-untyped-call]
    trained = [one for one in model.parameters() if one.grad is not None]
    assert len(trained) == len(tuned.adapter) > 0


def test_cuts_what_is_too_long(model: SentenceTransformer) -> None:
    assert TunedEncoder(model, rank=2).lengths(["one", "one " * 5000]) == [
        3,
        min(MOST_TOKENS, model.max_seq_length or MOST_TOKENS),
    ]


def test_refuses_the_adapter_of_another_rank(model: SentenceTransformer) -> None:
    tuned = TunedEncoder(model, rank=2)
    halved = {name: one.detach()[:1] for name, one in tuned.adapter.items()}
    with pytest.raises(ValueError, match="of another embedding model"):
        tuned.load_adapter(halved)


def test_takes_over_an_adapter(model: SentenceTransformer) -> None:
    tuned = TunedEncoder(model, rank=2)
    before = tuned.encode(TEXTS)
    random = torch.Generator().manual_seed(0)
    other = {name: torch.randn(one.shape, generator=random) for name, one in tuned.adapter.items()}
    tuned.load_adapter(other)
    assert not np.allclose(before, tuned.encode(TEXTS), atol=1e-3)
