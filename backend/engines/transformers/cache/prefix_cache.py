"""Keys and values of prompts' prefixes, kept within a limit; what is used least goes first."""

from collections import OrderedDict

from backend.engines.transformers.cache.keys_values import KeysValues, bytes_of, shortened
from backend.engines.transformers.tokens import Tokens, common_prefix


class PrefixCache:
    """Remembers the keys and values of prefixes, by their tokens and the adapter at work.

    A causal model's keys and values of a prefix hold those of every shorter one, so that prompts
    that begin alike share what they share.

    Args:
        limit: Bytes that may be kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: OrderedDict[tuple[str | None, Tokens], KeysValues] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return sum(map(bytes_of, self._kept.values()))

    def longest(self, tokens: Tokens, adapter: str | None = None) -> tuple[int, KeysValues]:
        """Find how many of the first tokens are known.

        Args:
            tokens: The prefix.
            adapter: The adapter that it is run with; None: the base model alone.

        Returns:
            How many of its first tokens are known, and their keys and values.
        """
        lengths = {
            known: common_prefix([known[1], tokens]) for known in self._kept if known[0] == adapter
        }
        best = max(lengths, key=lengths.__getitem__, default=None)
        if best is None or lengths[best] == 0:
            return 0, {}
        self._kept.move_to_end(best)
        return lengths[best], shortened(self._kept[best], lengths[best])

    def put(self, tokens: Tokens, layers: KeysValues, adapter: str | None = None) -> None:
        """Keep a prefix, and forget what it makes superfluous or what no longer fits.

        Args:
            tokens: The prefix.
            layers: Its keys and values, by layer.
            adapter: See `longest`.
        """
        for known in [one for one in self._kept if one == (adapter, tokens[: len(one[1])])]:
            del self._kept[known]
        if bytes_of(layers) > self.limit:
            return
        self._kept[adapter, tokens] = layers
        while self.size > self.limit:
            self._kept.popitem(last=False)
