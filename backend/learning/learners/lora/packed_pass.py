"""One forward pass over a shared prefix and the items behind it, through which gradients flow.

The prefix is run once a pass, whatever the number of items, and each item is scored as the engine
scores it: behind the prefix, its labels as a tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from backend.engines.transformers.scoring.heads import AttentionHeads
from backend.engines.transformers.scoring.masked_attention import Masks, masked_attention
from backend.engines.transformers.scoring.packing import Packing, ScoringItem, pack
from backend.engines.transformers.scoring.trie import trie_of
from backend.engines.transformers.tokens import Tokens

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
    def longest(self) -> int:
        """Tokens of the longest sequence, the prefix counted."""
        return self.items.longest

    @property
    def tokens(self) -> Tensor:
        """All tokens that are run, shape (flat,)."""
        return self._flat("tokens")

    @property
    def positions(self) -> Tensor:
        """The place of each in its own sequence, shape (flat,)."""
        return self._flat("positions")

    def attend(
        self, _: int, heads: AttentionHeads, window: int | None, softcap: float | None, /
    ) -> Tensor:
        """Attend within the prefix, then from the items to it; see `PackedPass`."""
        parts, before = [], None
        if self.prefix is not None:
            first = heads.part(slice(None, self.start))
            before = (first.key, first.value)
            parts.append(
                masked_attention(
                    first, None, self.prefix, self.prefix_masks, window=window, softcap=softcap
                )
            )
        rest = heads.part(slice(self.start, None))
        parts.append(
            masked_attention(rest, before, self.items, self.masks, window=window, softcap=softcap)
        )
        return torch.cat(parts)

    def _flat(self, name: str) -> Tensor:
        parts = [one for one in (self.prefix, self.items) if one is not None]
        return torch.cat([getattr(part, name) for part in parts])


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
