"""Prompts to be continued as the rows of one batch: tokens, filling, and what is known of them.

What all begin with comes first, then what is known of each, ending in one column, then what is to
be run of each, ending in the last one. Filling lies before the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from backend.engines.base import GenerateRequest
from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.cache.shared_prefix import SharedPrefix
from backend.engines.transformers.tokens import Tokens


@dataclass(frozen=True, eq=False, slots=True)
class PromptRow:
    """A prompt that is to be continued.

    Attributes:
        known: What need not be run of it.
        rest: The tokens behind that, at least one.
        request: How it is to be continued.
    """

    known: SharedPrefix
    rest: Tokens
    request: GenerateRequest

    @property
    def length(self) -> int:
        """Its tokens behind the prefix."""
        return len(self.known.tokens) + len(self.rest)


def laid_out(prefix: Tokens, rows: Sequence[PromptRow]) -> tuple[list[list[int]], list[list[int]]]:
    """Lay rows into a rectangle.

    Args:
        prefix: Tokens that all rows begin with.
        rows: The rows.

    Returns:
        The tokens, filled up with 0, and which of them are no filling, each (rows, columns).
    """
    known, rest = _most_known(rows), max(len(row.rest) for row in rows)
    tokens, real = [], []
    for row in rows:
        before, between = known - len(row.known.tokens), rest - len(row.rest)
        tokens.append([*prefix, *[0] * before, *row.known.tokens, *[0] * between, *row.rest])
        real.append(
            [1] * len(prefix)
            + [0] * before
            + [1] * len(row.known.tokens)
            + [0] * between
            + [1] * len(row.rest)
        )
    return tokens, real


def known_layers(prefix: KeysValues, rows: Sequence[PromptRow]) -> list[tuple[Tensor, Tensor]]:
    """Put together what is known of each row, the prefix first.

    Args:
        prefix: Keys and values of what all rows begin with; empty where they are not known.
        rows: The rows.

    Returns:
        By layer, keys and values of all columns up to the rest, each (rows, key heads, columns,
        head size); without layers where nothing is known.
    """
    columns = _most_known(rows)
    sample = next((row.known.layers for row in rows if row.known.layers), {})
    found = []
    for layer in sorted(prefix or sample):
        parts = []
        if prefix:
            parts.append([one.expand(len(rows), -1, -1, -1) for one in prefix[layer]])
        if columns:
            nothing = [one[:, :0] for one in sample[layer]]
            of_rows = [row.known.layers.get(layer, nothing) for row in rows]
            parts.append([_stacked(of_row, columns) for of_row in zip(*of_rows, strict=True)])
        keys, values = ([*part] for part in zip(*parts, strict=True))
        found.append((_joined(keys), _joined(values)))
    return found


def _most_known(rows: Sequence[PromptRow]) -> int:
    return max(len(row.known.tokens) for row in rows)


def _stacked(of_rows: Sequence[Tensor], columns: int) -> Tensor:
    """Stack keys or values of different lengths, so that all end in the last column."""
    return torch.stack([pad(one, (0, 0, columns - one.shape[1], 0)) for one in of_rows])


def _joined(parts: Sequence[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat([*parts], dim=2)
