"""Attention over packed items: each token sees the shared prefix, its own item, and its ancestors.

On a CPU the three are attended to one after the other, mostly without a mask, and put together by
their log-sum-exp, as cascade inference does (Juravsky et al., "Hydragen", 2024; Ye et al.,
"Cascade Inference", 2024). Elsewhere, and where a model caps its scores or slides a window over the
context, keys are laid side by side under one mask.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.scoring.packing import Block, Packing

NAME = "tandem_packed"
"""The attention's name among those of transformers."""

_UNKNOWN = ("s_aux", "position_bias")
"""What some models add to their scores, and the packed attention does not."""


class Unpackable(Exception):
    """The model's attention does what the packed one does not."""


@dataclass(eq=False, slots=True)
class Pass:
    """One forward pass over packed items.

    Attributes:
        packing: What is run.
        prefix: Keys and values of the shared prefix; empty where there is none.
        seen: Keys and values of the pass's own tokens, where they are to be kept; else None.
        masks: By block and window, which of all keys a block's tokens may see.
    """

    packing: Packing
    prefix: KeysValues
    seen: KeysValues | None = None
    masks: dict[tuple[int, int | None], Tensor] = field(default_factory=dict)


_present: ContextVar[Pass] = ContextVar("pass")


@contextmanager
def running(model: Any, this: Pass) -> Iterator[None]:
    """Let a model of transformers attend as the pass says, and as before afterwards."""
    configs = {id(module.config): module.config for module in model.modules() if _has(module)}
    before = {key: config._attn_implementation for key, config in configs.items()}
    token = _present.set(this)
    try:
        for config in configs.values():
            config._attn_implementation = NAME
        yield
    finally:
        for key, config in configs.items():
            config._attn_implementation = before[key]
        _present.reset(token)


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
        Unpackable: The model adds something to its scores.
    """
    if any(others.get(name) is not None for name in _UNKNOWN):
        raise Unpackable("The model adds something to its attention's scores")
    this = _present.get()
    heads = Heads(query[0], key[0], value[0], scaling or query.shape[-1] ** -0.5)
    layer = int(module.layer_idx)
    if this.seen is not None:
        this.seen[layer] = (heads.key.contiguous(), heads.value.contiguous())
    prefix = this.prefix.get(layer)
    window = None if (sliding_window or 0) >= this.packing.longest else sliding_window
    if window is None and softcap is None and cascades(query.device):
        return cascade(heads, prefix, this.packing)[None], None
    return side_by_side(heads, prefix, this, window, softcap)[None], None


AttentionInterface.register(NAME, attend)


def cascades(device: torch.device) -> bool:
    """Tell whether torch hands out the log-sum-exp of its attention on a device."""
    return device.type == "cpu"


@dataclass(frozen=True, eq=False, slots=True)
class Heads:
    """A layer's queries, keys and values of the flat tokens, each (heads, flat, head size).

    Attributes:
        query: With `groups` times as many heads as `key`.
        key: Keys.
        value: Values.
        scaling: What scores are multiplied by.
    """

    query: Tensor
    key: Tensor
    value: Tensor
    scaling: float

    @property
    def groups(self) -> int:
        """Queries' heads that share one of the keys'."""
        return len(self.query) // len(self.key)


def cascade(heads: Heads, prefix: tuple[Tensor, Tensor] | None, packing: Packing) -> Tensor:
    """Attend to prefix, item and ancestors one after the other; shape (flat, heads, head size)."""
    query = heads.query
    count, flat, size = query.shape
    output = query.new_empty(flat, count, size)
    total = query.new_empty(flat, count, dtype=torch.float32)
    for block in packing.blocks:
        items = (block.count, block.length)
        own = (_rectangle(x, block.span, *items) for x in (query, heads.key, heads.value))
        found, weight = _flash(heads.scaling, *own, is_causal=True)
        output[block.span].view(*items, count, size).copy_(found.transpose(1, 2))
        total[block.span].view(*items, count).copy_(weight.transpose(1, 2))
        if block.nodes:
            _attend_nodes(heads, block, output, total)
    if prefix is not None:
        found, weight = _to_prefix(heads, *prefix)
        output.lerp_(found, (weight - total).sigmoid_()[..., None].to(output.dtype))
    return output


def _to_prefix(heads: Heads, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    """Attend from all flat tokens to the prefix; those that share a key's head are one sequence."""
    count, flat, size = heads.query.shape
    together = heads.query.reshape(1, len(key), heads.groups * flat, size)
    found, weight = _flash(heads.scaling, together, key[None], value[None])
    return (
        found.reshape(count, flat, size).transpose(0, 1),
        weight.reshape(count, flat).transpose(0, 1),
    )


def _attend_nodes(heads: Heads, block: Block, output: Tensor, total: Tensor) -> None:
    """Attend from a block's nodes to their items and ancestors."""
    nodes = (block.count, block.nodes)
    query = _rectangle(heads.query, block.nodes_span, *nodes)
    key, value = (
        _rectangle(x, block.span, block.count, block.length) for x in (heads.key, heads.value)
    )
    found, weight = _flash(heads.scaling, query, key, value)
    above, above_weight = _to_ancestors(heads, block)
    share = (above_weight - weight).sigmoid()[..., None].to(found.dtype)
    mixed = torch.lerp(found, above, share).transpose(1, 2)
    output[block.nodes_span].view(*nodes, *output.shape[1:]).copy_(mixed)
    both = torch.logaddexp(weight, above_weight).transpose(1, 2)
    total[block.nodes_span].view(*nodes, -1).copy_(both)


