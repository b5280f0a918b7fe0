"""What is cut out of a model leaves a plain model, which says the same where nothing was lost."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from backend.compression.compress import Cut, choose_kept, cut_out
from backend.compression.importance import layer_importance, width_importance
from backend.compression.pruning import Kept
from backend.engines.base import Prompt
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.encoding.encoder import PromptEncoder
from labeling.errors import EngineError, SettingsError
from tests.support.small_models import LAYERS, TEXTS, logits_of, small_model, small_tokenizer

GATED = ("llama", "qwen2", "qwen3", "mistral", "gemma2")


@pytest.fixture(scope="module")
def prompts() -> list[EncodedPrompt]:
    encoder = PromptEncoder(small_tokenizer(), 256)
    asked = [Prompt("Text: ", text, "\nColour:") for text in TEXTS[:6]]
    return [encoder.encode(one, [" red", " blue", " light blue"]) for one in asked]


def cut(model: Any, kept: Kept, folder: Path) -> Any:
    cut_out(model, small_tokenizer(), kept, folder)
    found: Any = AutoModelForCausalLM.from_pretrained(folder)
    return found.eval()


def silence(weight: torch.Tensor, columns: slice | list[int] = slice(None)) -> None:
    with torch.no_grad():
        weight[:, columns] = 0.0


@pytest.mark.parametrize("kind", [*GATED, "gpt2"])
def test_layers_are_cut_out_of_any_architecture(
    kind: str, prompts: list[EncodedPrompt], tmp_path: Path
) -> None:
    model = small_model(kind)
    smaller = cut(model, choose_kept(model, prompts, Cut(layers=2)), tmp_path)
    assert smaller.config.num_hidden_layers == 2
    assert torch.isfinite(logits_of(smaller)).all()
    assert not list(tmp_path.glob("*.bin"))
    assert list(tmp_path.glob("*.safetensors"))


@pytest.mark.parametrize("kind", GATED[:4])
@pytest.mark.parametrize("idle", range(LAYERS))
def test_a_layer_that_changes_nothing_is_found_and_not_missed(
    kind: str, idle: int, prompts: list[EncodedPrompt], tmp_path: Path
) -> None:
    model = small_model(kind)
    silence(model.model.layers[idle].self_attn.o_proj.weight)
    silence(model.model.layers[idle].mlp.down_proj.weight)

    importance = layer_importance(model, prompts)
    smaller = cut(model, choose_kept(model, prompts, Cut(layers=LAYERS - 1)), tmp_path)

    assert importance.argmin() == idle
    assert importance[idle] == pytest.approx(0, abs=1e-5)
    assert torch.allclose(logits_of(smaller), logits_of(model), atol=1e-5)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "qwen3", "mistral"])
def test_heads_and_channels_that_change_nothing_are_found_and_not_missed(
    kind: str, prompts: list[EncodedPrompt], tmp_path: Path
) -> None:
    model = small_model(kind)
    for number, layer in enumerate(model.model.layers):
        for head in (number % 2, 2 + (number + 1) % 2):
            silence(layer.self_attn.o_proj.weight, slice(8 * head, 8 * head + 8))
        silence(layer.mlp.down_proj.weight, list(range(number % 2, 48, 2)))

    smaller = cut(model, choose_kept(model, prompts, Cut(width=0.5)), tmp_path)

    assert smaller.config.num_attention_heads == 2
    assert smaller.config.num_key_value_heads == 2
    assert smaller.config.head_dim == 8
    assert smaller.config.intermediate_size == 24
    assert torch.allclose(logits_of(smaller), logits_of(model), atol=1e-5)


def test_heads_with_keys_and_values_of_their_own_go_with_them(
    prompts: list[EncodedPrompt], tmp_path: Path
) -> None:
    model = small_model("llama", num_key_value_heads=4)
    for layer in model.model.layers:
        silence(layer.self_attn.o_proj.weight, slice(8, 24))
        silence(layer.mlp.down_proj.weight, slice(12, 36))

    smaller = cut(model, choose_kept(model, prompts, Cut(width=0.5)), tmp_path)

    assert smaller.config.num_key_value_heads == smaller.config.num_attention_heads == 2
    assert torch.allclose(logits_of(smaller), logits_of(model), atol=1e-5)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.6, 0.9])
@pytest.mark.parametrize(("queries", "key_values"), [(4, 1), (4, 2), (8, 2), (8, 8)])
def test_as_many_query_heads_read_each_key_whatever_the_share(
    share: float, queries: int, key_values: int, prompts: list[EncodedPrompt], tmp_path: Path
) -> None:
    model = small_model("llama", num_attention_heads=queries, num_key_value_heads=key_values)
    smaller = cut(model, choose_kept(model, prompts, Cut(width=share)), tmp_path)
    config = smaller.config
    assert config.num_attention_heads % config.num_key_value_heads == 0
    assert torch.isfinite(logits_of(smaller)).all()


def test_layers_and_width_are_cut_at_once(prompts: list[EncodedPrompt], tmp_path: Path) -> None:
    model = small_model("qwen2")
    smaller = cut(model, choose_kept(model, prompts, Cut(layers=3, width=0.5)), tmp_path)
    assert (smaller.config.num_hidden_layers, smaller.config.intermediate_size) == (3, 24)
    assert sum(w.numel() for w in smaller.parameters()) < sum(w.numel() for w in model.parameters())


def test_what_is_said_of_each_layer_is_kept_of_those_that_stay(tmp_path: Path) -> None:
    kinds = ["sliding_attention", "full_attention", "full_attention", "sliding_attention"]
    model = small_model("gemma2", layer_types=kinds, sliding_window=16)
    smaller = cut(model, Kept((1, 3)), tmp_path)
    assert smaller.config.layer_types == ["full_attention", "sliding_attention"]


def test_importance_is_of_every_part_and_leaves_the_model_as_it_was(
    prompts: list[EncodedPrompt],
) -> None:
    model = small_model()
    before = logits_of(model)
    importance = width_importance(model, prompts)
    assert importance.heads.shape == (LAYERS, 4)
    assert importance.channels.shape == (LAYERS, 48)
    assert (importance.heads > 0).all()
    assert torch.equal(logits_of(model), before)
    assert all(weight.grad is None for weight in model.parameters())


def test_an_architecture_whose_heads_lie_otherwise_is_refused(
    prompts: list[EncodedPrompt],
) -> None:
    with pytest.raises(EngineError, match="gpt2 cannot be cut out"):
        choose_kept(small_model("gpt2"), prompts, Cut(width=0.5))


def test_more_layers_than_there_are_cannot_be_kept(prompts: list[EncodedPrompt]) -> None:
    with pytest.raises(SettingsError, match="has 4 layers"):
        choose_kept(small_model(), prompts, Cut(layers=4))
