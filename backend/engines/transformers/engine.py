"""A causal model of transformers as an engine: requests to tokens, tokens to the path that fits."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from transformers import PreTrainedTokenizerBase

from backend.engines.base import (
    Ability,
    Answer,
    Asked,
    Engine,
    GenerateRequest,
    Generation,
    Identity,
    Request,
    Scored,
)
from backend.engines.identity import identify
from backend.engines.transformers import weights
from backend.engines.transformers.adapters import MOST_LOADED, LoadedAdapters
from backend.engines.transformers.cache.keys_values import KeysValues
from backend.engines.transformers.cache.prefix_cache import PrefixCache
from backend.engines.transformers.cache.shared_prefix import (
    NO_PREFIX,
    SharedPrefix,
    in_chunks,
    shared_prefixes,
)
from backend.engines.transformers.encoding.encoded import EncodedPrompt, group_by_prefix
from backend.engines.transformers.encoding.encoder import PromptEncoder
from backend.engines.transformers.generation.batch_rows import PromptRow
from backend.engines.transformers.generation.generator import KEPT_PER_RUN, BatchedGenerator
from backend.engines.transformers.scoring.grouping import QuestionGroup, group_by_text
from backend.engines.transformers.scoring.packed import PackedScorer
from backend.engines.transformers.scoring.packing import ScoringItem
from backend.engines.transformers.scoring.plain import PlainScorer
from backend.engines.transformers.scoring.self_check import paths_agree
from backend.engines.transformers.scoring.trie import trie_of
from backend.engines.transformers.tokens import Tokens
from labeling.errors import EngineError
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings

ScoringPath = Literal["auto", "packed", "plain"]

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
        adapters=settings.data_dir / "artefacts",
    )


class TransformersEngine(Engine):
    """Scores and writes with a causal language model.

    Args:
        model: A causal model of transformers, on its device, in evaluation mode.
        tokenizer: Its tokenizer.
        identity: Its name and digest.
        path: How it scores; auto: packed, where that gives what the plain path gives.
        batch_tokens: Tokens of one forward pass; None: as many as measured fastest.
        context_tokens: The longest sequence; None: what the model was trained for.
        prefix_bytes: Keys and values of prefixes that may be kept, in bytes.
        cascades: Whether packed attention runs part by part rather than under one mask; None:
            where the device can.
        adapters: The folder of adapters, which are loaded when they are first asked for; None:
            there are none.
        most_adapters: Adapters that are held in memory.
    """

    abilities = frozenset(Ability)

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        identity: Identity,
        *,
        path: ScoringPath = "auto",
        batch_tokens: int | None = None,
        context_tokens: int | None = None,
        prefix_bytes: int = 1 << 30,
        cascades: bool | None = None,
        adapters: Path | None = None,
        most_adapters: int = MOST_LOADED,
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
        self._adapters = LoadedAdapters(model, identity.digest, adapters, most_adapters)
        self._plain = PlainScorer(model, tokens)
        self._packed: PackedScorer | None = None
        if path != "plain":
            packed = PackedScorer(
                model,
                tokens,
                PrefixCache(prefix_bytes),
                cascades,
                adapter=lambda: self._adapters.active,
            )
            if path == "packed" or paths_agree(self.name, self._encoder, packed, self._plain):
                self._packed = packed
        self._generator = BatchedGenerator(
            model, tokenizer, self._packed, tokens, self.context_tokens
        )
        self._batch_tokens = tokens

    @property
    def path(self) -> Literal["packed", "plain"]:
        """How it scores."""
        return "packed" if self._packed else "plain"

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        """Score every continuation by the sum of its tokens' log-probabilities, in float32."""
        return self.answer(requests)

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        """Continue every prompt; tokens have their free probabilities under a schema, too."""
        return self.answer(requests)

    def answer(self, requests: Sequence[Asked]) -> list[Any]:
        """Score and write; what requests about one text begin with is read once.

        Requests of one adapter go together. One that cannot be loaded fails for those alone.
        """
        by_adapter: dict[str | None, list[int]] = {}
        for place, request in enumerate(requests):
            by_adapter.setdefault(request.adapter, []).append(place)
        answers: dict[int, Any] = {}
        for adapter, places in by_adapter.items():
            try:
                self._adapters.load(adapter)
            except EngineError as error:
                answers |= dict.fromkeys(places, error)
                continue
            with self._adapters.using(adapter):
                found = self._answer_all([requests[place] for place in places])
            answers |= zip(places, found, strict=True)
        return [answers[place] for place in range(len(requests))]

    def _answer_all(self, requests: Sequence[Asked]) -> list[Any]:
        """Answer requests with the model as it is at the moment."""
        encoded = self._encode(requests)
        answers: dict[int, Answer] = {}
        for prefix, group in group_by_prefix([request.context for request in requests], encoded):
            asked = {place: requests[place] for place in group}
            for chunk in self._chunks(asked, group):
                answers |= self._answer(prefix, chunk, asked, group)
        return [
            one if isinstance(one, EngineError) else answers[place]
            for place, one in enumerate(encoded)
        ]

    def _encode(self, requests: Sequence[Asked]) -> list[EncodedPrompt | EngineError]:
        scored = [one for one in requests if isinstance(one, Request)]
        prompts = iter(self._encoder.encode_all([(r.context, r.continuations) for r in scored]))
        return [
            next(prompts) if isinstance(one, Request) else self._prompt(one) for one in requests
        ]

    def _chunks(
        self, asked: Mapping[int, Asked], group: Mapping[int, EncodedPrompt]
    ) -> Iterable[Sequence[int]]:
        """Cut requests so that what is kept of texts between reading and writing has its limit."""
        if not any(isinstance(one, GenerateRequest) for one in asked.values()):
            return [list(asked)]
        texts = {place: one.context.text for place, one in asked.items()}
        lengths = {place: len(one.context) for place, one in group.items()}
        return in_chunks(texts, lengths, KEPT_PER_RUN * self._batch_tokens)

    def _answer(
        self,
        prefix: Tokens,
        chunk: Sequence[int],
        asked: Mapping[int, Asked],
        group: Mapping[int, EncodedPrompt],
    ) -> dict[int, Answer]:
        """Answer requests that begin with the prefix: first those to score, then those to write."""
        to_write = {n: one for n in chunk if isinstance(one := asked[n], GenerateRequest)}
        to_score = {n: group[n] for n in chunk if n not in to_write}
        texts = {n: asked[n].context.text for n in chunk}
        about = list(group_by_text([texts[n] for n in to_score], to_score, prefix))
        sums, read = self._score(prefix, about, keeps=bool(to_write))
        answers: dict[int, Answer] = {
            place: Scored(one, group[place].truncated)
            for text, of_text in zip(about, sums, strict=True)
            for place, one in text.by_place(of_text).items()
        }
        owns = {n: group[n].context[len(prefix) :] for n in to_write}
        known = self._known(prefix, owns, texts, read)
        rows = [
            PromptRow(known[n], owns[n][len(known[n].tokens) :], request)
            for n, request in to_write.items()
        ]
        return answers | dict(zip(to_write, self._generator.generate(prefix, rows), strict=True))

    def _score(
        self, prefix: Tokens, about: Sequence[QuestionGroup], *, keeps: bool
    ) -> tuple[list[Floats], dict[str, SharedPrefix]]:
        """Score what is asked about texts; return what was read of them, too, where it is kept."""
        items = [text.item for text in about]
        if self._packed is None or not (keeps and self._generator.reuses):
            return (self._packed or self._plain).score(prefix, items), {}
        found = self._packed.read(prefix, items)
        read = {
            text.text: SharedPrefix(text.item.tokens, layers)
            for text, (_, layers) in zip(about, found, strict=True)
        }
        return [sums for sums, _ in found], read

    def _known(
        self,
        prefix: Tokens,
        owns: Mapping[int, Tokens],
        texts: Mapping[int, str],
        scored: Mapping[str, SharedPrefix],
    ) -> Mapping[int, SharedPrefix]:
        """Find what is known of prompts to be continued; see `shared_prefixes`."""
        packed = self._packed
        if packed is None or not self._generator.reuses:
            return dict.fromkeys(owns, NO_PREFIX)

        def read(texts: Sequence[Tokens]) -> list[KeysValues]:
            items = [ScoringItem(tokens, trie_of(())) for tokens in texts]
            return [layers for _, layers in packed.read(prefix, items)]

        return shared_prefixes(owns, texts, scored, read)

    def _prompt(self, request: GenerateRequest) -> EncodedPrompt | EngineError:
        """Encode a prompt, with room left for what is written."""
        room = self.context_tokens - request.max_tokens
        try:
            self._generator.check(request)
            return self._encoder_with(room).encode(request.context, ())
        except EngineError as error:
            return error