def _to_ancestors(heads: Heads, block: Block) -> tuple[Tensor, Tensor]:
    """Attend from every node to its ancestors, itself included.

    Few ancestors are gathered; of many, which would be copied over and over, all pairs are scored.

    Returns:
        Shapes (items, heads, nodes, head size) and (items, heads, nodes).
    """
    nodes = (block.count, block.nodes)
    query = _rectangle(heads.query, block.nodes_span, *nodes)
    key, value = (_rectangle(x, block.nodes_span, *nodes) for x in (heads.key, heads.value))
    if block.kinship is not None:
        return _flash(heads.scaling, query, key, value, attn_mask=block.kinship.to(query.dtype))
    key, value = (x[:, :, block.ancestors] for x in (key, value))
    query = query.reshape(block.count, len(heads.key), heads.groups, block.nodes, -1)
    scores = (query[..., None, :] * key[:, :, None]).sum(-1).float() * heads.scaling
    scores = scores.masked_fill(~block.is_ancestor, -torch.inf)
    weight = scores.logsumexp(-1)
    shares = (scores - weight[..., None]).exp().to(value.dtype)
    found = (shares[..., None] * value[:, :, None]).sum(-2)
    return found.flatten(1, 2), weight.flatten(1, 2)


def _rectangle(flat: Tensor, span: slice, items: int, length: int) -> Tensor:
    """Give a span of the flat tokens as (items, heads, length, head size), without a copy."""
    return flat[:, span].view(len(flat), items, length, -1).transpose(0, 1)


def _flash(
    scaling: float, query: Tensor, key: Tensor, value: Tensor, **masked: Any
) -> tuple[Tensor, Tensor]:
    """Attend; give also the log of what the scores' exponentials sum to.

    The operator is what `scaled_dot_product_attention` runs on a CPU, and does not hand out.
    """
    groups = query.shape[1] // key.shape[1]
    if groups > 1:
        key, value = (x.repeat_interleave(groups, dim=1) for x in (key, value))
    found: tuple[Tensor, Tensor] = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        query, key, value, scale=scaling, **masked
    )
    return found


def side_by_side(
    heads: Heads,
    prefix: tuple[Tensor, Tensor] | None,
    this: Pass,
    window: int | None,
    softcap: float | None,
) -> Tensor:
    """Attend under one mask, block by block; shape (flat, heads, head size)."""
    query = heads.query
    output = query.new_empty(query.shape[1], query.shape[0], query.shape[2])
    for number, block in enumerate(this.packing.blocks):
        own = [_of_block(x, block) for x in (query, heads.key, heads.value)]
        keys, values = own[1], own[2]
        if prefix is not None:
            keys, values = (
                torch.cat([shared.expand(block.count, -1, -1, -1), x], dim=2)
                for shared, x in zip(prefix, (keys, values), strict=True)
            )
        keys, values = (x.repeat_interleave(heads.groups, dim=1) for x in (keys, values))
        if (number, window) not in this.masks:
            this.masks[number, window] = _mask(block, this.packing.prefix, window)
        mask = this.masks[number, window]
        if softcap is None:
            found = scaled_dot_product_attention(
                own[0], keys, values, attn_mask=mask, scale=heads.scaling
            )
        else:
            found = _capped(own[0], keys, values, mask, heads.scaling, softcap)
        found = found.transpose(1, 2)
        output[block.span] = found[:, : block.length].flatten(0, 1)
        output[block.nodes_span] = found[:, block.length :].flatten(0, 1)
    return output


def _of_block(flat: Tensor, block: Block) -> Tensor:
    """Give a block's items with their nodes behind them: (items, heads, tokens, head size)."""
    items = _rectangle(flat, block.span, block.count, block.length)
    if not block.nodes:
        return items
    nodes = _rectangle(flat, block.nodes_span, block.count, block.nodes)
    return torch.cat([items, nodes], dim=2)


def _mask(block: Block, prefix: int, window: int | None) -> Tensor:
    """Tell which keys (prefix, item, nodes) the item's tokens and its nodes may see."""
    device = block.ancestors.device
    depth = torch.from_numpy(block.trie.depth).to(device)
    own = torch.cat([torch.arange(block.length, device=device), block.length - 1 + depth])
    size = len(own)
    sees = torch.ones(size, prefix + size, dtype=torch.bool, device=device)
    sees[: block.length, prefix:] = own[: block.length, None] >= own
    sees[: block.length, prefix + block.length :] = False
    family = sees[block.length :, prefix + block.length :].fill_(value=False)
    places = torch.arange(block.nodes, device=device)[:, None].expand_as(block.ancestors)
    family[places[block.is_ancestor], block.ancestors[block.is_ancestor]] = True
    if window is not None:
        positions = torch.cat([torch.arange(prefix, device=device), prefix + own])
        sees &= (prefix + own)[:, None] - positions < window
    return sees


def _capped(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scaling: float, cap: float
) -> Tensor:
    """Attend with scores squeezed into (-cap, cap), as Gemma 2 does (Gemma Team, 2024)."""
    scores = cap * ((query @ key.transpose(2, 3)) * scaling / cap).tanh()
    scores = scores.masked_fill(~mask, -torch.inf).float().softmax(dim=-1)
    return scores.to(value.dtype) @ value
