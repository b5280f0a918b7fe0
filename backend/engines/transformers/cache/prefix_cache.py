"""Keys and values of prompts' beginnings, kept within a limit; what is used least goes first."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import takewhile

import torch

from backend.engines.transformers.scoring.attention import KeysValues

Tokens = tuple[int, ...]


class PrefixCache:
    """Remembers the keys and values of prefixes, by their tokens.

    A causal model's keys and values of a prefix hold those of every shorter one, so that prompts
    that begin alike share what they share.

    Args:
        limit: Bytes that may be kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: OrderedDict[Tokens, KeysValues] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return sum(map(_bytes, self._kept.values()))

    def longest(self, tokens: Tokens) -> tuple[int, KeysValues]:
        """Find how many of the first tokens are known, and their keys and values."""
        lengths = {known: common_prefix([known, tokens]) for known in self._kept}
        best = max(lengths, key=lengths.__getitem__, default=())
        length = lengths.get(best, 0)
        if length == 0:
            return 0, {}
        self._kept.move_to_end(best)
        return length, shortened(self._kept[best], length)

    def put(self, tokens: Tokens, layers: KeysValues) -> None:
        """Keep a prefix, and forget what it makes superfluous or what no longer fits."""
        for known in [known for known in self._kept if known == tokens[: len(known)]]:
            del self._kept[known]
        if _bytes(layers) > self.limit:
            return
        self._kept[tokens] = layers
        while self.size > self.limit:
            self._kept.popitem(last=False)


def joined(first: KeysValues, second: KeysValues) -> KeysValues:
    """Put the keys and values of a sequence's two parts together."""
    if not first:
        return second
    return {
        layer: (
            torch.cat([first[layer][0], keys], dim=1),
            torch.cat([first[layer][1], values], dim=1),
        )
        for layer, (keys, values) in second.items()
    }


def shortened(layers: KeysValues, length: int) -> KeysValues:
    """Give the keys and values of the first tokens, without a copy."""
    return {n: (keys[:, :length], values[:, :length]) for n, (keys, values) in layers.items()}


def common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    """Count the tokens that all sequences begin with."""
    columns = zip(*sequences, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def _bytes(layers: KeysValues) -> int:
    return sum(keys.nbytes + values.nbytes for keys, values in layers.values())
