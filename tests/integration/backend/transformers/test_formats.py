"""Number formats: what the settings ask for, what the CPU can do, and how far scores then are."""

import numpy as np
import pytest
import torch

from backend.engines import Engine, Prompt, Request
from backend.engines.device import pick_dtype
from backend.engines.transformers import TransformersEngine
from labeling.settings.sections import ModelSettings
from tests.support.reference_scores import scores_of
from tests.support.tiny_models import PACKED, tiny_engine

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("asked", "is_fast", "expected"),
    [
        ("auto", True, torch.float32),
        ("fastest", True, torch.bfloat16),
        ("fastest", False, torch.float32),
        ("bfloat16", False, torch.bfloat16),
        ("float16", True, torch.float16),
    ],
)
def test_a_cpu_takes_bfloat16_where_it_is_asked_and_fast(
    asked: str, is_fast: bool, expected: torch.dtype
) -> None:
    settings = ModelSettings.model_validate({"dtype": asked})
    assert pick_dtype(settings, CPU, is_cpu_fast=lambda: is_fast) == expected


@pytest.mark.model
@pytest.mark.parametrize("kind", ["llama", "mistral, sliding"])
def test_half_the_bits_score_nearly_the_same(kind: str, engine: Engine) -> None:
    assert isinstance(engine, TransformersEngine)
    labels = (" sport", " science", " science fiction", " politics")
    before = "Say in one word what the following text is about, and nothing else.\n\nText: "
    requests = [Request(Prompt(before, text, "\nLabel:"), labels) for text in ("They won.", "2+2")]
    whole = tiny_engine(PACKED[kind], engine.tokenizer)
    half = tiny_engine(PACKED[kind], engine.tokenizer, dtype=torch.bfloat16)
    assert half.path == "packed"
    for one, other in zip(scores_of(whole, requests), scores_of(half, requests), strict=True):
        assert np.abs(one - other).max() < 0.5
