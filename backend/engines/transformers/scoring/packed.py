"""The fast path: prefix from memory, items and labels packed, one forward pass a token budget."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from backend.engines.transformers.cache.keys_values import KeysValues, joined
from backend.engines.transformers.cache.prefix_cache import PrefixCache
from backend.engines.transformers.scoring.attention import ForwardPass, packed_attention
from backend.engines.transformers.scoring.cascade_attention import supports_cascade
from backend.engines.transformers.scoring.packing import Packing, ScoringItem, pack
from backend.engines.transformers.scoring.trie import trie_of
from backend.engines.transformers.tokens import Tokens
from labeling.mathtypes import Floats

_NO_LABELS = trie_of(())

_ROWS = 256
"""Predictions whose logits over the whole vocabulary are in memory at one time."""


class PackedScorer:
    """Scores packed items with a causal model whose attention transformers lets one replace.

    Args:
        model: A causal model of transformers.
        batch_tokens: Tokens of one forward pass, the prefix not counted.
        prefixes: Where prefixes are kept.
        cascades: Whether attention runs part by part; None: where the device can.
        adapter: Returns the adapter that the model runs with at the moment; None: it has none.
    """

    def __init__(
        self,
        model: Any,
        batch_tokens: int,
        prefixes: PrefixCache,
        cascades: bool | None = None,
        adapter: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._model = model
        self._adapter = adapter
        self._batch_tokens = batch_tokens
        self.prefixes = prefixes
        self._cascades = supports_cascade(model.device) if cascades is None else cascades

    def score(self, prefix: Tokens, items: Sequence[ScoringItem]) -> list[Floats]:
        """Score every item's labels.

        Args:
            prefix: Tokens that all items follow; may be empty.
            items: What stands behind it.

        Returns:
            For each item, in order, the natural-log probabilities of its continuations.
        """
        return [sums for sums, _ in self._read(prefix, items, keeps=False)]

    def read(self, prefix: Tokens, items: Sequence[ScoringItem]) -> list[tuple[Floats, KeysValues]]:
        """Score every item's labels, and keep what was read of the items themselves.

        Args:
            prefix: See `score`.
            items: See `score`.

        Returns:
            For each item, in order, what `score` gives, and the keys and values of its own tokens.
        """
        return self._read(prefix, items, keeps=True)

    def prefix(self, tokens: Tokens) -> KeysValues:
        """Return a prefix's keys and values; what is not known of it is run, and kept."""
        length, known = self.prefixes.longest(tokens, self._adapter())
        if length == len(tokens):
            return known
        for start in range(length, len(tokens), self._batch_tokens):
            part = ScoringItem(tokens[start : start + self._batch_tokens], _NO_LABELS)
            this = ForwardPass(
                pack([part], start, self._model.device), known, self._cascades, seen={}
            )
            self._run(this)
            known = joined(known, this.seen or {})
        self.prefixes.put(tokens, known, self._adapter())
        return known

    def _batches(self, items: Sequence[ScoringItem]) -> Iterator[list[int]]:
        """Cut the items into batches within the token budget; like lengths go together."""
        batch: list[int] = []
        size = 0
        order = sorted(range(len(items)), key=lambda n: (len(items[n].tokens), id(items[n].trie)))
        for index in order:
            if batch and size + items[index].size > self._batch_tokens:
                yield batch
                batch, size = [], 0
            batch.append(index)
            size += items[index].size
        if batch:
            yield batch

    def _read(
        self, prefix: Tokens, items: Sequence[ScoringItem], *, keeps: bool
    ) -> list[tuple[Floats, KeysValues]]:
        known = self.prefix(prefix)
        found: dict[int, tuple[Floats, KeysValues]] = {}
        for batch in self._batches(items):
            chosen = [items[index] for index in batch]
            this = ForwardPass(
                pack(chosen, len(prefix), self._model.device),
                known,
                self._cascades,
                seen={} if keeps else None,
            )
            sums = self._sums(this.packing, chosen, self._run(this))
            found |= zip(batch, zip(sums, _kept(chosen, this.seen), strict=True), strict=True)
        return [found[index] for index in range(len(items))]

    def _sums(self, packing: Packing, items: Sequence[ScoringItem], logits: Tensor) -> list[Floats]:
        logprobs = self._edges(packing, logits)
        ends = np.cumsum([len(item.trie.edge_from) for item in items])[:-1]
        return [
            item.trie.sums(edges)
            for item, edges in zip(items, np.split(logprobs, ends), strict=True)
        ]

    @torch.inference_mode()
    def _run(self, this: ForwardPass) -> Tensor:
        """Run a pass; return the logits behind `predicting`, shape (rows, vocabulary)."""
        with packed_attention(self._model, this):
            output = self._model(
                input_ids=this.packing.tokens[None],
                position_ids=this.packing.positions[None],
                use_cache=False,
                logits_to_keep=this.packing.predicting,
            )
        logits: Tensor = output.logits
        return logits[0]

    @torch.inference_mode()
    def _edges(self, packing: Packing, logits: Tensor) -> Floats:
        """Compute every edge's natural-log probability, normalised in float32."""
        normaliser = torch.cat(
            [rows.float().logsumexp(dim=-1) for rows in torch.split(logits, _ROWS)]
        )
        picked = logits[packing.edge_row, packing.edge_token].float()
        found: Floats = (picked - normaliser[packing.edge_row]).cpu().double().numpy()
        return found


def _kept(items: Sequence[ScoringItem], seen: KeysValues | None) -> Iterator[KeysValues]:
    """Cut the items' own keys and values out of those of a pass; empty where none were kept."""
    start = 0
    for item in items:
        end = start + len(item.tokens)
        yield {
            layer: (keys[:, start:end].clone(), values[:, start:end].clone())
            for layer, (keys, values) in (seen or {}).items()
        }
        start = end
