"""A model of the settings, as transformers has it and as an engine at once."""

from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

from backend.compression.answers import AnsweredTexts
from backend.compression.report import Measured, measure
from backend.engines import Scored
from backend.engines.identity import identify
from backend.engines.transformers import TransformersEngine, weights
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from backend.engines.transformers.encoding.encoder import PromptEncoder
from labeling.errors import EngineError
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model, ready to answer and to be taken apart.

    Attributes:
        model: As transformers has it.
        tokenizer: Its tokenizer.
        engine: The engine that asks it.
    """

    model: Any
    tokenizer: PreTrainedTokenizerBase
    engine: TransformersEngine

    def measure(self, texts: AnsweredTexts) -> Measured:
        """Judge it by people's answers; see `backend.compression.report.measure`."""
        return measure(self.engine, weights.weight_bytes(self.model), texts)

    def encode(self, texts: AnsweredTexts) -> list[EncodedPrompt]:
        """Return what it is asked about each text, as tokens.

        Raises:
            EngineError: A prompt does not fit even without its text.
        """
        encoder = PromptEncoder(self.tokenizer, self.engine.context_tokens)
        return [encoder.encode(one.context, one.continuations) for one in texts.requests]

    def score(self, texts: AnsweredTexts) -> list[Floats]:
        """Return the natural-log probabilities of each text's labels, shape (labels,) each.

        Raises:
            EngineError: A text cannot be scored.
        """
        return [_scores(one) for one in self.engine.loglikelihood(texts.requests)]


def load_model(settings: Settings) -> LoadedModel:
    """Load the model that the settings name.

    Raises:
        EngineError: It cannot be found or loaded.
    """
    model, tokenizer = weights.load(settings.model)
    engine = TransformersEngine(
        model,
        tokenizer,
        identify(settings),
        path=settings.model.path,
        batch_tokens=settings.model.batch_tokens,
        context_tokens=settings.model.context_tokens,
        prefix_bytes=settings.model.prefix_bytes,
    )
    return LoadedModel(model, tokenizer, engine)


def with_model(settings: Settings, **values: str) -> Settings:
    """Return settings whose `model` section has other values."""
    return settings.model_copy(update={"model": settings.model.model_copy(update=values)})


def _scores(scored: Scored | EngineError) -> Floats:
    if isinstance(scored, EngineError):
        raise scored
    return scored.loglikelihoods
