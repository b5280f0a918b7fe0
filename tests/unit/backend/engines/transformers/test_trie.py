"""A label's log-probability is the sum over its tokens, however labels share their stems."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.transformers.scoring.trie import Branch, tree_of, trie_of

TOKENS = st.lists(st.integers(0, 3), max_size=5).map(tuple)
BRANCHES = st.lists(st.tuples(TOKENS, st.lists(TOKENS, max_size=4).map(tuple)), max_size=4)


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


@given(branches=BRANCHES.map(tuple))
def test_answers_are_predicted_behind_their_questions_and_questions_are_not(
    branches: tuple[Branch, ...],
) -> None:
    trie = tree_of(branches)
    ways = [(), *(tuple(trie.tokens[way[way >= 0]].tolist()) for way in trie.ancestors)]
    edges = [
        (ways[start], token)
        for start, token in zip(trie.edge_from, trie.edge_token.tolist(), strict=True)
    ]
    predicted = [[edges[edge] for edge in path] for path in trie.paths]
    assert predicted == [
        [(stem + answer[:end], answer[end]) for end in range(len(answer))]
        for stem, answers in branches
        for answer in answers
    ]
    assert set(edges) == {edge for path in predicted for edge in path}


def _edges(continuations: tuple[tuple[int, ...], ...]) -> list[tuple[int, ...]]:
    found = {c[:end] for c in continuations for end in range(1, len(c) + 1)}
    return sorted(sorted(found), key=len)
