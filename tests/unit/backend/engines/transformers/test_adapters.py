"""One base model serves many adapters: as peft itself runs them, and none is felt by another."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from backend.engines import GenerateRequest, Generation, Prompt, Scored
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.scoring.self_check import paths_agree
from labeling.errors import EngineError
from tests.support.reference_scores import generated_by, scores_of, unbatched
from tests.support.tiny_adapters import (
    BEFORE,
    adapted_engine,
    byte_tokenizer,
    peft_adapter,
    request_about,
    tiny_llama,
)

TEXTS = ("They won.", "Atoms are small, they say", "2+2", "They won.")
FIRST, SECOND = "a" * 64, "b" * 64


class Reference:
    """What `unbatched` needs: peft's own model in an engine's place."""

    def __init__(self, model: Any) -> None:
        self.tokenizer, self._model = byte_tokenizer(), model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("artefacts")


@pytest.fixture(scope="module")
def by_peft(folder: Path) -> dict[str | None, Any]:
    """The tiny model alone and under each of two adapters, each a model of its own."""
    return {
        None: tiny_llama(),
        FIRST: peft_adapter(folder / FIRST, seed=1),
        SECOND: peft_adapter(folder / SECOND, seed=2, rank=8),
    }


def expected(by_peft: dict[str | None, Any], text: str, adapter: str | None) -> Any:
    reference: Any = Reference(by_peft[adapter])
    return unbatched(reference, request_about(text))


@pytest.mark.parametrize("path", ["packed", "plain"])
def test_two_adapters_and_the_base_answer_one_batch_as_peft_does(
    path: str, folder: Path, by_peft: dict[str | None, Any]
) -> None:
    engine = adapted_engine(folder, path=path)
    asked = [(text, adapter) for text in TEXTS for adapter in (FIRST, None, SECOND)]
    found = scores_of(engine, [request_about(text, adapter) for text, adapter in asked])
    assert engine.path == path
    for (text, adapter), scores in zip(asked, found, strict=True):
        assert scores == pytest.approx(expected(by_peft, text, adapter), abs=1e-3)
    assert not np.allclose(found[0], found[1], atol=0.05)
    assert not np.allclose(found[0], found[2], atol=0.05)


@pytest.mark.parametrize("path", ["packed", "plain"])
def test_written_tokens_have_the_log_probabilities_that_peft_gives(
    path: str, folder: Path, by_peft: dict[str | None, Any]
) -> None:
    engine = adapted_engine(folder, path=path)
    prompt = Prompt(BEFORE, TEXTS[0], "\nLabel:")
    requests = [GenerateRequest(prompt, 6, adapter=one) for one in (None, FIRST, SECOND)]
    written = generated_by(engine, requests)
    assert len({one.text for one in written}) > 1
    for request, one in zip(requests, written, strict=True):
        ids = torch.tensor([byte_tokenizer()(prompt.before + prompt.text + prompt.after).input_ids])
        with torch.inference_mode():
            for logprob in one.token_logprobs:
                step = by_peft[request.adapter](ids).logits[0, -1].float().log_softmax(dim=-1)
                assert float(step.max()) == pytest.approx(float(logprob), abs=1e-3)
                ids = torch.cat([ids, step.argmax()[None, None]], dim=1)


@pytest.mark.parametrize("path", ["packed", "plain"])
def test_the_base_answers_bit_for_bit_as_without_adapters(path: str, folder: Path) -> None:
    bare, engine = adapted_engine(folder, path=path), adapted_engine(folder, path=path)
    base = [request_about(text) for text in TEXTS]
    adapted = [request_about(text, FIRST) for text in TEXTS]
    engine.loglikelihood(adapted)
    for one, other in zip(scores_of(bare, base), scores_of(engine, base), strict=True):
        assert np.array_equal(one, other)


def test_packed_and_plain_agree_under_an_adapter(folder: Path) -> None:
    engine = adapted_engine(folder)
    engine._adapters.load(FIRST)
    assert engine._packed is not None
    with engine._adapters.using(FIRST):
        assert paths_agree("tiny", engine._encoder, engine._packed, engine._plain)


def test_one_that_left_the_memory_is_loaded_again(folder: Path) -> None:
    engine = adapted_engine(folder, most_adapters=1)
    requests = [request_about(TEXTS[0], one) for one in (FIRST, SECOND, FIRST)]
    first = scores_of(engine, requests[:1])
    scores_of(engine, requests[1:2])
    assert not any(FIRST in name for name, _ in engine._model.named_parameters())
    assert np.array_equal(scores_of(engine, requests[2:])[0], first[0])


def damaged_by(change: str, folder: Path) -> None:
    weights = folder / "adapter_model.safetensors"
    config = folder / "adapter_config.json"
    match change:
        case "cut off":
            weights.write_bytes(weights.read_bytes()[:-100])
        case "no weights":
            weights.unlink()
        case "no number":
            content = load_file(weights)
            next(iter(content.values())).fill_(torch.nan)
            save_file(content, weights)
        case "a weight too few":
            content = load_file(weights)
            del content[next(iter(content))]
            save_file(content, weights)
        case "another shape":
            content = {
                key: value[..., :1].contiguous() for key, value in load_file(weights).items()
            }
            save_file(content, weights)
        case "no JSON":
            config.write_text("{")
        case "trained biases":
            config.write_text(json.dumps({**json.loads(config.read_text()), "bias": "all"}))


CHANGES = [
    "cut off",
    "no weights",
    "no number",
    "a weight too few",
    "another shape",
    "no JSON",
    "trained biases",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_damaged_one_fails_in_one_line_for_its_requests_alone(
    change: str, tmp_path: Path
) -> None:
    peft_adapter(tmp_path / FIRST, seed=1)
    damaged_by(change, tmp_path / FIRST)
    engine = adapted_engine(tmp_path)
    before = scores_of(engine, [request_about(TEXTS[0])])[0]
    for _ in range(2):
        fault, fine = engine.answer([request_about(TEXTS[0], FIRST), request_about(TEXTS[0])])
        assert isinstance(fault, EngineError)
        assert "The adapter is damaged" in str(fault)
        assert "\n" not in str(fault)
        assert isinstance(fine, Scored)
        assert np.array_equal(fine.loglikelihoods, before)


def test_one_that_is_missing_or_of_another_model_is_refused(tmp_path: Path) -> None:
    peft_adapter(tmp_path / FIRST, seed=1, base="1" * 64)
    engine = adapted_engine(tmp_path)
    asked = [request_about(TEXTS[0], one) for one in (FIRST, SECOND, "../" + FIRST)]
    other, missing, outside = engine.answer(asked)
    assert "another model" in str(other)
    assert "missing" in str(missing)
    assert isinstance(outside, EngineError)


def test_a_text_is_written_after_it_is_scored_under_the_same_adapter(folder: Path) -> None:
    """What scoring read of a text is used in writing, and only under its own adapter."""
    engine: TransformersEngine = adapted_engine(folder)
    prompt = Prompt(BEFORE, TEXTS[1], "\nLabel:")
    requests = [GenerateRequest(prompt, 4, adapter=one) for one in (FIRST, SECOND)]
    alone = [generated_by(engine, [request])[0] for request in requests]
    scored = [request_about(TEXTS[1], one) for one in (SECOND, FIRST)]
    both = [one for one in engine.answer([*scored, *requests]) if isinstance(one, Generation)]
    assert [one.text for one in both] == [one.text for one in alone]
