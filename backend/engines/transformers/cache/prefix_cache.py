"""Keys and values of prompts' prefixes, kept within a limit; what is used least goes first."""

from collections import OrderedDict

from backend.engines.transformers.cache.keys_values import KeysValues, bytes_of, shortened
from backend.engines.transformers.tokens import Tokens, common_prefix


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
        return sum(map(bytes_of, self._kept.values()))

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
        """Keep a prefix, and forget what it makes superfluous or what no longer fits.

        Args:
            tokens: The prefix.
            layers: Its keys and values, by layer.
        """
        for known in [known for known in self._kept if known == tokens[: len(known)]]:
            del self._kept[known]
        if bytes_of(layers) > self.limit:
            return
        self._kept[tokens] = layers
        while self.size > self.limit:
            self._kept.popitem(last=False)
