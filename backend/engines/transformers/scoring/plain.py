"""The plain path: whole sequences, padded on the right, which any causal model runs faithfully.

Nothing is kept between passes and nothing is replaced in the model, so that what it gives is what
the fast path is held against. Labels still share what they can: one sequence serves all labels that
lie on its way, whichever question about the text they answer.
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from backend.engines.transformers.scoring.packing import ScoringItem
from backend.engines.transformers.tokens import Tokens
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class PaddedRow:
    """One sequence that is run.

    Attributes:
        item: Which item it belongs to.
        tokens: The whole sequence.
        edges: Which edges of the item's trie are read off it.
        columns: Behind which of its tokens each of them is predicted.
        targets: Which token each of them predicts.
    """

    item: int
    tokens: Tokens
    edges: tuple[int, ...]
    columns: tuple[int, ...]
    targets: tuple[int, ...]


class PlainScorer:
    """Scores items as a plain forward pass does.

    Args:
        model: A causal model of transformers.
        batch_tokens: Tokens of one forward pass, padding included.
    """

    def __init__(self, model: Any, batch_tokens: int) -> None:
        self._model = model
        self._batch_tokens = batch_tokens
        self.dtype: torch.dtype = model.dtype
        self._keeps = "logits_to_keep" in inspect.signature(model.forward).parameters

    def score(self, prefix: Tokens, items: Sequence[ScoringItem]) -> list[Floats]:
        """Score every item's labels.

        Args:
            prefix: Tokens that all items follow; may be empty.
            items: What stands behind it.

        Returns:
            For each item, in order, the natural-log probabilities of its continuations.
        """
        edges = [np.zeros(len(item.trie.edge_from)) for item in items]
        rows = [row for n, item in enumerate(items) for row in _rows(n, prefix, item)]
        for batch in self._batches(rows):
            for row, values in zip(batch, self._run(batch), strict=True):
                edges[row.item][list(row.edges)] = values
        return [item.trie.sums(found) for item, found in zip(items, edges, strict=True)]

    def _batches(self, rows: Sequence[PaddedRow]) -> Iterator[list[PaddedRow]]:
        """Cut the rows into batches of like length, each within the token budget."""
        batch: list[PaddedRow] = []
        for row in sorted(rows, key=lambda row: -len(row.tokens)):
            longest = len(batch[0].tokens) if batch else 0
            if batch and (len(batch) + 1) * longest > self._batch_tokens:
                yield batch
                batch = []
            batch.append(row)
        if batch:
            yield batch

    @torch.inference_mode()
    def _run(self, batch: Sequence[PaddedRow]) -> list[Floats]:
        """Compute the natural-log probabilities of each row's edges, normalised in float32."""
        columns = sorted({column for row in batch for column in row.columns})
        place = {column: number for number, column in enumerate(columns)}
        logits = self._logits(batch, columns)
        found = []
        for row, of_row in zip(batch, logits, strict=True):
            own = of_row[[place[column] for column in row.columns]].float()
            picked = own[range(len(row.targets)), list(row.targets)] - own.logsumexp(dim=-1)
            found.append(picked.cpu().double().numpy())
        return found

    def _logits(self, batch: Sequence[PaddedRow], columns: Sequence[int]) -> Tensor:
        """Run sequences, and return the logits behind some columns: (rows, columns, vocabulary)."""
        width = max(len(row.tokens) for row in batch)
        device = self._model.device
        tokens = [[*row.tokens, *[0] * (width - len(row.tokens))] for row in batch]
        real = [[1] * len(row.tokens) + [0] * (width - len(row.tokens)) for row in batch]
        kept = torch.tensor(columns, dtype=torch.long, device=device)
        output = self._model(
            input_ids=torch.tensor(tokens, device=device),
            attention_mask=torch.tensor(real, device=device),
            use_cache=False,
            **({"logits_to_keep": kept} if self._keeps else {}),
        )
        logits: Tensor = output.logits
        return logits if self._keeps else logits[:, kept]


def _rows(number: int, prefix: Tokens, item: ScoringItem) -> Iterator[PaddedRow]:
    """Find the sequences that an item's labels need, and what is read off each of them."""
    trie = item.trie
    context = (*prefix, *item.tokens)
    left = set(range(len(trie.edge_from)))
    for path in _paths(item):
        column = {0: len(context) - 1} | {
            node + 1: len(context) + depth for depth, node in enumerate(path)
        }
        edges = sorted(edge for edge in left if trie.edge_from[edge] in column)
        left -= set(edges)
        yield PaddedRow(
            number,
            (*context, *trie.tokens[path].tolist()),
            tuple(edges),
            tuple(column[int(trie.edge_from[edge])] for edge in edges),
            tuple(trie.edge_token[edges].tolist()),
        )


def _paths(item: ScoringItem) -> Iterator[list[int]]:
    """List the ways from the root to the inner nodes that no other lies behind."""
    trie = item.trie
    if not len(trie.edge_from):
        return
    if not len(trie.tokens):
        yield []
    inner = {int(n) for way in trie.ancestors for n in way[way >= 0][:-1]}
    for node, way in enumerate(trie.ancestors):
        if node not in inner:
            yield [int(n) for n in way[way >= 0]]
