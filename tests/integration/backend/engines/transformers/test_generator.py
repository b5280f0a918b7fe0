"""Texts are written greedily or sampled, end where they should, and obey their schemas."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import PreTrainedConfig

from backend.engines import Engine, GenerateRequest, Prompt, Request
from backend.engines.transformers import TransformersEngine
from labeling.errors import EngineError
from tests.support.reference_scores import generated_by, scores_of
from tests.support.tiny_models import CONTEXT, PACKED, PLAIN, tiny_engine

pytestmark = pytest.mark.model

ITALY = Prompt("The capital of Italy is", "", "")
REVIEWS = (
    "Answer with the label alone. The labels are positive and negative. Read with care.\n\nText: "
)
TEXTS = ["I loved it.", "A terrible film, do not go and see it, ever.", "ok", ""]
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"label": {"enum": ["positive", "négative 👎"]}, "sure": {"type": "boolean"}},
        "required": ["label", "sure"],
        "additionalProperties": False,
    }
)


@pytest.fixture(scope="module")
def bundled(engine: Engine) -> TransformersEngine:
    assert isinstance(engine, TransformersEngine)
    return engine


def reviews(**options: Any) -> list[GenerateRequest]:
    request = GenerateRequest(Prompt(REVIEWS, "", "\nLabel:"), max_tokens=6, stop=("\n",))
    request = replace(request, **options)
    return [replace(request, context=Prompt(REVIEWS, text, "\nLabel:")) for text in TEXTS]


class TestGreedily:
    def test_whatever_the_company(self, bundled: TransformersEngine) -> None:
        rome = GenerateRequest(ITALY, 5)
        paris = GenerateRequest(Prompt("", "What is the capital of France?", "", chat=True), 12)
        together = generated_by(bundled, [rome, paris])
        [alone] = generated_by(bundled, [rome])
        assert together[0].text == alone.text
        assert together[0].text.startswith(" Rome")
        assert together[1].text == "The capital of France is Paris."

    def test_with_each_token_s_logprob(self, bundled: TransformersEngine) -> None:
        [generation] = generated_by(bundled, [GenerateRequest(ITALY, 1)])
        [scores] = scores_of(bundled, [Request(ITALY, (generation.text,))])
        assert generation.token_logprobs == pytest.approx(scores, abs=1e-3)

    @pytest.mark.parametrize("config", {**PACKED, **PLAIN}.values(), ids={**PACKED, **PLAIN}.keys())
    def test_the_same_behind_a_prefix_from_memory(
        self, config: PreTrainedConfig, bundled: TransformersEngine
    ) -> None:
        fast = generated_by(tiny_engine(config, bundled.tokenizer), reviews())
        slow = tiny_engine(config, bundled.tokenizer, path="plain")
        for one, other in zip(fast, generated_by(slow, reviews()), strict=True):
            assert one.text == other.text
            assert one.token_logprobs == pytest.approx(other.token_logprobs, abs=1e-3)


class TestSampled:
    def test_repeats_itself_by_its_seed(self, bundled: TransformersEngine) -> None:
        samples = [GenerateRequest(ITALY, 6, temperature=1.0, seed=seed) for seed in range(6)]
        first = [one.text for one in generated_by(bundled, samples)]
        again = [generated_by(bundled, [sample])[0].text for sample in samples]
        assert first == again
        assert len(set(first)) > 1

    def test_as_often_as_it_is_probable(self, bundled: TransformersEngine) -> None:
        samples = [GenerateRequest(ITALY, 1, temperature=1.0, seed=seed) for seed in range(300)]
        counts = Counter(one.text for one in generated_by(bundled, samples))
        common = [text for text, _ in counts.most_common(4)]
        [scores] = scores_of(bundled, [Request(ITALY, tuple(common))])
        expected = 300 * np.exp(scores)
        observed = np.array([counts[text] for text in common])
        assert np.all(np.abs(observed - expected) < 4 * np.sqrt(expected) + 1)

    def test_coldly_is_greedy(self, bundled: TransformersEngine) -> None:
        cold = GenerateRequest(ITALY, 4, temperature=1e-4, seed=3)
        greedy = GenerateRequest(ITALY, 4)
        assert generated_by(bundled, [cold])[0].text == generated_by(bundled, [greedy])[0].text


class TestEnds:
    def test_before_a_stop_string(self, bundled: TransformersEngine) -> None:
        [generation] = generated_by(bundled, [GenerateRequest(ITALY, 20, stop=(".", "\n"))])
        assert generation.text == " Rome"
        assert len(generation.token_logprobs) == 1
        assert generation.is_whole

    def test_by_each_row_s_own_stop_strings(self, bundled: TransformersEngine) -> None:
        requests = [GenerateRequest(ITALY, 8, stop=("Rome",)), GenerateRequest(ITALY, 8)]
        first, second = generated_by(bundled, requests)
        assert first.text == " "
        assert second.text.startswith(" Rome")

    def test_at_the_limit_is_not_whole(self, bundled: TransformersEngine) -> None:
        [generation] = generated_by(bundled, [GenerateRequest(ITALY, 1)])
        assert not generation.is_whole


class TestLimits:
    LIMITS = (2, 5, 5, 12)

    @pytest.mark.parametrize(
        "options",
        [{}, {"temperature": 1.0, "seed": 4}, {"schema": SCHEMA, "stop": ()}],
        ids=["greedily", "sampled", "under a schema"],
    )
    def test_of_others_change_no_text(
        self, options: dict[str, Any], bundled: TransformersEngine
    ) -> None:
        requests = [
            replace(request, max_tokens=limit)
            for request, limit in zip(reviews(**options), self.LIMITS, strict=True)
        ]
        alone = [generated_by(bundled, [request])[0] for request in requests]
        for one, other in zip(generated_by(bundled, requests), alone, strict=True):
            assert (one.text, one.is_whole) == (other.text, other.is_whole)
            assert one.token_logprobs == pytest.approx(other.token_logprobs, abs=1e-3)

    def test_that_differ_share_a_batch_and_leave_behind_what_has_ended(
        self, bundled: TransformersEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows, generate = [], bundled._model.generate

        def counted(tokens: torch.Tensor, **options: Any) -> Any:
            rows.append(len(tokens))
            return generate(tokens, **options)

        monkeypatch.setattr(bundled._model, "generate", counted)
        texts = generated_by(bundled, [GenerateRequest(ITALY, limit) for limit in self.LIMITS])
        assert rows == [4, 1]
        assert [len(one.token_logprobs) for one in texts] == list(self.LIMITS)
        assert not any(one.is_whole for one in texts)

    def test_of_others_take_no_prompt_beyond_the_context(self, bundled: TransformersEngine) -> None:
        engine = tiny_engine(
            PACKED["gpt2, learned positions"],
            bundled.tokenizer,
            batch_tokens=3 * CONTEXT,
            context_tokens=None,
        )
        full = GenerateRequest(Prompt("", "word " * CONTEXT, ""), 2)
        short = GenerateRequest(Prompt("", "The capital of Italy is", ""), 8)
        texts = generated_by(engine, [full, short])
        assert [len(one.token_logprobs) for one in texts] == [2, 8]


class TestSchema:
    @pytest.mark.parametrize("temperature", [0.0, 1.0])
    def test_is_obeyed_whatever_the_text_says(
        self, temperature: float, bundled: TransformersEngine
    ) -> None:
        requests = reviews(schema=SCHEMA, max_tokens=40, stop=(), temperature=temperature)
        for generation in generated_by(bundled, requests):
            content = json.loads(generation.text)
            assert content.keys() == {"label", "sure"}
            assert content["label"] in ("positive", "négative 👎")
            assert generation.is_whole

    def test_of_a_row_that_ended_is_not_held_against_what_fills_it_up(
        self, bundled: TransformersEngine, capfd: pytest.CaptureFixture[str]
    ) -> None:
        free = GenerateRequest(ITALY, 8)
        cut = replace(free, max_tokens=2, schema=SCHEMA)
        generated_by(bundled, [free, cut])
        assert "grammar" not in capfd.readouterr().err

    def test_of_one_row_leaves_the_others_free(self, bundled: TransformersEngine) -> None:
        free = GenerateRequest(ITALY, 8, stop=(".",))
        bound = replace(free, schema='{"enum": ["Paris"]}')
        first, second = generated_by(bundled, [free, bound])
        assert first.text == " Rome"
        assert second.text == '"Paris"'

    def test_that_is_none_fails_for_itself(self, bundled: TransformersEngine) -> None:
        free = GenerateRequest(ITALY, 2)
        first, second = bundled.generate([replace(free, schema="{nope"), free])
        assert isinstance(first, EngineError)
        assert "schema cannot be obeyed" in str(first)
        assert not isinstance(second, EngineError)


def test_a_prompt_that_does_not_fit_fails_for_itself(bundled: TransformersEngine) -> None:
    small = tiny_engine(PACKED["llama"], bundled.tokenizer)
    first, second = small.generate(
        [GenerateRequest(Prompt("word " * 600, "text", ""), 4), GenerateRequest(ITALY, 4)]
    )
    assert isinstance(first, EngineError)
    assert not isinstance(second, EngineError)
