"""The transformers engine: any causal model of the Hub or a folder, on CUDA, MPS or the CPU."""

import inspect
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import DynamicCache, PreTrainedTokenizerBase

from backend.engines import weights
from backend.engines.base import (
    Ability,
    Engine,
    GenerateRequest,
    Generation,
    Identity,
    Request,
    Scored,
)
from backend.engines.encoding import Encoded, PromptEncoder
from backend.engines.generation import continue_greedily
from backend.engines.identity import identify
from labeling.errors import EngineError
from labeling.settings import ModelSettings

_LONGEST_CONTEXT = 4096
"""Tokens of context where neither settings nor model name a limit."""

_SHORTEST_STEM = 16
"""Tokens below which a shared beginning is not worth a pass of its own."""

_STEMS_KEPT = 4
"""Shared beginnings, one a project, whose keys and values stay in memory."""

Floats = NDArray[np.float64]
_KeysValues = list[tuple[Tensor, Tensor]]


def load(settings: ModelSettings) -> "TransformersEngine":
    """Load the model that the settings name.

    Raises:
        EngineError: It cannot be found or loaded, or cannot be scored in batches.
    """
    model, tokenizer = weights.load(settings)
    return TransformersEngine(
        model,
        tokenizer,
        identify(settings),
        batch_tokens=settings.batch_tokens,
        context_tokens=settings.context_tokens,
    )


