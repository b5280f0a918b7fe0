"""A text is read once for all that is asked and written about it, and each answer stays its own."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from transformers import PreTrainedConfig

from backend.engines import Asked, Engine, GenerateRequest, Generation, Prompt, Request, Scored
from backend.engines.transformers import TransformersEngine
from tests.support.tiny_models import PACKED, PLAIN, tiny_engine

BEFORE = "Read the text and answer what is asked about it, in a word or a list of words.\n\nText: "
TEXTS = ("They won the cup in the last minute.", "The committee put off its decision.", "")
LIST = json.dumps({"type": "array", "items": {"enum": ["cup", "minute"]}, "maxItems": 3})


@pytest.fixture(scope="module")
def bundled(engine: Engine) -> TransformersEngine:
    assert isinstance(engine, TransformersEngine)
    return engine


def asked(texts: Sequence[str] = TEXTS, before: str = BEFORE) -> list[Asked]:
    """Two labels' scores and three texts about each text, those of a kind side by side."""
    topic = Request(Prompt(before, "", "\nTopic:"), (" sport", " politics", " science fiction"))
    kind = Request(Prompt(before, "", "\nIs it news?"), (" yes", " no"))
    title = GenerateRequest(Prompt(before, "", "\nTitle:"), 5, ("\n",))
    other = replace(title, temperature=1.0, seed=3)
    things = GenerateRequest(Prompt(before, "", "\nThings:"), 12, ("\n",), schema=LIST)
    return [
        replace(one, context=replace(one.context, text=text))
        for one in (topic, title, kind, other, things)
        for text in texts
        if text or before
    ]


def assert_alike(one: object, other: object) -> None:
    match one, other:
        case Scored(), Scored():
            assert one.loglikelihoods == pytest.approx(other.loglikelihoods, abs=1e-3)
        case Generation(), Generation():
            assert (one.text, one.is_whole) == (other.text, other.is_whole)
            assert one.token_logprobs == pytest.approx(other.token_logprobs, abs=1e-3)
            assert one.token_ends == other.token_ends
        case _:
            pytest.fail(f"{one} beside {other}")


@pytest.mark.model
class TestAnswers:
    @pytest.mark.parametrize("before", ["", BEFORE], ids=["no prefix", "a prefix"])
    @pytest.mark.parametrize("config", {**PACKED, **PLAIN}.values(), ids={**PACKED, **PLAIN}.keys())
    def test_asked_together_are_those_asked_alone_on_the_plain_path(
        self, config: PreTrainedConfig, before: str, bundled: TransformersEngine
    ) -> None:
        requests = asked(before=before)
        together = tiny_engine(config, bundled.tokenizer).answer(requests)
        plain = tiny_engine(config, bundled.tokenizer, path="plain")
        for request, answer in zip(requests, together, strict=True):
            [alone] = plain.answer([request])
            assert_alike(answer, alone)

    def test_keep_no_more_texts_than_fit_a_limit(self, bundled: TransformersEngine) -> None:
        config = PACKED["llama"]
        small = tiny_engine(config, bundled.tokenizer, batch_tokens=16)
        large = tiny_engine(config, bundled.tokenizer)
        for one, other in zip(small.answer(asked()), large.answer(asked()), strict=True):
            assert_alike(one, other)

    def test_about_one_text_run_its_tokens_once(
        self, bundled: TransformersEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "word " * 200
        run = 0
        forward = bundled._model.forward

        def counted(*inputs: Any, **options: Any) -> Any:
            nonlocal run
            run += options["input_ids"].numel()
            return forward(*inputs, **options)

        monkeypatch.setattr(bundled._model, "forward", counted)
        bundled.answer(asked([text]))
        assert 200 < run < 400

    def test_that_are_written_about_one_text_need_no_scores_to_share_it(
        self, bundled: TransformersEngine
    ) -> None:
        requests = [one for one in asked() if isinstance(one, GenerateRequest)]
        for request, answer in zip(requests, bundled.generate(requests), strict=True):
            [alone] = bundled.generate([request])
            assert_alike(answer, alone)
