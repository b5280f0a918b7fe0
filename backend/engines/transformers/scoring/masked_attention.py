"""Attention under one mask: the keys of prefix, item and ancestors laid side by side."""

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from backend.engines.transformers.scoring.heads import AttentionHeads, items_of, nodes_of
from backend.engines.transformers.scoring.packing import PackedBlock, Packing

Masks = dict[tuple[int, int | None], Tensor]
"""By block and window, which of all keys a block's tokens may see: shape (tokens, keys)."""


def masked_attention(
    heads: AttentionHeads,
    prefix: tuple[Tensor, Tensor] | None,
    packing: Packing,
    masks: Masks,
    *,
    window: int | None,
    softcap: float | None,
) -> Tensor:
    """Attend under one mask, block by block.

    Args:
        heads: Queries, keys and values of the flat tokens.
        prefix: Keys and values of the shared prefix, each (key heads, tokens, head size).
        packing: What lies where.
        masks: Those that other layers of the pass have made; new ones are added.
        window: How far back a token sees, in tokens, itself included; None: everything.
        softcap: The bound that scores are squeezed into; None: none.

    Returns:
        Shape (flat, heads, head size).
    """
    query = heads.query
    output = query.new_empty(query.shape[1], query.shape[0], query.shape[2])
    for number, block in enumerate(packing.blocks):
        own = [_of_block(x, block) for x in (query, heads.key, heads.value)]
        keys, values = own[1], own[2]
        if prefix is not None:
            keys, values = (
                torch.cat([shared.expand(block.count, -1, -1, -1), x], dim=2)
                for shared, x in zip(prefix, (keys, values), strict=True)
            )
        keys, values = (x.repeat_interleave(heads.groups, dim=1) for x in (keys, values))
        if (number, window) not in masks:
            masks[number, window] = _mask(block, packing.prefix, window)
        mask = masks[number, window]
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


def _of_block(flat: Tensor, block: PackedBlock) -> Tensor:
    """Return a block's items with their nodes behind them: (items, heads, tokens, head size)."""
    items = items_of(flat, block)
    if not block.nodes:
        return items
    return torch.cat([items, nodes_of(flat, block)], dim=2)


def _mask(block: PackedBlock, prefix: int, window: int | None) -> Tensor:
    """Compute which keys (prefix, item, nodes) the item's tokens and its nodes may see."""
    device = block.ancestors.device
    depth = torch.from_numpy(block.trie.depth).to(device)
    own = torch.cat([torch.arange(block.length, device=device), block.length - 1 + depth])
    size = len(own)
    sees = torch.ones(size, prefix + size, dtype=torch.bool, device=device)
    sees[: block.length, prefix:] = own[: block.length, None] >= own
    sees[: block.length, prefix + block.length :] = False
    among_nodes = sees[block.length :, prefix + block.length :].fill_(value=False)
    places = torch.arange(block.nodes, device=device)[:, None].expand_as(block.ancestors)
    among_nodes[places[block.is_ancestor], block.ancestors[block.is_ancestor]] = True
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
