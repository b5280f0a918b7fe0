"""Keys and values of a sequence, layer by layer: cut short, put together, measured."""

from torch import Tensor, cat

KeysValues = dict[int, tuple[Tensor, Tensor]]
"""Keys and values by layer, each of shape (key heads, tokens, head size)."""


def joined(first: KeysValues, second: KeysValues) -> KeysValues:
    """Put the keys and values of a sequence's two parts together.

    Args:
        first: Those of its first tokens; empty where there are none.
        second: Those of the tokens behind them.

    Returns:
        Those of all tokens, by layer.
    """
    if not first:
        return second
    return {
        layer: (
            cat([first[layer][0], keys], dim=1),
            cat([first[layer][1], values], dim=1),
        )
        for layer, (keys, values) in second.items()
    }


def shortened(layers: KeysValues, length: int) -> KeysValues:
    """Cut a sequence's keys and values short, without a copy.

    Args:
        layers: The keys and values, by layer.
        length: How many of the first tokens stay.

    Returns:
        Those of the first tokens, as views.
    """
    return {n: (keys[:, :length], values[:, :length]) for n, (keys, values) in layers.items()}


def bytes_of(layers: KeysValues) -> int:
    """Sum the bytes that keys and values take."""
    return sum(keys.nbytes + values.nbytes for keys, values in layers.values())
