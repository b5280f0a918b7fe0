"""A tiny random model with a tokenizer of bytes, adapters for it, and a task that it can learn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from backend.calibration.noisy_labels import NoisyLabels
from backend.engines import Identity, Prompt, Request
from backend.engines.adapter_folder import write_base
from backend.engines.transformers import TransformersEngine
from backend.learning.learners.lora.trainee import Trainee
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats

BASE = "0" * 64
"""The tiny model's digest."""

VALUES = ("sport", "science")
LABELS = tuple(f" {value}" for value in VALUES)
BEFORE = "Say what it is about, sport or science.\n\nText: "


def byte_tokenizer() -> PreTrainedTokenizerBase:
    """Return a tokenizer whose tokens are bytes."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<s>": 0, "</s>": 1, **{one: n + 2 for n, one in enumerate(alphabet)}}
    tokenizer = Tokenizer(BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )


def tiny_llama() -> Any:
    """Make a Llama of four layers with random weights, always the same."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=258,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    model: Any = LlamaForCausalLM(config)
    model.eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.15)
    return model


def write_tiny_llama(folder: Path) -> Path:
    """Write the tiny model and its tokenizer, as `model.name` may name them; gives the folder."""
    tiny_llama().save_pretrained(str(folder))
    byte_tokenizer().save_pretrained(str(folder))
    return folder


def peft_adapter(folder: Path, seed: int, base: str = BASE, rank: int = 4) -> None:
    """Write an adapter with random weights as peft does.

    Args:
        folder: Where it is written.
        seed: Of its weights.
        base: The digest of the model that it says it belongs to.
        rank: Its rank.
    """
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear")
    adapted = get_peft_model(tiny_llama(), config)
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_" in name:
                weight.normal_(std=0.2)
    folder.mkdir(parents=True)
    adapted.save_pretrained(str(folder))
    write_base(folder, base)


def adapted_engine(
    folder: Path, dtype: torch.dtype = torch.float32, **options: Any
) -> TransformersEngine:
    """Make an engine of the tiny model that finds adapters in a folder.

    Args:
        folder: Where they lie.
        dtype: The model's number format.
        options: What else the engine is told.

    Returns:
        The engine.
    """
    options = {"batch_tokens": 400, "context_tokens": 300, **options}
    return TransformersEngine(
        tiny_llama().to(dtype), byte_tokenizer(), Identity("tiny", BASE), adapters=folder, **options
    )


def trainee(**options: Any) -> Trainee:
    """Make the tiny model ready to train adapters on, in its upper two layers."""
    options = {"context_tokens": 300, "trained_layers": 2, **options}
    return Trainee(tiny_llama(), byte_tokenizer(), BASE, **options)


def request_about(text: str, adapter: str | None = None) -> Request:
    """Ask whether a text is about sport or science."""
    return Request(Prompt(BEFORE, text, "\nLabel:"), LABELS, adapter)


def toy_material(
    count: int, seed: int = 0, trust: Floats | None = None, answers: Sequence[int] | None = None
) -> Material:
    """Make answers to texts whose label a word gives away.

    Args:
        count: How many.
        seed: Of the texts.
        trust: The probability that each answer is right; None: 1.
        answers: Other answers than the true ones, as indices; None: the true ones.

    Returns:
        What a learner is given; nothing is known of the texts beforehand.
    """
    random = np.random.default_rng(seed)
    truth = random.permutation(np.arange(count) % 2)
    words = (("ball", "goal", "team"), ("atom", "gene", "star"))
    texts = tuple(f"{random.choice(words[label])} {random.integers(100)}" for label in truth)
    even = np.full((count, 2), np.log(0.5))
    known = Texts(texts, even, requests=tuple(map(request_about, texts)))
    said = truth if answers is None else np.array(answers)
    return Material(
        VALUES, known, NoisyLabels(even, said, np.ones(count) if trust is None else trust)
    )
