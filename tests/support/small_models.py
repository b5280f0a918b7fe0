"""Causal models with few and random weights, and a tokenizer of their own, to be made smaller."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

LAYERS = 4

TEXTS = tuple(f"{word} number {number}" for number in range(40) for word in ("red", "blue"))

_GATED: dict[str, Any] = {
    "vocab_size": 320,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 0,
}
_GPT = {"vocab_size": 320, "n_embd": 32, "n_layer": LAYERS, "n_head": 4, "n_positions": 256}


@lru_cache(maxsize=1)
def small_tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer of bytes and some pairs of them."""
    found = Tokenizer(models.BPE())
    found.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.decoder = decoders.ByteLevel()
    found.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(
            vocab_size=320,
            special_tokens=["<s>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=found, bos_token="<s>", eos_token="<s>"
    )


def small_model(kind: str = "llama", **values: Any) -> Any:
    """Make a model whose layers all move what they are given.

    Args:
        kind: Its architecture, as transformers calls it.
        values: What its configuration has otherwise.
    """
    torch.manual_seed(0)
    size = _GPT if kind == "gpt2" else _GATED
    config = AutoConfig.for_model(kind, **{**size, **values})
    model: Any = AutoModelForCausalLM.from_config(config, dtype=torch.float32)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.2)
    return model.eval()


def logits_of(model: Any, length: int = 20) -> torch.Tensor:
    """Return what a model predicts behind each of some tokens."""
    tokens = (torch.arange(length) * 7 % 300)[None]
    with torch.no_grad():
        found: torch.Tensor = model(input_ids=tokens).logits
    return found


def write_model(model: Any, folder: Path) -> Path:
    """Write a model and its tokenizer as transformers loads them."""
    model.save_pretrained(folder)
    small_tokenizer().save_pretrained(folder)
    return folder
