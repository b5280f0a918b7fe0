"""Labels as a tree of tokens: what several labels begin with is scored once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class LabelTrie:
    """The continuations of one prompt, merged at their common stems.

    Only *inner* nodes are run through the model: those behind which another token is predicted. The
    root is the prompt's last token, and is no node.

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


@lru_cache(maxsize=256)
def trie_of(continuations: tuple[tuple[int, ...], ...]) -> LabelTrie:
    """Merge continuations, each a tuple of tokens, into a tree."""
    stems = _by_length({c[:end] for c in continuations for end in range(1, len(c))})
    node_of = {(): 0} | {stem: number for number, stem in enumerate(stems, start=1)}
    edges = _by_length({c[:end] for c in continuations for end in range(1, len(c) + 1)})
    edge_of = {edge: number for number, edge in enumerate(edges)}
    return LabelTrie(
        tokens=_ints([stem[-1] for stem in stems]),
        depth=_ints([len(stem) for stem in stems]),
        ancestors=_ancestors(stems, node_of),
        edge_from=_ints([node_of[edge[:-1]] for edge in edges]),
        edge_token=_ints([edge[-1] for edge in edges]),
        paths=tuple(
            _ints([edge_of[c[:end]] for end in range(1, len(c) + 1)]) for c in continuations
        ),
    )


def _ancestors(stems: Sequence[tuple[int, ...]], node_of: dict[tuple[int, ...], int]) -> Ints:
    deepest = max(map(len, stems), default=0)
    found = np.full((len(stems), deepest), -1, dtype=np.int64)
    for number, stem in enumerate(stems):
        found[number, : len(stem)] = [node_of[stem[:end]] - 1 for end in range(1, len(stem) + 1)]
    return found


def _ints(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _by_length(stems: set[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return sorted(stems, key=lambda stem: (len(stem), stem))
