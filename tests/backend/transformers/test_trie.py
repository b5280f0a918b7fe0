"""A label's log-probability is the sum over its tokens, however labels share their stems."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.transformers.trie import trie_of

TOKENS = st.lists(st.integers(0, 3), max_size=5).map(tuple)


@given(continuations=st.lists(TOKENS, max_size=8).map(tuple), seed=st.integers(0, 9))
def test_sums_are_those_of_each_label_alone(
    continuations: tuple[tuple[int, ...], ...], seed: int
) -> None:
    trie = trie_of(continuations)
    logprobs = np.random.default_rng(seed).normal(size=len(trie.edge_token))
    edges = {
        tuple(stem): value for stem, value in zip(_edges(continuations), logprobs, strict=True)
    }
    alone = [sum(edges[c[:end]] for end in range(1, len(c) + 1)) for c in continuations]
    assert np.allclose(trie.sums(logprobs), alone)


@given(continuations=st.lists(TOKENS, max_size=8).map(tuple))
def test_every_stem_is_run_once_and_no_label_s_last_token(
    continuations: tuple[tuple[int, ...], ...],
) -> None:
    trie = trie_of(continuations)
    ways = [tuple(trie.tokens[way[way >= 0]].tolist()) for way in trie.ancestors]
    assert sorted(ways) == sorted({c[:n] for c in continuations for n in range(1, len(c))})
    assert [len(way) for way in ways] == trie.depth.tolist()


def _edges(continuations: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    found = {c[:end] for c in continuations for end in range(1, len(c) + 1)}
    return sorted(sorted(found), key=len)
