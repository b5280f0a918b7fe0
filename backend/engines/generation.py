"""Greedy generation in batches, with the log-probability of every token."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import GenerationConfig, PreTrainedTokenizerBase

from backend.engines.base import Generation


@torch.inference_mode()
def continue_greedily(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    tokens: Tensor,
    real: Tensor,
    max_tokens: int,
    stop: Sequence[str],
) -> list[Generation]:
    """Continue prompts.

    Args:
        model: A causal model of transformers.
        tokenizer: Its tokenizer.
        tokens: The prompts, padded on the left, shape (rows, tokens).
        real: Which tokens are no padding, same shape.
        max_tokens: Tokens after which each text ends at the latest.
        stop: Strings before which a text ends.
    """
    ends = model.generation_config.eos_token_id
    config = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False,
        max_new_tokens=max_tokens,
        eos_token_id=ends,
        pad_token_id=0,
        stop_strings=list(stop) or None,
        return_dict_in_generate=True,
        output_logits=True,
    )
    output = model.generate(
        tokens,
        attention_mask=real,
        generation_config=config,
        tokenizer=tokenizer if stop else None,
    )
    new = output.sequences[:, tokens.shape[1] :]
    logprobs = torch.stack(output.logits, dim=1).float().log_softmax(dim=-1)
    picked = logprobs.gather(2, new[..., None])[..., 0].double().cpu()
    ending = set(ends if isinstance(ends, list) else [ends])
    return [
        _ended(tokenizer, row, values, ending, stop)
        for row, values in zip(new.tolist(), picked, strict=True)
    ]


def _ended(
    tokenizer: PreTrainedTokenizerBase,
    ids: list[int],
    logprobs: Tensor,
    ending: set[int | None],
    stop: Sequence[str],
) -> Generation:
    """Cut what was generated at the end token, then at the first of the stop strings."""
    count = next((place for place, token in enumerate(ids) if token in ending), len(ids))
    whole = _text(tokenizer, ids[:count])
    text = whole[: min((whole.find(string) for string in stop if string in whole), default=None)]
    if len(text) < len(whole):
        count = next(n for n in range(count + 1) if len(_text(tokenizer, ids[:n])) >= len(text))
    return Generation(text, logprobs[:count].numpy())


def _text(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    return str(tokenizer.decode(ids, skip_special_tokens=True))
