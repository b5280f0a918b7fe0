"""Adapters beside real models: trained where these are packed, served as peft runs them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, PreTrainedConfig

from backend.engines import Engine, Identity, Prompt, Request, bundled
from backend.engines.transformers import TransformersEngine
from backend.learning.learners.lora.examples import SupervisedExample, encode
from backend.learning.learners.lora.learner import scores_of as scored_in_training
from backend.learning.learners.lora.loss import loss_of
from backend.learning.learners.lora.trainee import Trainee, save_adapter
from tests.support.reference_scores import scores_of, unbatched
from tests.support.tiny_models import PACKED, new_tiny_engine

pytestmark = pytest.mark.model

BEFORE = (
    "Read the text and say what it is about. The labels are sport, politics, science.\n\nText: "
)
LABELS = (" sport", " science", " science fiction")
REQUESTS = [
    Request(Prompt(BEFORE, text, "\nLabel:"), LABELS)
    for text in ("They won.", "2+2", "The committee put off its decision until Monday.")
]
BASE, ADAPTER = "0" * 64, "a" * 64


@pytest.fixture(scope="module")
def tokens(engine: Engine) -> TransformersEngine:
    """The engine whose tokenizer all models here have."""
    assert isinstance(engine, TransformersEngine)
    return engine


def trained(trainee: Trainee, folder: Path) -> None:
    """Take two large steps, and save what comes of it."""
    parameters = trainee.begin("a", rank=4, seed=0)
    optimizer = torch.optim.AdamW(parameters, lr=0.02)
    said = (0.0, 1.0, 0.0)
    examples = [SupervisedExample(one.context, one.continuations, said) for one in REQUESTS]
    encoded = encode(trainee.encoder, examples)
    for _ in range(2):
        optimizer.zero_grad()
        with trainee.scores("a", encoded) as scored:
            losses = [loss_of(one.example, own) for one, own in scored]
            torch.autograd.backward(torch.stack(losses).sum())
        optimizer.step()
    folder.mkdir(parents=True)
    save_adapter(folder, trainee.config("a"), trainee.weights("a"), trainee.base)


@pytest.mark.parametrize("config", PACKED.values(), ids=PACKED.keys())
def test_are_trained_and_served_on_every_packed_architecture(
    config: PreTrainedConfig, tokens: TransformersEngine, tmp_path: Path
) -> None:
    engine = new_tiny_engine(config, tokens.tokenizer, adapters=tmp_path)
    before = scores_of(engine, REQUESTS)
    model = new_tiny_engine(config, tokens.tokenizer)._model
    trainee = Trainee(model, tokens.tokenizer, BASE, context_tokens=512, trained_layers=1)
    assert scored_in_training(trainee, None, REQUESTS) == pytest.approx(np.array(before), abs=1e-3)
    trained(trainee, tmp_path / ADAPTER)
    served = scores_of(engine, [Request(r.context, r.continuations, ADAPTER) for r in REQUESTS])
    assert not np.allclose(served, before, atol=0.05)
    in_training = scored_in_training(trainee, "a", REQUESTS)
    assert in_training == pytest.approx(np.array(served), abs=1e-3)


def test_of_the_bundled_model_are_served_as_peft_runs_them(
    tokens: TransformersEngine, tmp_path: Path
) -> None:
    folder = bundled.converted_folder()
    first, second, third = (AutoModelForCausalLM.from_pretrained(folder) for _ in range(3))
    trainee = Trainee(first, tokens.tokenizer, BASE, context_tokens=512, trained_layers=4)
    trained(trainee, tmp_path / ADAPTER)
    identity = Identity("bundled", BASE)
    engine = TransformersEngine(second, tokens.tokenizer, identity, adapters=tmp_path)
    reference = TransformersEngine(
        PeftModel.from_pretrained(third, str(tmp_path / ADAPTER)),
        tokens.tokenizer,
        identity,
        path="plain",
    )
    served = scores_of(engine, [Request(r.context, r.continuations, ADAPTER) for r in REQUESTS])
    for request, scores in zip(REQUESTS, served, strict=True):
        assert scores == pytest.approx(unbatched(reference, request), abs=1e-3)
