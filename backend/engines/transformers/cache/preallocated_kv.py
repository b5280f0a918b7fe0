"""Keys and values of texts while they are written, with room for what comes.

A layer of transformers' own copies all that it holds for every token that is added.
"""

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

SPARE_TOKENS = 64
"""Tokens for which room is made at one time."""


class PreallocatedLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """A layer that holds its keys and values at the start of larger tensors."""

    _room: tuple[Tensor, Tensor] | None = None

    def update(
        self,
        key_states: Tensor,
        value_states: Tensor,
        *args: Any,  # noqa: ARG002 - transformers' call
        **kwargs: Any,  # noqa: ARG002 - transformers' call
    ) -> tuple[Tensor, Tensor]:
        """Add keys and values.

        Args:
            key_states: Keys, shape (rows, key heads, tokens, head size).
            value_states: Values, of the same shape.
            args: What else transformers hands over.
            kwargs: What else transformers hands over.

        Returns:
            All keys and values there are, each (rows, key heads, all tokens, head size).
        """
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        before = self.get_seq_length()
        after = before + key_states.shape[2]
        if self._room is None or self._room[0].shape[2] < after:
            keys, values = (
                one.new_empty(*one.shape[:2], after + SPARE_TOKENS, one.shape[3])
                for one in (key_states, value_states)
            )
            if self.keys is not None and self.values is not None and before:
                keys[:, :, :before], values[:, :, :before] = self.keys, self.values
            self._room = keys, values
        keys, values = self._room
        keys[:, :, before:after], values[:, :, before:after] = key_states, value_states
        self.keys, self.values = keys[:, :, :after], values[:, :, :after]
        return self.keys, self.values

    def batch_select_indices(self, indices: Tensor) -> None:
        """Go on with some rows alone."""
        super().batch_select_indices(indices)
        self._room = None


def preallocated_cache(layers: Sequence[tuple[Tensor, Tensor]]) -> DynamicCache:
    """Make a cache that begins with keys and values, by layer."""
    begun = []
    for keys, values in layers:
        layer = PreallocatedLayer()  # type: ignore[no-untyped-call]
        layer.update(keys, values)
        begun.append(layer)
    cache = DynamicCache()
    cache.layers = [*begun]
    return cache
