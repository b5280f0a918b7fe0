"""The contract of an engine: what a language model must be able to do, and nothing more."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from labeling.errors import EngineError
from labeling.mathtypes import Floats
from labeling.protocol.health import PaidUsage


class Ability(StrEnum):
    """What an engine may be able to do; a way of finding a confidence names what it needs."""

    LABEL_LOGPROBS = "log-probabilities of given labels"
    TOKEN_LOGPROBS = "log-probabilities of the tokens that it writes"  # noqa: S105 - no password
    GENERATION = "text that it writes"
    SAMPLING = "several different texts for one prompt"
    SCHEMAS = "text that obeys a JSON schema"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which model answers, known before its weights are loaded.

    Attributes:
        name: Short name, such as `SmolLM2-135M-Instruct`.
        digest: SHA-256, in hex, over the weights' origin and every setting that moves a score.
    """

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model reads before it answers.

    The parts are kept apart so that an item's text is data: no part is ever parsed for special
    tokens, and where the whole is too long, it is the middle of `text` that goes.

    Attributes:
        before: What stands before the item: instruction, labels, examples.
        text: The item itself.
        after: What stands behind it and asks for the answer.
        chat: Whether the model's chat template goes around the three.
    """

    before: str
    text: str
    after: str
    chat: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt, and the continuations whose log-likelihood is asked for.

    Attributes:
        context: The prompt.
        continuations: What may follow it.
        adapter: The adapter that the model answers with, by its artefact's digest; None: none.
    """

    context: Prompt
    continuations: tuple[str, ...]
    adapter: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model said of one request.

    Attributes:
        loglikelihoods: Natural-log probability of every whole continuation given the context,
            shape (continuations,).
        truncated: Whether the text was cut in its middle to fit.
        missing: The largest probability that the engine may have kept from any one continuation,
            in [0, 1]: 0 where it returns all.
    """

    loglikelihoods: Floats
    truncated: bool = False
    missing: float = 0.0


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """A prompt to be continued.

    Attributes:
        context: The prompt.
        max_tokens: Tokens after which the text ends at the latest.
        stop: Strings before which the text ends.
        temperature: 0: greedily; above: sampled from the probabilities to the power of its inverse.
        seed: Distinguishes samples of one prompt; without meaning at temperature 0.
        schema: A JSON schema, as JSON, that the whole text must conform to; None: the text is free.
        adapter: See `Request.adapter`.
    """

    context: Prompt
    max_tokens: int = 64
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int = 0
    schema: str | None = None
    adapter: str | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """What the model wrote.

    Attributes:
        text: The text, without what it was stopped by.
        token_logprobs: Natural-log probability of each generated token, shape (tokens,); empty
            where the engine does not say.
        is_whole: Whether the model ended it, rather than the limit of tokens.
        token_ends: Where in `text` each token ends, in characters, shape (tokens,); empty where the
            engine does not tell.
    """

    text: str
    token_logprobs: Floats
    is_whole: bool = True
    token_ends: tuple[int, ...] = ()


Asked: TypeAlias = Request | GenerateRequest
Answer: TypeAlias = Scored | Generation


class Engine(ABC):
    """A loaded language model. One thread at a time may call it.

    All verbs answer in order, one answer per request. A request that fails for itself has its error
    in its answer's place; what fails for all of them is raised.
    """

    name: str
    """Short name of the model."""
    digest: str
    """See `Identity.digest`."""
    abilities: frozenset[Ability]
    """What it can do."""

    @abstractmethod
    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        """Score every continuation of every request.

        Raises:
            EngineError: The model fails, or cannot score at all.
        """

    @abstractmethod
    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        """Continue every prompt.

        Raises:
            EngineError: The model fails, or cannot do what is asked.
        """

    def answer(self, requests: Sequence[Asked]) -> list[Answer | EngineError]:
        """Put each request to the verb that it is for; what they share may be read once.

        Args:
            requests: Requests of both verbs, in any order.

        Returns:
            One answer or error per request, in order.

        Raises:
            EngineError: See the verbs.
        """
        to_score = [one for one in requests if isinstance(one, Request)]
        to_write = [one for one in requests if isinstance(one, GenerateRequest)]
        scored = iter(self.loglikelihood(to_score) if to_score else ())
        written = iter(self.generate(to_write) if to_write else ())
        return [next(scored if isinstance(one, Request) else written) for one in requests]

    @property
    def paid(self) -> PaidUsage:
        """What a server was paid for its answers so far; nothing where it runs here."""
        return PaidUsage()

    def close(self) -> None:  # noqa: B027 - most engines hold nothing to let go of
        """Let go of files and connections."""
