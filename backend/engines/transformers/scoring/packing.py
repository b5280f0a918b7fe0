"""Many items laid end to end: the flat tokens of one forward pass, and what each of them sees.

No token is padding. Items of one length and one label set lie side by side, as a *block*, so that
attention can read a block as a rectangle without moving it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from backend.engines.transformers.scoring.trie import LabelTrie
from labeling.mathtypes import Integers

_DEEP = 8
"""Depth of a trie from which on its nodes are scored pair by pair, as measured on a CPU."""

_BROAD = 64
"""Nodes per level of depth from which on they are not."""


@dataclass(frozen=True, eq=False, slots=True)
class ScoringItem:
    """One text behind the shared prefix.

    Attributes:
        tokens: Its tokens, and those that all questions about it begin with; at least one.
        trie: The questions and labels that follow them.
    """

    tokens: tuple[int, ...]
    trie: LabelTrie

    @property
    def size(self) -> int:
        """Tokens that a pass has to run for it."""
        return len(self.tokens) + len(self.trie.tokens)


@dataclass(frozen=True, eq=False, slots=True)
class PackedBlock:
    """Neighbours of one length and one label set.

    Attributes:
        count: How many items.
        length: Tokens of each.
        trie: Their labels.
        start: Where their tokens begin among the flat tokens.
        nodes_start: Where their trie's nodes begin among the flat tokens.
        ancestors: `LabelTrie.ancestors` with -1 made 0, shape (nodes, deepest).
        is_ancestor: Which of them are no filling, same shape.
        ancestor_bias: Of a deep trie, what is added to its nodes' scores among themselves: 0 for
            ancestors, -inf for others, shape (nodes, nodes); else None.
    """

    count: int
    length: int
    trie: LabelTrie
    start: int
    nodes_start: int
    ancestors: Tensor
    is_ancestor: Tensor
    ancestor_bias: Tensor | None

    @property
    def nodes(self) -> int:
        """Inner nodes of the trie."""
        return len(self.trie.tokens)

    @property
    def span(self) -> slice:
        """Where the items' tokens lie."""
        return slice(self.start, self.start + self.count * self.length)

    @property
    def nodes_span(self) -> slice:
        """Where the nodes lie."""
        return slice(self.nodes_start, self.nodes_start + self.count * self.nodes)


@dataclass(frozen=True, eq=False, slots=True)
class Packing:
    """The flat tokens of one pass: the items' own, block by block, then the nodes of their tries.

    Attributes:
        tokens: Shape (flat,).
        positions: Place of each token in its own sequence, the prefix counted, shape (flat,).
        blocks: What lies where.
        prefix: Tokens of the shared prefix.
        longest: Tokens of the longest sequence, the prefix counted.
        edge_row: For each edge of each item, which of `predicting` predicts it, shape (edges,).
        edge_token: The token that it predicts, shape (edges,).
        predicting: Flat places of the tokens whose successors are asked for, shape (rows,).
    """

    tokens: Tensor
    positions: Tensor
    blocks: tuple[PackedBlock, ...]
    prefix: int
    longest: int
    edge_row: Tensor
    edge_token: Tensor
    predicting: Tensor


def pack(items: Sequence[ScoringItem], prefix: int, device: torch.device) -> Packing:
    """Lay items end to end.

    Args:
        items: In an order in which those of one length and trie are neighbours.
        prefix: Tokens of the prefix that all of them follow.
        device: Where the tensors are made.

    Returns:
        The flat tokens of one pass, and what lies where among them.
    """
    runs = [list(run) for _, run in groupby(items, key=lambda i: (len(i.tokens), id(i.trie)))]
    own = sum(len(item.tokens) for item in items)
    blocks, start, nodes_start = [], 0, own
    for run in runs:
        block = _block(run, start, nodes_start, device)
        blocks.append(block)
        start, nodes_start = block.span.stop, block.nodes_span.stop
    tries = [item.trie for item in items]
    positions = [np.arange(len(item.tokens)) for item in items]
    depths = [len(item.tokens) - 1 + item.trie.depth for item in items]
    predicting, edge_row = _predictions(items, own)

    def placed(parts: Sequence[Sequence[int] | Integers]) -> Tensor:
        flat = np.concatenate([np.asarray(part, dtype=np.int64) for part in parts])
        return torch.from_numpy(flat).to(device)

    return Packing(
        tokens=placed([*(i.tokens for i in items), *(trie.tokens for trie in tries)]),
        positions=placed([*positions, *depths]) + prefix,
        blocks=tuple(blocks),
        prefix=prefix,
        longest=prefix + max(len(i.tokens) + max(i.trie.depth, default=0) for i in items),
        edge_row=placed(edge_row),
        edge_token=placed([trie.edge_token for trie in tries]),
        predicting=placed(predicting),
    )


def _block(
    run: Sequence[ScoringItem], start: int, nodes_start: int, device: torch.device
) -> PackedBlock:
    first = run[0]
    ancestors = torch.from_numpy(first.trie.ancestors).to(device)
    return PackedBlock(
        count=len(run),
        length=len(first.tokens),
        trie=first.trie,
        start=start,
        nodes_start=nodes_start,
        ancestors=ancestors.clamp(min=0),
        is_ancestor=ancestors >= 0,
        ancestor_bias=_ancestor_bias(ancestors) if _is_deep(ancestors) else None,
    )


def _is_deep(ancestors: Tensor) -> bool:
    """Return whether scoring all pairs of nodes is faster than gathering each node's ancestors."""
    nodes, deepest = ancestors.shape
    return deepest >= _DEEP and nodes <= _BROAD * deepest


def _ancestor_bias(ancestors: Tensor) -> Tensor:
    nodes = len(ancestors)
    scores = torch.full((nodes, nodes + 1), -torch.inf, device=ancestors.device)
    # Filling, -1 among the ancestors, falls into a column of its own.
    return scores.scatter_(1, ancestors.where(ancestors >= 0, nodes), 0.0)[:, :nodes].contiguous()


def _predictions(items: Sequence[ScoringItem], own: int) -> tuple[list[Integers], list[Integers]]:
    """List for each item the flat places that predict, and for each edge its row among all."""
    places: list[Integers] = [np.zeros(0, dtype=np.int64)]
    edge_rows: list[Integers] = [np.zeros(0, dtype=np.int64)]
    rows, end, node = 0, 0, own
    for item in items:
        trie, end = item.trie, end + len(item.tokens)
        sources, row_of_edge = np.unique(trie.edge_from, return_inverse=True)
        places.append(np.where(sources == 0, end - 1, node + sources - 1))
        edge_rows.append(rows + row_of_edge)
        rows += len(sources)
        node += len(trie.tokens)
    return places, edge_rows
