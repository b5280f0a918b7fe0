"""Attention over packed items: each token sees the shared prefix, its own item, and its ancestors.

On a CPU the three are attended to one after the other (`cascade_attention`). Elsewhere, and where a
model caps its scores or slides a window over the context, keys are laid side by side under one mask
(`masked_attention`). transformers calls either by the name under which it is registered here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor
from transformers import AttentionInterface

from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.scoring.cascade_attention import cascade_attention
from backend.engines.transformers.scoring.heads import AttentionHeads
from backend.engines.transformers.scoring.masked_attention import Masks, masked_attention
from backend.engines.transformers.scoring.packing import Packing

NAME = "tandem_packed"
"""The attention's name among those of transformers."""

_UNKNOWN = ("s_aux", "position_bias")
"""What some models add to their scores, and the packed attention does not."""


class UnpackableError(Exception):
    """The model's attention does what the packed one does not."""


class PackedPass(Protocol):
    """A forward pass over packed items: says what each of its flat tokens attends to."""

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence, the prefix counted."""

    def attend(
        self, layer: int, heads: AttentionHeads, window: int | None, softcap: float | None, /
    ) -> Tensor:
        """Attend.

        Args:
            layer: Which layer does, counted from 0.
            heads: Its queries, keys and values of the flat tokens.
            window: How far back a token sees, in tokens, itself included; None: everything.
            softcap: The bound that scores are squeezed into; None: none.

        Returns:
            Shape (flat, heads, head size).
        """


@dataclass(eq=False, slots=True)
class ForwardPass:
    """A pass without gradients, behind a prefix whose keys and values are known.

    Attributes:
        packing: What is run.
        prefix: Keys and values of the shared prefix; empty where there is none.
        cascades: Whether prefix, items and ancestors are attended to one after the other, where
            the model allows that; else side by side.
        seen: Keys and values of the pass's own tokens, where they are to be kept; else None.
        masks: Masks that layers share.
    """

    packing: Packing
    prefix: KeysValues
    cascades: bool
    seen: KeysValues | None = None
    masks: Masks = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence, the prefix counted."""
        return self.packing.longest

    def attend(
        self, layer: int, heads: AttentionHeads, window: int | None, softcap: float | None, /
    ) -> Tensor:
        """Attend to prefix, item and ancestors; see `PackedPass`."""
        if self.seen is not None:
            self.seen[layer] = (heads.key.contiguous(), heads.value.contiguous())
        prefix = self.prefix.get(layer)
        if window is None and softcap is None and self.cascades:
            return cascade_attention(heads, prefix, self.packing)
        return masked_attention(
            heads, prefix, self.packing, self.masks, window=window, softcap=softcap
        )


_running: dict[int, PackedPass] = {}
"""The pass that a model runs, by the identity of its config, which its layers name. No context
variable: where layers are computed again for their gradients, torch does so in a thread of its own.
"""


@contextmanager
def packed_attention(model: Any, this: PackedPass) -> Iterator[None]:
    """Let a model of transformers attend as a pass says, and as before afterwards.

    Args:
        model: The model.
        this: The pass that is run meanwhile; its gradients, if any, are to be taken meanwhile too.

    Yields:
        Nothing; the model attends so while the block runs.
    """
    configs = {id(module.config): module.config for module in model.modules() if _has(module)}
    before = {key: config._attn_implementation for key, config in configs.items()}
    try:
        for key, config in configs.items():
            config._attn_implementation = NAME
            _running[key] = this
        yield
    finally:
        for key, config in configs.items():
            config._attn_implementation = before[key]
            _running.pop(key, None)


def _has(module: Any) -> bool:
    return hasattr(module, "config") and hasattr(module.config, "_attn_implementation")


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    _: Tensor | None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attend, in the form in which transformers calls an attention function.

    Args:
        module: The layer's attention.
        query: Shape (1, heads, flat, head size).
        key: Shape (1, key heads, flat, head size).
        value: As `key`.
        scaling: What scores are multiplied by; None: 1 / sqrt(head size).
        sliding_window: How far back a token sees, itself included; None: everything.
        softcap: The bound that scores are squeezed into; None: none.
        others: What else models hand over.

    Returns:
        Shape (1, flat, heads, head size).

    Raises:
        UnpackableError: The model adds something to its scores.
    """
    if any(others.get(name) is not None for name in _UNKNOWN):
        raise UnpackableError("The model adds something to its attention's scores")
    this = _running[id(module.config)]
    heads = AttentionHeads(query[0], key[0], value[0], scaling or query.shape[-1] ** -0.5)
    window = None if (sliding_window or 0) >= this.longest else sliding_window
    return this.attend(int(module.layer_idx), heads, window, softcap)[None], None


AttentionInterface.register(NAME, attend)
