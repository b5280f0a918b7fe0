"""Prefixes share what they share, and stay within their memory."""

import torch
from torch import Tensor

from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.cache.prefix_cache import PrefixCache

TOKEN_BYTES = 2 * 2 * 4
"""Bytes of one token of `layers`: keys and values, two numbers of four bytes each."""


def layers(tokens: tuple[int, ...]) -> KeysValues:
    """Keys and values of a model with one layer and one head, which say what they are of."""
    content = torch.tensor(tokens, dtype=torch.float32)
    both: Tensor = torch.stack([content, content], dim=1)[None]
    return {0: (both, -both)}


class TestCache:
    def test_knows_the_beginning_of_what_it_was_given(self) -> None:
        cache = PrefixCache(10**6)
        cache.put((1, 2, 3, 4), layers((1, 2, 3, 4)))
        length, found = cache.longest((1, 2, 9))
        assert length == 2
        assert found[0][0].tolist() == layers((1, 2))[0][0].tolist()
        assert cache.longest((9, 1)) == (0, {})

    def test_forgets_what_a_longer_one_holds(self) -> None:
        cache = PrefixCache(10**6)
        cache.put((1, 2), layers((1, 2)))
        cache.put((1, 2, 3), layers((1, 2, 3)))
        assert cache.size == 3 * TOKEN_BYTES

    def test_lets_the_least_recently_used_go(self) -> None:
        cache = PrefixCache(4 * TOKEN_BYTES)
        cache.put((1, 2), layers((1, 2)))
        cache.put((3, 4), layers((3, 4)))
        cache.longest((1, 2))
        cache.put((5, 6), layers((5, 6)))
        assert [cache.longest(tokens)[0] for tokens in ((1, 2), (3, 4), (5, 6))] == [2, 0, 2]

    def test_never_holds_more_than_its_limit(self) -> None:
        cache = PrefixCache(7 * TOKEN_BYTES)
        for start in range(50):
            tokens = tuple(range(start, start + 1 + start % 9))
            cache.put(tokens, layers(tokens))
            assert cache.size <= cache.limit
