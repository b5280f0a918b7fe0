"""One forward pass over a shared prefix and the items behind it, through which gradients flow.

The prefix is run once a pass, whatever the number of items, and each item is scored as the engine
scores it: behind the prefix, its labels as a tree.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface

from backend.engines.transformers.scoring.attention import attention_replaced, require_packable
from backend.engines.transformers.scoring.heads import AttentionHeads
from backend.engines.transformers.scoring.masked_attention import Masks, masked_attention
from backend.engines.transformers.scoring.packing import Packing, ScoringItem, pack
from backend.engines.transformers.scoring.trie import trie_of
from backend.engines.transformers.tokens import Tokens

NAME = "tandem_training"
"""The attention's name among those of transformers."""

_NO_LABELS = trie_of(())


@dataclass(eq=False, slots=True)
class TrainingPass:
    """What one pass runs.

    Attributes:
        prefix: The tokens that all items follow; None: there are none.
        items: The items behind them, and what their labels need.
        masks: Masks of the items that layers share.
        prefix_masks: Masks of the prefix that layers share.
    """

    prefix: Packing | None
    items: Packing
    masks: Masks = field(default_factory=dict)
    prefix_masks: Masks = field(default_factory=dict)

    @classmethod
    def of(
        cls, prefix: Tokens, items: Sequence[ScoringItem], device: torch.device
    ) -> "TrainingPass":
        """Lay out a pass.

        Args:
            prefix: Tokens that all items follow; may be empty.
            items: In an order in which those of one length and trie are neighbours.
            device: Where it runs.

        Returns:
            The pass.
        """
        first = pack([ScoringItem(prefix, _NO_LABELS)], 0, device) if prefix else None
        return cls(first, pack(items, len(prefix), device))

    @property
    def start(self) -> int:
        """How many tokens the prefix has."""
        return self.items.prefix

    @property
    def tokens(self) -> Tensor:
        """All tokens that are run, shape (flat,)."""
        return self._flat("tokens")

    @property
    def positions(self) -> Tensor:
        """The place of each in its own sequence, shape (flat,)."""
        return self._flat("positions")

    def _flat(self, name: str) -> Tensor:
        parts = [one for one in (self.prefix, self.items) if one is not None]
        return torch.cat([getattr(part, name) for part in parts])


_running: list[TrainingPass] = []
"""The pass that runs. No context variable: where layers are computed again for their gradients,
torch does so in a thread of its own."""


@contextmanager
def training_attention(model: Any, this: TrainingPass) -> Iterator[None]:
    """Let a model attend as a pass says, until its gradients are taken.

    Args:
        model: A causal model of transformers.
        this: The pass.

    Yields:
        Nothing; the model attends so while the block runs.
    """
    _running.append(this)
    try:
        with attention_replaced(model, NAME):
            yield
    finally:
        _running.pop()


def run(model: Any, this: TrainingPass) -> Tensor:
    """Run a pass, with its attention in place.

    Args:
        model: The model.
        this: The pass.

    Returns:
        The logits behind the items' `predicting`, shape (rows, vocabulary).
    """
    logits: Tensor = model(
        input_ids=this.tokens[None],
        position_ids=this.positions[None],
        use_cache=False,
        logits_to_keep=this.items.predicting + this.start,
    ).logits
    return logits[0]


def label_scores(this: TrainingPass, items: Sequence[ScoringItem], logits: Tensor) -> list[Tensor]:
    """Add up the log-probabilities of each item's continuations.

    Args:
        this: The pass.
        items: Its items, in order.
        logits: See `run`.

    Returns:
        For each item, the natural-log probabilities of its continuations, shape (continuations,).
    """
    rows = logits.float()
    picked = rows[this.items.edge_row, this.items.edge_token]
    edges = picked - rows.logsumexp(dim=-1)[this.items.edge_row]
    of_items = torch.split(edges, [len(item.trie.edge_from) for item in items])
    return [
        torch.stack([own[torch.from_numpy(path).to(own.device)].sum() for path in item.trie.paths])
        for item, own in zip(items, of_items, strict=True)
    ]


def attend(
    module: Any,  # noqa: ARG001 - transformers' call
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
    require_packable(others)
    this = _running[-1]
    by = scaling or query.shape[-1] ** -0.5
    window = None if (sliding_window or 0) >= this.items.longest else sliding_window
    parts, before = [], None
    if this.prefix is not None:
        first = _heads(query, key, value, slice(None, this.start), by)
        before = (first.key, first.value)
        parts.append(
            masked_attention(
                first, None, this.prefix, this.prefix_masks, window=window, softcap=softcap
            )
        )
    rest = _heads(query, key, value, slice(this.start, None), by)
    parts.append(
        masked_attention(rest, before, this.items, this.masks, window=window, softcap=softcap)
    )
    return torch.cat(parts)[None], None


def _heads(query: Tensor, key: Tensor, value: Tensor, where: slice, by: float) -> AttentionHeads:
    return AttentionHeads(query[0, :, where], key[0, :, where], value[0, :, where], by)


AttentionInterface.register(NAME, attend)
