"""Weights are held as the settings say, where the device and what is installed can do that."""

from pathlib import Path
from typing import Literal

import pytest
import torch

from backend.engines.transformers import weights
from labeling.errors import EngineError
from labeling.settings.model_sections import ModelSettings
from tests.support.small_models import logits_of, small_model, write_model


def settings_of(folder: Path, quantization: Literal["none", "8bit", "4bit"]) -> ModelSettings:
    return ModelSettings(name=str(folder), device="cpu", quantization=quantization)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(small_model(), tmp_path_factory.mktemp("model"))


def test_weights_that_two_layers_share_are_counted_once() -> None:
    apart, tied = (small_model(tie_word_embeddings=tie) for tie in (False, True))
    assert weights.weight_bytes(apart) - weights.weight_bytes(tied) == 320 * 32 * 4


def test_four_bits_are_refused_on_a_cpu(folder: Path) -> None:
    with pytest.raises(EngineError, match="4bit needs CUDA"):
        weights.load(settings_of(folder, "4bit"))


def test_int8_on_a_cpu_says_what_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda _: None)
    with pytest.raises(EngineError, match="pip install 'label-studio-tandem\\[int8\\]'"):
        weights.load(settings_of(folder, "8bit"))


# What torchao says of its own enums when it is imported.
@pytest.mark.filterwarnings("ignore")
def test_int8_on_a_cpu_is_smaller_and_says_nearly_the_same(folder: Path) -> None:
    pytest.importorskip("torchao")
    whole, _ = weights.load(settings_of(folder, "none"))
    smaller, _ = weights.load(settings_of(folder, "8bit"))
    assert weights.weight_bytes(smaller) < 0.6 * weights.weight_bytes(whole)
    distance = (logits_of(smaller).log_softmax(-1) - logits_of(whole).log_softmax(-1)).abs()
    assert 0 < float(distance.mean()) < 0.1
    assert torch.isfinite(distance).all()
