"""A text while it is written: what there is of it, what may come next, and where it ends."""

from collections.abc import Sequence

import numpy as np
import torch
from transformers import PreTrainedTokenizerBase

from backend.engines.base import GenerateRequest, Generation
from backend.engines.transformers.generation.grammar import SchemaGrammars


class GeneratedSequence:
    """A text while it is written.

    Args:
        request: What is asked for.
        tokenizer: The model's tokenizer.
        grammars: Makes the matcher of its schema.
        ends: Tokens that end any text.

    Attributes:
        ids: The tokens so far; behind its end, there may be filling.
        logprobs: Their natural-log probabilities.
        matcher: Where it stands in its schema; None: it is free.
        stops: The tokens that are a stop string as a whole.
        temperature: See `GenerateRequest`.
        generator: Where a sample's noise comes from, so that what is sampled depends on its seed
            alone and not on the company in the batch.
    """

    def __init__(
        self,
        request: GenerateRequest,
        tokenizer: PreTrainedTokenizerBase,
        grammars: SchemaGrammars,
        ends: Sequence[int],
    ) -> None:
        encoded = [tokenizer.encode(one, add_special_tokens=False) for one in request.stop]
        self.ids: list[int] = []
        self.logprobs: list[float] = []
        self.stops = [ids[0] for ids in encoded if len(ids) == 1]
        self.matcher = None if request.schema is None else grammars.matcher(request.schema)
        self.temperature = request.temperature
        self.generator = torch.Generator().manual_seed(request.seed)
        self._limit = request.max_tokens
        self._stop = request.stop
        self._tokenizer = tokenizer
        self._ends = frozenset(ends)

    @property
    def left(self) -> int:
        """Tokens that it may still have."""
        return self._limit - len(self.ids)

    def ends_with(self, ids: Sequence[int]) -> bool:
        """Return whether it ends with these tokens: by one of them, a stop string, or the limit.

        Args:
            ids: All of its tokens.
        """
        if len(ids) >= self._limit or not self._ends.isdisjoint(ids):
            return True
        return bool(self._stop) and self._end(self._text(ids)) is not None

    def add(self, ids: Sequence[int], logprobs: Sequence[float]) -> None:
        """Append tokens.

        Args:
            ids: Their ids.
            logprobs: Their natural-log probabilities.
        """
        self.ids += ids
        self.logprobs += logprobs

    def generation(self) -> Generation:
        """Cut what was written at the limit, the end token, and the first of the stop strings."""
        ids = self.ids[: self._limit]
        count = next((place for place, token in enumerate(ids) if token in self._ends), len(ids))
        whole = self._text(ids[:count])
        end = self._end(whole)
        text = whole[:end]
        is_whole = count < len(ids) or end is not None
        if end is not None:
            count = next(n for n in range(count + 1) if len(self._text(ids[:n])) >= end)
        ends_at = tuple(min(len(self._text(ids[:n])), len(text)) for n in range(1, count + 1))
        return Generation(text, np.array(self.logprobs[:count]), is_whole, ends_at)

    def _end(self, text: str) -> int | None:
        return min((text.find(string) for string in self._stop if string in text), default=None)

    def _text(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode([*ids], skip_special_tokens=True))
