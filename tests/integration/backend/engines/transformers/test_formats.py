"""Number formats: how far the scores of short ones are from those of float32."""

import numpy as np
import pytest
import torch

from backend.engines import Engine, Prompt, Request
from backend.engines.transformers import TransformersEngine
from tests.support.reference_scores import scores_of
from tests.support.tiny_models import PACKED, tiny_engine


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
