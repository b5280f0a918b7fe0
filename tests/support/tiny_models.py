"""Real causal models of many architectures, with few and random weights."""

from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    PreTrainedConfig,
    PreTrainedTokenizerBase,
)

from backend.engines import Identity
from backend.engines.transformers import TransformersEngine

CONTEXT = 2048
"""Tokens that the small models read."""

WINDOW = 24
"""Tokens that a sliding window holds: fewer than any of the tests' prompts."""

_SIZE: dict[str, Any] = {
    "vocab_size": 49152,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": CONTEXT,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
}
_GATED: dict[str, Any] = {**_SIZE, "intermediate_size": 64, "num_key_value_heads": 2, "head_dim": 8}
_EXPERTS: dict[str, Any] = {**_GATED, "num_experts_per_tok": 2}
_GEMMA: dict[str, Any] = {**_GATED, "sliding_window": WINDOW, "query_pre_attn_scalar": 8}

_GPT: dict[str, Any] = {
    "vocab_size": 49152,
    "n_embd": 32,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": CONTEXT,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


def _config(kind: str, **values: Any) -> PreTrainedConfig:
    config: PreTrainedConfig = AutoConfig.for_model(kind, **values)
    return config


PACKED: dict[str, PreTrainedConfig] = {
    "llama": _config("llama", **_GATED),
    "qwen2": _config("qwen2", **_GATED),
    "qwen3": _config("qwen3", **_GATED),
    "gemma2, capped and sliding": _config(
        "gemma2", **_GEMMA, attn_logit_softcapping=2.0, final_logit_softcapping=5.0
    ),
    "gemma3, sliding and full": _config(
        "gemma3_text", **_GEMMA, layer_types=["sliding_attention", "full_attention"]
    ),
    "mistral, sliding": _config("mistral", **_GATED, sliding_window=WINDOW),
    "phi": _config("phi", **{**_SIZE, "intermediate_size": 64}),
    "phi3, sliding": _config("phi3", **_GATED, sliding_window=WINDOW),
    "gpt2, learned positions": _config("gpt2", **_GPT),
    "gptj": _config("gptj", **_GPT, rotary_dim=4),
    "gpt_neox": _config("gpt_neox", **{**_SIZE, "intermediate_size": 64}),
    "opt, offset positions": _config("opt", **_SIZE, ffn_dim=64, word_embed_proj_dim=32),
    "mixtral, experts": _config("mixtral", **_EXPERTS, num_local_experts=4),
    "qwen2_moe, experts": _config(
        "qwen2_moe",
        **_EXPERTS,
        num_experts=4,
        moe_intermediate_size=32,
        shared_expert_intermediate_size=32,
    ),
    "olmo2": _config("olmo2", **_GATED),
}
"""Architectures that run on the fast path, one configuration each."""

PLAIN: dict[str, PreTrainedConfig] = {
    "falcon, ALiBi": _config("falcon", **_SIZE, alibi=True, new_decoder_architecture=False),
    "falcon, rotary": _config("falcon", **_SIZE, alibi=False, new_decoder_architecture=False),
    "mpt, ALiBi": _config(
        "mpt", vocab_size=49152, d_model=32, n_heads=4, n_layers=2, max_seq_len=CONTEXT
    ),
    "bloom, ALiBi": _config("bloom", vocab_size=49152, hidden_size=32, n_layer=2, n_head=4),
    "gpt_oss, attention sinks": _config(
        "gpt_oss",
        **_EXPERTS,
        num_local_experts=4,
        sliding_window=WINDOW,
        layer_types=["sliding_attention", "full_attention"],
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
    ),
    "mamba, no attention": _config(
        "mamba", vocab_size=49152, hidden_size=32, num_hidden_layers=2, state_size=4
    ),
}
"""Architectures that run on the plain path."""


KEPT_ENGINES = 4
"""Engines that are kept: tests ask for the same ones in a row."""

_kept: dict[tuple[object, ...], TransformersEngine] = {}


def tiny_engine(
    config: PreTrainedConfig,
    tokenizer: PreTrainedTokenizerBase,
    dtype: torch.dtype = torch.float32,
    **options: Any,
) -> TransformersEngine:
    """Return an engine as `new_tiny_engine` makes it, the one that was asked for before if any."""
    key = (id(config), id(tokenizer), dtype, *sorted(options.items()))
    engine = _kept.pop(key, None) or new_tiny_engine(config, tokenizer, dtype, **options)
    _kept[key] = engine
    if len(_kept) > KEPT_ENGINES:
        del _kept[next(iter(_kept))]
    return engine


def new_tiny_engine(
    config: PreTrainedConfig,
    tokenizer: PreTrainedTokenizerBase,
    dtype: torch.dtype = torch.float32,
    **options: Any,
) -> TransformersEngine:
    """Make an engine with random weights, large enough that every token matters."""
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
        config, dtype=torch.float32
    ).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.3)
    model = model.to(dtype)
    options = {"batch_tokens": 400, "context_tokens": 512, **options}
    return TransformersEngine(model, tokenizer, Identity("tiny", "0" * 64), **options)
