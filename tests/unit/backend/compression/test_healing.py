"""A pruned model comes nearer to the original, and labels are scored as the engine scores them."""

import numpy as np
import pytest

from backend.compression.compress import Cut, choose_kept, cut_out
from backend.compression.healing import heal
from backend.compression.label_scores import label_log_probabilities
from backend.engines import Identity, Prompt, Request, Scored
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.encoding.encoder import PromptEncoder
from labeling.errors import EngineError
from labeling.mathtypes import Floats
from tests.support.small_models import TEXTS, small_model, small_tokenizer

LABELS = (" red", " blue", " light blue", " light", " reddish")
REQUESTS = [Request(Prompt("Text: ", text, "\nColour:"), LABELS) for text in TEXTS[:24]]


@pytest.fixture(scope="module")
def prompts() -> list[EncodedPrompt]:
    encoder = PromptEncoder(small_tokenizer(), 256)
    return [encoder.encode(one.context, one.continuations) for one in REQUESTS]


@pytest.fixture(scope="module")
def said() -> Floats:
    engine = TransformersEngine(small_model(), small_tokenizer(), Identity("small", "0" * 64))
    return np.array(
        [one.loglikelihoods for one in engine.loglikelihood(REQUESTS) if isinstance(one, Scored)]
    )


def test_labels_have_the_scores_that_the_engine_gives(
    prompts: list[EncodedPrompt], said: Floats
) -> None:
    model = small_model()
    found = [label_log_probabilities(model, one).detach().numpy() for one in prompts]
    assert np.array(found) == pytest.approx(said, abs=1e-3)
    some = label_log_probabilities(model, prompts[0], [3, 1]).detach().numpy()
    assert some == pytest.approx(said[0, [3, 1]], abs=1e-3)


def test_healing_brings_a_pruned_model_nearer_on_texts_that_it_did_not_learn_from(
    prompts: list[EncodedPrompt], said: Floats, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from transformers import AutoModelForCausalLM

    model, folder = small_model(), tmp_path_factory.mktemp("pruned")
    cut_out(model, small_tokenizer(), choose_kept(model, prompts, Cut(layers=2)), folder)
    pruned = AutoModelForCausalLM.from_pretrained(folder)

    healed_model, healed = heal(pruned, prompts, said, passes=8)

    assert healed.after < 0.5 * healed.before
    assert healed.texts == 21
    assert not any("lora" in name for name, _ in healed_model.named_modules())
    target = said - np.logaddexp.reduce(said, axis=1, keepdims=True)
    found = np.array([label_log_probabilities(healed_model, p).detach().numpy() for p in prompts])
    found -= np.logaddexp.reduce(found, axis=1, keepdims=True)
    divergence = (np.exp(target) * (target - found)).sum(axis=1).mean()
    assert divergence < healed.before


def test_a_model_that_says_the_same_already_is_left_as_it_was(
    prompts: list[EncodedPrompt], said: Floats
) -> None:
    _, healed = heal(small_model(), prompts, said, passes=1)
    assert healed.before == pytest.approx(0, abs=1e-5)
    assert healed.after <= healed.before


def test_time_that_is_over_ends_it(prompts: list[EncodedPrompt], said: Floats) -> None:
    times = iter(range(100))
    _, healed = heal(
        small_model(), prompts, said, passes=50, seconds=4, clock=lambda: float(next(times))
    )
    assert healed.passes < 5


def test_quantized_weights_are_never_merged_into(
    prompts: list[EncodedPrompt], said: Floats
) -> None:
    model = small_model()
    model.is_quantized = True
    with pytest.raises(EngineError, match="quantized model cannot be healed"):
        heal(model, prompts, said)
