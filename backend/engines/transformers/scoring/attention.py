"""Attention over packed items: each token sees the shared prefix, its own item, and its ancestors.

On a CPU the three are attended to one after the other (`cascade_attention`). Elsewhere, and where a
model caps its scores or slides a window over the context, keys are laid side by side under one mask
(`masked_attention`). transformers calls either by the name under which it is registered here.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from transformers import AttentionInterface

from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.scoring.cascade_attention import cascade_attention
from backend.engines.transformers.scoring.heads import AttentionHeads
from backend.engines.transformers.scoring.masked_attention import Masks, masked_attention
from backend.engines.transformers.scoring.packing import Packing

NAME = "tandem_packed"
"""The attention's name among those of transformers."""

_UNKNOWN = ("s_aux", "position_bias")
"""What some models add to their scores, and the packed attention does not."""


class UnpackableError(Exception):
    """The model's attention does what the packed one does not."""


@dataclass(eq=False, slots=True)
class ForwardPass:
    """One forward pass over packed items.

    Attributes:
        packing: What is run.
        prefix: Keys and values of the shared prefix; empty where there is none.
        cascades: Whether prefix, items and ancestors are attended to one after the other, where
            the model allows that; else side by side.
        seen: Keys and values of the pass's own tokens, where they are to be kept; else None.
        masks: Masks that layers share.
    """

    packing: Packing
    prefix: KeysValues
    cascades: bool
    seen: KeysValues | None = None
    masks: Masks = field(default_factory=dict)


_current: ContextVar[ForwardPass] = ContextVar("current")


@contextmanager
def packed_attention(model: Any, this: ForwardPass) -> Iterator[None]:
    """Let a model of transformers attend as a pass says, and as before afterwards.

    Args:
        model: The model.
        this: The pass that is run meanwhile.

    Yields:
        Nothing; the model attends so while the block runs.
    """
    token = _current.set(this)
    try:
        with attention_replaced(model, NAME):
            yield
    finally:
        _current.reset(token)


@contextmanager
def attention_replaced(model: Any, name: str) -> Iterator[None]:
    """Let a model of transformers attend by another function, and as before afterwards.

    Args:
        model: The model.
        name: What the function is registered under.

    Yields:
        Nothing; the model attends so while the block runs.
    """
    configs = {id(module.config): module.config for module in model.modules() if _has(module)}
    before = {key: config._attn_implementation for key, config in configs.items()}
    try:
        for config in configs.values():
            config._attn_implementation = name
        yield
    finally:
        for key, config in configs.items():
            config._attn_implementation = before[key]


def require_packable(others: Mapping[str, Any]) -> None:
    """Check what a model hands to its attention beside queries, keys and values.

    Raises:
        UnpackableError: Something of it is added to the scores.
    """
    if any(others.get(name) is not None for name in _UNKNOWN):
        raise UnpackableError("The model adds something to its attention's scores")


def _has(module: Any) -> bool:
    return hasattr(module, "config") and hasattr(module.config, "_attn_implementation")


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    _: Tensor | None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attend, in the form in which transformers calls an attention function.

    Args:
        module: The layer's attention.
        query: Shape (1, heads, flat, head size).
        key: Shape (1, key heads, flat, head size).
        value: As `key`.
        scaling: What scores are multiplied by; None: 1 / sqrt(head size).
        sliding_window: How far back a token sees, itself included; None: everything.
        softcap: The bound that scores are squeezed into; None: none.
        others: What else models hand over.

    Returns:
        Shape (1, flat, heads, head size).

    Raises:
        UnpackableError: The model adds something to its scores.
    """
    require_packable(others)
    this = _current.get()
    heads = AttentionHeads(query[0], key[0], value[0], scaling or query.shape[-1] ** -0.5)
    layer = int(module.layer_idx)
    if this.seen is not None:
        this.seen[layer] = (heads.key.contiguous(), heads.value.contiguous())
    prefix = this.prefix.get(layer)
    window = None if (sliding_window or 0) >= this.packing.longest else sliding_window
    if window is None and softcap is None and this.cascades:
        return cascade_attention(heads, prefix, this.packing)[None], None
    found = masked_attention(
        heads, prefix, this.packing, this.masks, window=window, softcap=softcap
    )
    return found[None], None


AttentionInterface.register(NAME, attend)
