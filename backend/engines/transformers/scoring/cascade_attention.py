"""Attention part by part: prefix, item and ancestors one after the other, mostly without a mask.

The parts are put together by their log-sum-exp, as cascade inference does (Juravsky et al.,
"Hydragen", 2024; Ye et al., "Cascade Inference", 2024).
"""

from typing import Any

import torch
from torch import Tensor

from backend.engines.transformers.scoring.heads import AttentionHeads, items_of, nodes_of
from backend.engines.transformers.scoring.packing import PackedBlock, Packing


def supports_cascade(device: torch.device) -> bool:
    """Return whether torch hands out the log-sum-exp of its attention on a device."""
    return device.type == "cpu"


def cascade_attention(
    heads: AttentionHeads, prefix: tuple[Tensor, Tensor] | None, packing: Packing
) -> Tensor:
    """Attend to prefix, item and ancestors one after the other.

    Args:
        heads: Queries, keys and values of the flat tokens.
        prefix: Keys and values of the shared prefix, each (key heads, tokens, head size).
        packing: What lies where.

    Returns:
        Shape (flat, heads, head size).
    """
    query = heads.query
    count, flat, size = query.shape
    output = query.new_empty(flat, count, size)
    total = query.new_empty(flat, count, dtype=torch.float32)
    for block in packing.blocks:
        items = (block.count, block.length)
        own = (items_of(x, block) for x in (query, heads.key, heads.value))
        found, weight = _flash(heads.scaling, *own, is_causal=True)
        output[block.span].view(*items, count, size).copy_(found.transpose(1, 2))
        total[block.span].view(*items, count).copy_(weight.transpose(1, 2))
        if block.nodes:
            _attend_nodes(heads, block, output, total)
    if prefix is not None:
        found, weight = _to_prefix(heads, *prefix)
        output.lerp_(found, (weight - total).sigmoid_()[..., None].to(output.dtype))
    return output


def _to_prefix(heads: AttentionHeads, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    """Attend from all flat tokens to the prefix; those that share a key's head are one sequence."""
    count, flat, size = heads.query.shape
    together = heads.query.reshape(1, len(key), heads.groups * flat, size)
    found, weight = _flash(heads.scaling, together, key[None], value[None])
    return (
        found.reshape(count, flat, size).transpose(0, 1),
        weight.reshape(count, flat).transpose(0, 1),
    )


def _attend_nodes(heads: AttentionHeads, block: PackedBlock, output: Tensor, total: Tensor) -> None:
    """Attend from a block's nodes to their items and ancestors."""
    nodes = (block.count, block.nodes)
    query = nodes_of(heads.query, block)
    key, value = (items_of(x, block) for x in (heads.key, heads.value))
    found, weight = _flash(heads.scaling, query, key, value)
    above, above_weight = _to_ancestors(heads, block)
    share = (above_weight - weight).sigmoid()[..., None].to(found.dtype)
    mixed = torch.lerp(found, above, share).transpose(1, 2)
    output[block.nodes_span].view(*nodes, *output.shape[1:]).copy_(mixed)
    both = torch.logaddexp(weight, above_weight).transpose(1, 2)
    total[block.nodes_span].view(*nodes, -1).copy_(both)


def _to_ancestors(heads: AttentionHeads, block: PackedBlock) -> tuple[Tensor, Tensor]:
    """Attend from every node to its ancestors, itself included.

    Few ancestors are gathered; of many, which would be copied over and over, all pairs are scored.

    Returns:
        Shapes (items, heads, nodes, head size) and (items, heads, nodes).
    """
    query = nodes_of(heads.query, block)
    key, value = (nodes_of(x, block) for x in (heads.key, heads.value))
    if block.ancestor_bias is not None:
        return _flash(
            heads.scaling, query, key, value, attn_mask=block.ancestor_bias.to(query.dtype)
        )
    key, value = (x[:, :, block.ancestors] for x in (key, value))
    query = query.reshape(block.count, len(heads.key), heads.groups, block.nodes, -1)
    scores = (query[..., None, :] * key[:, :, None]).sum(-1).float() * heads.scaling
    scores = scores.masked_fill(~block.is_ancestor, -torch.inf)
    weight = scores.logsumexp(-1)
    shares = (scores - weight[..., None]).exp().to(value.dtype)
    found = (shares[..., None] * value[:, :, None]).sum(-2)
    return found.flatten(1, 2), weight.flatten(1, 2)


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
