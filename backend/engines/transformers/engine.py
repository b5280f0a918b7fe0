"""A causal model of transformers as an engine: requests to tokens, tokens to the path that fits."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from backend.engines.base import (
    Ability,
    Engine,
    GenerateRequest,
    Generation,
    Identity,
    Request,
    Scored,
)
from backend.engines.identity import identify
from backend.engines.transformers import weights
from backend.engines.transformers.agreement import agree
from backend.engines.transformers.encoding import Encoded, PromptEncoder, by_prefix
from backend.engines.transformers.packed import PackedScorer
from backend.engines.transformers.plain import PlainScorer
from backend.engines.transformers.prefixes import PrefixCache
from backend.engines.transformers.sharing import by_text
from backend.engines.transformers.writing import Writer
from labeling.errors import EngineError
from labeling.settings import Settings

Path = Literal["auto", "packed", "plain"]
Floats = NDArray[np.float64]

_LONGEST_CONTEXT = 4096
"""Tokens of context where neither settings nor model name a limit."""


def load(settings: Settings) -> "TransformersEngine":
    """Load the model that the settings name.

    Raises:
        EngineError: It cannot be found or loaded.
    """
    model, tokenizer = weights.load(settings.model)
    return TransformersEngine(
        model,
        tokenizer,
        identify(settings),
        path=settings.model.path,
        batch_tokens=settings.model.batch_tokens,
        context_tokens=settings.model.context_tokens,
        prefix_bytes=settings.model.prefix_bytes,
    )


class TransformersEngine(Engine):
    """Scores and writes with a causal language model.

    Args:
        model: A causal model of transformers, on its device, in evaluation mode.
        tokenizer: Its tokenizer.
        identity: What `identify` says of it.
        path: How it scores; auto: packed, where that gives what the plain path gives.
        batch_tokens: Tokens of one forward pass; None: as many as measured fastest.
        context_tokens: The longest sequence; None: what the model was trained for.
        prefix_bytes: Keys and values of prefixes that may be kept.
    """

    abilities = frozenset(Ability)

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        identity: Identity,
        *,
        path: Path = "auto",
        batch_tokens: int | None = None,
        context_tokens: int | None = None,
        prefix_bytes: int = 1 << 30,
    ) -> None:
        text_config = model.config.get_text_config()
        trained_for = getattr(text_config, "max_position_embeddings", None) or _LONGEST_CONTEXT
        self.name = identity.name
        self.digest = identity.digest
        self.context_tokens = min(context_tokens or trained_for, trained_for)
        self._model = model
        self.tokenizer = tokenizer
        self._encoder_with = lru_cache(maxsize=8)(partial(PromptEncoder, tokenizer))
        self._encoder = self._encoder_with(self.context_tokens)
        tokens = batch_tokens or (1024 if model.device.type == "cpu" else 8192)
        self._plain = PlainScorer(model, tokens)
        self._packed: PackedScorer | None = None
        if path != "plain":
            packed = PackedScorer(model, tokens, PrefixCache(prefix_bytes))
            if path == "packed" or agree(self.name, self._encoder, packed, self._plain):
                self._packed = packed
        self._writer = Writer(model, tokenizer, self._packed, tokens, self.context_tokens)

    @property
    def path(self) -> Literal["packed", "plain"]:
        """How it scores."""
        return "packed" if self._packed else "plain"

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        """Score every continuation by the sum of its tokens' log-probabilities, in float32."""
        encoded = self._encoder.encode_all([(r.context, r.continuations) for r in requests])
        scorer = self._packed or self._plain
        scores: dict[int, Floats] = {}
        for prefix, group in by_prefix([request.context for request in requests], encoded):
            texts = list(by_text([requests[place].context.text for place in group], group, prefix))
            sums = scorer.score(prefix, [text.item for text in texts])
            for text, of_text in zip(texts, sums, strict=True):
                scores |= text.by_place(of_text)
        return [
            one if isinstance(one, EngineError) else Scored(scores[place], one.truncated)
            for place, one in enumerate(encoded)
        ]

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        """Continue every prompt; tokens have their free probabilities under a schema, too."""
        encoded = [self._prompt(request) for request in requests]
        texts: dict[int, Generation] = {}
        for prefix, group in by_prefix([request.context for request in requests], encoded):
            owns = [one.context[len(prefix) :] for one in group.values()]
            asked = [requests[place] for place in group]
            texts |= zip(group, self._writer.write(prefix, owns, asked), strict=True)
        return [
            one if isinstance(one, EngineError) else texts[place]
            for place, one in enumerate(encoded)
        ]

    def _prompt(self, request: GenerateRequest) -> Encoded | EngineError:
        """Encode a prompt, with room left for what is written."""
        room = self.context_tokens - request.max_tokens
        try:
            self._writer.check(request)
            return self._encoder_with(room).encode(request.context, ())
        except EngineError as error:
            return error
