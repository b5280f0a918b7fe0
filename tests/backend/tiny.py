"""Real causal models of several architectures, with few and random weights."""

from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    GPT2Config,
    LlamaConfig,
    MistralConfig,
    OPTConfig,
    PreTrainedConfig,
    PreTrainedTokenizerBase,
)

from backend.engines import Identity
from backend.engines.transformers import TransformersEngine

_SIZE: dict[str, Any] = {
    "vocab_size": 49152,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 512,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}
_GATED: dict[str, Any] = {**_SIZE, "intermediate_size": 64, "num_key_value_heads": 2, "head_dim": 8}

CONFIGS: dict[str, PreTrainedConfig] = {
    "llama": LlamaConfig(**_GATED),
    "gpt2, learned positions": GPT2Config(
        vocab_size=49152, n_embd=32, n_layer=2, n_head=4, n_positions=512
    ),
    "opt, offset positions": OPTConfig(**_SIZE, ffn_dim=64, word_embed_proj_dim=32),
    "mistral, sliding window": MistralConfig(**_GATED, sliding_window=24),
    "gemma2, capped logits": Gemma2Config(**_GATED, sliding_window=24, final_logit_softcapping=5.0),
}


def tiny_engine(config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> TransformersEngine:
    """Make an engine with random weights, large enough that every token matters."""
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
        config, dtype=torch.float32
    ).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.3)
    return TransformersEngine(model, tokenizer, Identity("tiny", "0" * 64), batch_tokens=400)
