"""Labels as a tree of tokens: what several labels begin with is scored once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backend.engines.transformers.tokens import Tokens

Ints = NDArray[np.int64]

Branch = tuple[Tokens, tuple[Tokens, ...]]
"""One question: the tokens that ask it, and its continuations behind them."""


@dataclass(frozen=True, eq=False, slots=True)
class LabelTrie:
    """The continuations of one prompt, or of several that begin alike, merged at their beginnings.

    Only *inner* nodes are run through the model: those behind which another token stands. The root
    is the last token that all prompts begin with, and is no node. Edges are what is predicted:
    tokens of continuations, not those that ask for them.

    Attributes:
        tokens: Token of every inner node, parents before children, shape (nodes,).
        depth: Tokens from the root to the node, itself included, shape (nodes,).
        ancestors: The nodes on the way from the root to each node, itself included, ended by -1,
            shape (nodes, deepest).
        edge_from: Where each edge's token is predicted: at the root 0, at node n 1 + n, shape
            (edges,).
        edge_token: The token that it predicts, shape (edges,).
        paths: Which edges lead to each continuation, one array a continuation.
    """

    tokens: Ints
    depth: Ints
    ancestors: Ints
    edge_from: Ints
    edge_token: Ints
    paths: tuple[Ints, ...]

    def sums(self, edge_logprobs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up each continuation's tokens.

        Args:
            edge_logprobs: Natural-log probability of every edge, shape (edges,).

        Returns:
            Natural-log probability of every continuation, shape (continuations,).
        """
        return np.array([edge_logprobs[path].sum() for path in self.paths])


def trie_of(continuations: tuple[Tokens, ...]) -> LabelTrie:
    """Merge continuations of one prompt, each a tuple of tokens, into a tree."""
    return tree_of((((), continuations),))


@lru_cache(maxsize=256)
def tree_of(branches: tuple[Branch, ...]) -> LabelTrie:
    """Merge questions that follow the same tokens into a tree; continuations keep their order."""
    ways = [(len(stem), stem + one) for stem, answers in branches for one in answers]
    inner = _by_length(
        {way[:end] for asked, way in ways if len(way) > asked for end in range(1, len(way))}
    )
    edges = _by_length({way[:end] for asked, way in ways for end in range(asked + 1, len(way) + 1)})
    node_of = {(): 0} | {way: number for number, way in enumerate(inner, start=1)}
    edge_of = {edge: number for number, edge in enumerate(edges)}
    return LabelTrie(
        tokens=_ints([way[-1] for way in inner]),
        depth=_ints([len(way) for way in inner]),
        ancestors=_ancestors([node_of[way[:-1]] for way in inner]),
        edge_from=_ints([node_of[edge[:-1]] for edge in edges]),
        edge_token=_ints([edge[-1] for edge in edges]),
        paths=tuple(
            _ints([edge_of[way[:end]] for end in range(asked + 1, len(way) + 1)])
            for asked, way in ways
        ),
    )


def _ancestors(parents: Sequence[int]) -> Ints:
    """List each node's way from the root; parents, counted from 1, come before their children."""
    ways: list[list[int]] = [[]]
    for node, parent in enumerate(parents):
        ways.append([*ways[parent], node])
    found = np.full((len(parents), max(map(len, ways))), -1, dtype=np.int64)
    for node, way in enumerate(ways[1:]):
        found[node, : len(way)] = way
    return found


def _ints(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _by_length(ways: set[Tokens]) -> list[Tokens]:
    return sorted(ways, key=lambda way: (len(way), way))
