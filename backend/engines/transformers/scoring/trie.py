"""Labels as a tree of tokens: what several labels begin with is scored once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backend.engines.transformers.tokens import Tokens
from labeling.mathtypes import Floats, Integers

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
        ancestors: The nodes on the path from the root to each node, itself included, ended by -1,
            shape (nodes, deepest).
        edge_from: Where each edge's token is predicted: at the root 0, at node n 1 + n, shape
            (edges,).
        edge_token: The token that it predicts, shape (edges,).
        paths: Which edges lead to each continuation, one array per continuation.
    """

    tokens: Integers
    depth: Integers
    ancestors: Integers
    edge_from: Integers
    edge_token: Integers
    paths: tuple[Integers, ...]

    def sums(self, edge_logprobs: Floats) -> Floats:
        """Add up each continuation's tokens.

        Args:
            edge_logprobs: Natural-log probability of every edge, shape (edges,).

        Returns:
            Natural-log probability of every continuation, shape (continuations,).
        """
        return np.array([edge_logprobs[path].sum() for path in self.paths])


def trie_of(continuations: tuple[Tokens, ...]) -> LabelTrie:
    """Merge continuations of one prompt, each a tuple of tokens, into a tree.

    >>> trie = trie_of(((7, 1), (7, 2), (8,)))
    >>> trie.tokens.tolist(), trie.edge_token.tolist()
    ([7], [7, 8, 1, 2])
    >>> trie.sums(np.array([-0.5, -1.5, -0.25, -2.0])).tolist()
    [-0.75, -2.5, -1.5]
    """
    return tree_of((((), continuations),))


@lru_cache(maxsize=256)
def tree_of(branches: tuple[Branch, ...]) -> LabelTrie:
    """Merge questions that follow the same tokens into a tree; continuations keep their order."""
    from_root = [
        (len(question), question + answer) for question, answers in branches for answer in answers
    ]
    inner = _by_length(
        {path[:n] for asked, path in from_root if len(path) > asked for n in range(1, len(path))}
    )
    edges = _by_length(
        {path[:n] for asked, path in from_root for n in range(asked + 1, len(path) + 1)}
    )
    node_of = {(): 0} | {path: number for number, path in enumerate(inner, start=1)}
    edge_of = {edge: number for number, edge in enumerate(edges)}
    return LabelTrie(
        tokens=_ints([path[-1] for path in inner]),
        depth=_ints([len(path) for path in inner]),
        ancestors=_ancestors([node_of[path[:-1]] for path in inner]),
        edge_from=_ints([node_of[edge[:-1]] for edge in edges]),
        edge_token=_ints([edge[-1] for edge in edges]),
        paths=tuple(
            _ints([edge_of[path[:end]] for end in range(asked + 1, len(path) + 1)])
            for asked, path in from_root
        ),
    )


def _ancestors(parents: Sequence[int]) -> Integers:
    """List each node's path from the root; parents, counted from 1, come before their children."""
    paths: list[list[int]] = [[]]
    for node, parent in enumerate(parents):
        paths.append([*paths[parent], node])
    found = np.full((len(parents), max(map(len, paths))), -1, dtype=np.int64)
    for node, path in enumerate(paths[1:]):
        found[node, : len(path)] = path
    return found


def _ints(numbers: Sequence[int]) -> Integers:
    return np.array(numbers, dtype=np.int64)


def _by_length(paths: set[Tokens]) -> list[Tokens]:
    return sorted(paths, key=lambda path: (len(path), path))
