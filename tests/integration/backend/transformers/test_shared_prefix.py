"""A text is read once for all that is asked and written about it, and each answer stays its own."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedConfig

from backend.engines import Asked, Engine, GenerateRequest, Generation, Prompt, Request, Scored
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.cache.shared_prefix import (
    SharedPrefix,
    in_chunks,
    shared_prefixes,
)
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


LAYERS = {0: (torch.arange(6.0).view(1, 6, 1), torch.arange(6.0).view(1, 6, 1))}


def nothing_read(tokens: Sequence[tuple[int, ...]]) -> list[KeysValues]:
    """Read what nobody shares."""
    assert not tokens
    return []


class TestBeginnings:
    def test_leave_a_token_of_each_prompt_to_be_run(self) -> None:
        scored = {"a": SharedPrefix((1, 2, 3), LAYERS)}
        found = shared_prefixes(
            {0: (1, 2, 3), 1: (1, 2, 3, 4)}, {0: "a", 1: "a"}, scored, nothing_read
        )
        assert [found[place].tokens for place in (0, 1)] == [(1, 2), (1, 2)]
        assert found[0].layers[0][0].shape == (1, 2, 1)

    def test_are_what_a_prompt_has_in_common_with_what_was_scored(self) -> None:
        scored = {"a": SharedPrefix((1, 2, 3), LAYERS)}
        found = shared_prefixes({7: (1, 2, 9, 9)}, {7: "a"}, scored, nothing_read)
        assert found[7].tokens == (1, 2)

    def test_are_read_where_several_prompts_share_them_and_nothing_was_scored(self) -> None:
        read: list[Sequence[tuple[int, ...]]] = []
        text = tuple(range(20))

        def noted(tokens: Sequence[tuple[int, ...]]) -> Any:
            read.append(tokens)
            return [LAYERS for _ in tokens]

        owns = {0: (*text, 30), 1: (*text, 31), 2: (*text, 32)}
        found = shared_prefixes(owns, {0: "a", 1: "a", 2: "b"}, {}, noted)
        assert read == [[text]]
        assert [found[place].tokens for place in (0, 1, 2)] == [text, text, ()]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 30))), st.integers(1, 60))
def test_chunks_hold_whole_texts_and_no_more_than_the_limit(
    requests: list[tuple[str, int]], limit: int
) -> None:
    texts = {place: text for place, (text, _) in enumerate(requests)}
    lengths = {place: length for place, (_, length) in enumerate(requests)}
    chunks = list(in_chunks(texts, lengths, limit))
    assert sorted(place for chunk in chunks for place in chunk) == list(texts)
    assert all(
        Counter(text for c in chunks for text in {texts[n] for n in c})[t] == 1
        for t in set(texts.values())
    )
    for chunk in chunks:
        longest = {
            text: max(lengths[n] for n in chunk if texts[n] == text)
            for text in {texts[n] for n in chunk}
        }
        assert len(longest) == 1 or sum(longest.values()) <= limit
