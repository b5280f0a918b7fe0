"""The contract of an engine: what a language model must be able to do, and nothing more."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
    """A prompt, and the continuations whose log-likelihood is asked for."""

    context: Prompt
    continuations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """A prompt to be continued greedily.

    Attributes:
        context: The prompt.
        max_tokens: Tokens after which the text ends at the latest.
        stop: Strings before which the text ends.
    """

    context: Prompt
    max_tokens: int = 64
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """What the model wrote.

    Attributes:
        text: The text, without what it was stopped by.
        token_logprobs: Natural-log probability of each generated token, shape (tokens,).
    """

    text: str
    token_logprobs: NDArray[np.float64]


class Engine(ABC):
    """A loaded language model. One thread at a time may call it."""

    name: str
    """Short name of the model."""
    digest: str
    """See `Identity.digest`."""
    context_tokens: int
    """The longest prompt with its continuation, in tokens."""

    @abstractmethod
    def loglikelihood(self, requests: Sequence[Request]) -> list[NDArray[np.float64]]:
        """Score every continuation of every request.

        Returns:
            For each request, in order, the natural-log probabilities of its whole continuations
            given its context, shape (continuations,).

        Raises:
            EngineError: A prompt does not fit, or the model fails.
        """

    @abstractmethod
    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation]:
        """Continue every prompt greedily.

        Raises:
            EngineError: A prompt does not fit, or the model fails.
        """

    @abstractmethod
    def truncates(self, request: Request) -> bool:
        """Tell whether the request's text has to be cut in its middle to fit the context."""