class TransformersEngine(Engine):
    """Scores and generates with a causal language model.

    What all prompts of a project begin with (instruction, labels, examples) is run once and its
    keys and values are kept; each prompt's own part is run once for all of its continuations.

    Args:
        model: A causal model of transformers, on its device, in evaluation mode.
        tokenizer: Its tokenizer.
        identity: What `identify` says of it.
        batch_tokens: Tokens of one forward pass, padding and shared beginning included; None: as
            many as measured fastest (on a CPU, what fits its caches).
        context_tokens: The longest sequence; None: what the model was trained for.
    """

    abilities = frozenset({Ability.LABEL_LOGPROBS, Ability.GENERATION, Ability.TOKEN_LOGPROBS})

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        identity: Identity,
        *,
        batch_tokens: int | None = None,
        context_tokens: int | None = None,
    ) -> None:
        text_config = model.config.get_text_config()
        trained_for = getattr(text_config, "max_position_embeddings", None) or _LONGEST_CONTEXT
        self.name = identity.name
        self.digest = identity.digest
        self.context_tokens = min(context_tokens or trained_for, trained_for)
        self._model = model
        self._tokenizer = tokenizer
        self._encoder = PromptEncoder(tokenizer, self.context_tokens)
        self._batch_tokens = batch_tokens or (2048 if model.device.type == "cpu" else 8192)
        self._window = getattr(text_config, "sliding_window", None)
        self._stems: OrderedDict[tuple[int, ...], _KeysValues] = OrderedDict()
        takes = inspect.signature(model.forward).parameters
        self._cache_argument = "cache" if "cache" in takes else "past_key_values"

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        """Score every continuation by the sum of its tokens' log-probabilities, in float32."""
        encoded = [
            self._encoder.encode(request.context, request.continuations) for request in requests
        ]
        scores: list[Floats] = [np.zeros(len(item.continuations)) for item in encoded]
        groups: dict[tuple[str, bool], list[int]] = {}
        for index, request in enumerate(requests):
            groups.setdefault((request.context.before, request.context.chat), []).append(index)
        for group in groups.values():
            stem = self._stem([encoded[index] for index in group])
            for batch in self._batches(group, encoded):
                scored = self._score([encoded[index] for index in batch], stem)
                for index, row in zip(batch, scored, strict=True):
                    scores[index] = row
        return [Scored(array, item.truncated) for array, item in zip(scores, encoded, strict=True)]

    def _stem(self, group: Sequence[Encoded]) -> tuple[int, ...]:
        """Find the tokens that all prompts of one project begin with; empty where too few."""
        length = min(min(item.head, len(item.context) - 1) for item in group)
        stem = group[0].context[:length]
        if any(item.context[:length] != stem for item in group):
            return ()
        exceeds_window = self._window and max(item.length for item in group) > self._window
        return () if length < _SHORTEST_STEM or exceeds_window else stem

    def _batches(self, group: list[int], encoded: Sequence[Encoded]) -> Iterator[list[int]]:
        """Cut the group into batches of like length, each within the token budget."""
        batch: list[int] = []
        for index in sorted(group, key=lambda index: -encoded[index].length):
            longest = encoded[batch[0]].length if batch else encoded[index].length
            if batch and (len(batch) + 1) * longest > self._batch_tokens:
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    @torch.inference_mode()
    def _score(self, batch: Sequence[Encoded], stem: tuple[int, ...]) -> list[Floats]:
        """Run each context once; then each continuation's tokens behind it, from the cache."""
        cache = self._stem_cache(stem, len(batch))
        own = [item.context[len(stem) :] for item in batch]
        tokens, real = self._padded(own, side="left")
        seen = torch.cat([real.new_ones(len(batch), len(stem)), real], dim=1)
        first = self._forward(tokens, seen, cache, keep=1)[:, -1]

        scores: list[Floats] = [np.zeros(len(item.continuations)) for item in batch]
        for number in range(max(len(item.continuations) for item in batch)):
            asked = [
                item.continuations[number] if number < len(item.continuations) else ()
                for item in batch
            ]
            summed = self._follow(asked, first, seen, cache)
            for row, value in enumerate(summed):
                if number < len(scores[row]):
                    scores[row][number] = value
        return scores

    def _follow(
        self, asked: Sequence[tuple[int, ...]], first: Tensor, seen: Tensor, cache: DynamicCache
    ) -> list[float]:
        """Sum the log-probabilities of one continuation a row, and leave the cache as it was.

        Args:
            asked: The continuations' tokens; an empty one sums to 0.
            first: Log-probabilities of the token behind each context, shape (rows, vocabulary).
            seen: Which of the cache's positions are real, shape (rows, positions).
            cache: Keys and values of the contexts.
        """
        targets, real = self._padded(asked, side="right")
        width = targets.shape[1]
        if width == 0:
            return [0.0] * len(asked)
        logprobs = first[:, None]
        if width > 1:
            grown = torch.cat([seen, real[:, :-1]], dim=1)
            behind = self._forward(targets[:, :-1], grown, cache, keep=0)
            cache.crop(-(width - 1))
            logprobs = torch.cat([logprobs, behind], dim=1)
        picked = logprobs.gather(2, targets[..., None])[..., 0] * real
        return [float(total) for total in picked.double().sum(dim=1)]

    def _forward(self, tokens: Tensor, seen: Tensor, cache: DynamicCache, keep: int) -> Tensor:
        """Run tokens behind what the cache holds.

        Args:
            tokens: Shape (rows, new).
            seen: Which positions are real, the cache's and the new ones, shape (rows, all).
            cache: Grows by the new positions.
            keep: How many of the last positions to answer for; 0: all.

        Returns:
            Log-probabilities of the next token, float32, shape (rows, kept, vocabulary).
        """
        positions = (seen.cumsum(dim=1) - 1).clamp(min=0)[:, -tokens.shape[1] :]
        output = self._model(
            input_ids=tokens,
            attention_mask=seen,
            position_ids=positions,
            use_cache=True,
            logits_to_keep=keep,
            **{self._cache_argument: cache},
        )
        return output.logits.float().log_softmax(dim=-1)  # type: ignore[no-any-return]

    def _stem_cache(self, stem: tuple[int, ...], rows: int) -> DynamicCache:
        """Give a cache that holds the stem for every row; run the stem where it is new."""
        if not stem:
            return DynamicCache()
        if stem not in self._stems:
            cache = DynamicCache()
            tokens, real = self._padded([stem], side="left")
            self._forward(tokens, real, cache, keep=1)
            self._stems[stem] = [(keys, values) for keys, values, *_ in cache]
            if len(self._stems) > _STEMS_KEPT:
                self._stems.popitem(last=False)
        self._stems.move_to_end(stem)
        return DynamicCache(
            [
                (keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1))
                for keys, values in self._stems[stem]
            ]
        )

    def _padded(self, rows: Sequence[tuple[int, ...]], side: str) -> tuple[Tensor, Tensor]:
        """Lay rows of tokens into one rectangle, and say which of its places are real."""
        width = max(map(len, rows))
        tokens = torch.zeros(len(rows), width, dtype=torch.long)
        real = torch.zeros(len(rows), width, dtype=torch.long)
        for number, row in enumerate(rows):
            place = slice(width - len(row), width) if side == "left" else slice(0, len(row))
            tokens[number, place] = torch.tensor(row, dtype=torch.long)
            real[number, place] = 1
        return tokens.to(self._model.device), real.to(self._model.device)

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        """Continue every prompt greedily, those with equal limits together."""
        encoded = [self._prompt(request) for request in requests]
        groups: dict[tuple[int, tuple[str, ...]], list[int]] = {}
        for index, request in enumerate(requests):
            groups.setdefault((request.max_tokens, request.stop), []).append(index)
        written: dict[int, Generation] = {}
        for (max_tokens, stop), group in groups.items():
            for batch in self._batches(group, encoded):
                tokens, real = self._padded([encoded[index].context for index in batch], "left")
                texts = continue_greedily(
                    self._model, self._tokenizer, tokens, real, max_tokens, stop
                )
                written |= zip(batch, texts, strict=True)
        return [written[index] for index in range(len(requests))]

    def _prompt(self, request: GenerateRequest) -> Encoded:
        room = self.context_tokens - request.max_tokens
        return PromptEncoder(self._tokenizer, room).encode(request.context, ())
