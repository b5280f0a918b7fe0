"""Memory stays flat, however many texts and prompts go through an engine."""

import gc

import psutil
import pytest

from backend.engines import Engine, Prompt, Request
from backend.engines.transformers import TransformersEngine
from tests.support.tiny_models import PACKED, tiny_engine

pytestmark = [pytest.mark.model, pytest.mark.slow]

TEXTS = 20_000
TOGETHER = 500
PREFIX_BYTES = 200_000
LABELS = (" sport", " science", " science fiction")


def resident() -> int:
    """Bytes of memory that this process holds."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def before(number: int) -> str:
    """A prompt's beginning; every 2,000 texts it is another one."""
    return f"Say in one word what the following short text number {number} is about.\n\nText: "


def test_over_twenty_thousand_texts(engine: Engine) -> None:
    assert isinstance(engine, TransformersEngine)
    small = tiny_engine(
        PACKED["llama"], engine.tokenizer, batch_tokens=2048, prefix_bytes=PREFIX_BYTES
    )
    packed = small._packed
    assert packed is not None
    held = []
    for start in range(0, TEXTS, TOGETHER):
        small.loglikelihood(
            [
                Request(Prompt(before(number // 2_000), f"Text {number}.", "\nLabel:"), LABELS)
                for number in range(start, start + TOGETHER)
            ]
        )
        assert 0 < packed.prefixes.size <= PREFIX_BYTES
        held.append(resident())
    after_warm_up = max(held[: len(held) // 5])
    assert max(held) - after_warm_up < 32 << 20
