"""Answers of servers, read: tokens, their log-probabilities, and what they compete with.

Servers write log-probabilities in two forms: that of OpenAI's chat completions (`content`, which
llama.cpp uses everywhere), and that of its older completions (`tokens`, `token_logprobs`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from backend.engines.base import Generation
from labeling.errors import EngineError


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """One token of an answer, or of a prompt that was echoed.

    Attributes:
        text: Its bytes.
        logprob: Its natural-log probability.
        top: The most probable tokens in its place, with theirs.
    """

    text: bytes
    logprob: float
    top: Mapping[bytes, float] = field(default_factory=dict)


def choice_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer's only choice.

    Raises:
        EngineError: There is none, or the model refused.
    """
    choices = answer.get("choices") or [{}]
    choice: Mapping[str, Any] = choices[0]
    message = choice.get("message") or {}
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        raise EngineError("The server's model refused this text")
    return choice


def tokens_of(choice: Mapping[str, Any]) -> list[TokenLogprob]:
    """Read a choice's tokens; empty where the server scored none."""
    logprobs_of = choice.get("logprobs") or {}
    if logprobs_of.get("content"):
        return [_chat_token(one) for one in logprobs_of["content"]]
    texts: Sequence[str] = logprobs_of.get("tokens") or []
    logprobs: Sequence[float | None] = logprobs_of.get("token_logprobs") or []
    tops: Sequence[Mapping[str, float] | None] = logprobs_of.get("top_logprobs") or [None] * len(
        texts
    )
    return [
        TokenLogprob(
            text.encode(),
            _finite(logprob),
            {piece.encode(): _finite(value) for piece, value in (top or {}).items()},
        )
        for text, logprob, top in zip(texts, logprobs, tops, strict=False)
    ]


def _chat_token(one: Mapping[str, Any]) -> TokenLogprob:
    top = {_text(other): _finite(other.get("logprob")) for other in one.get("top_logprobs") or []}
    return TokenLogprob(_text(one), _finite(one.get("logprob")), top)


def _text(token: Mapping[str, Any]) -> bytes:
    raw = token.get("bytes")
    return bytes(raw) if raw else str(token.get("token", "")).encode()


def _finite(logprob: float | None) -> float:
    """Read a log-probability; servers write -9999 or null for what is all but impossible."""
    if logprob is None or math.isnan(logprob) or logprob < -100.0:
        return -100.0
    return min(0.0, float(logprob))


def generation_of(choice: Mapping[str, Any], *, must_be_whole: bool) -> Generation:
    """Read what was written.

    Args:
        choice: The answer's choice.
        must_be_whole: Whether a text that was cut off is worth nothing.

    Returns:
        The text, with the log-probability, in nats, of each of its tokens.

    Raises:
        EngineError: It is empty, or cut off where it may not be.
    """
    message = choice.get("message") or {}
    text = choice.get("text")
    text = str(message.get("content") or "") if text is None else str(text)
    is_whole = choice.get("finish_reason") != "length"
    if not is_whole and must_be_whole:
        raise EngineError("The server's answer was cut off at its limit of tokens")
    if not text.strip():
        raise EngineError("The server's answer is empty")
    tokens = tokens_of(choice)
    logprobs = np.array([token.logprob for token in tokens], dtype=np.float64)
    return Generation(text, logprobs, is_whole, _ends(tokens, len(text)))


def _ends(tokens: Sequence[TokenLogprob], length: int) -> tuple[int, ...]:
    """Find where each token ends, in characters; one that it leaves unfinished is not its."""
    said = list(accumulate((token.text for token in tokens), initial=b""))[1:]
    return tuple(min(len(part.decode("utf-8", "ignore")), length) for part in said)
