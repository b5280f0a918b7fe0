"""Conversations with the model: each plans requests, reads the answers, and may plan again.

A conversation is a generator. It yields the requests of one step, is sent their answers in the
same order, and returns what it found. Conversations never call the model, so that any number of
them can run side by side: `gather` joins what they ask in a step, and `run` puts it to the model
in one call.
"""

from collections.abc import Generator, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from backend.engines.base import Asked, GenerateRequest, Generation, Request, Scored
from backend.engines.model_client import ModelClient
from labeling.errors import TandemError

Found = TypeVar("Found")

Steps: TypeAlias = Generator[Sequence[Asked], Sequence[Any], Found]
"""A conversation that returns `Found`."""


def score(requests: Sequence[Request]) -> Steps[Sequence[Scored | TandemError]]:
    """Return the scores of requests, in one step."""
    return (yield requests)


def generate(requests: Sequence[GenerateRequest]) -> Steps[Sequence[Generation | TandemError]]:
    """Return the continuations of prompts, in one step."""
    return (yield requests)


def gather(conversations: Sequence[Steps[Found]]) -> Steps[list[Found]]:
    """Run conversations side by side: all that they ask in their nth step is one step.

    Args:
        conversations: What runs; each may take a different number of steps.

    Returns:
        What each found, in order.
    """
    found: dict[int, Found] = {}
    answers: dict[int, Sequence[Any] | None] = dict.fromkeys(range(len(conversations)))
    while answers:
        pending: dict[int, Sequence[Asked]] = {}
        for number, said in answers.items():
            try:
                pending[number] = _resume(conversations[number], said)
            except StopIteration as end:
                found[number] = end.value
        rest = iter((yield [one for asked in pending.values() for one in asked]) if pending else ())
        answers = {number: list(islice(rest, len(asked))) for number, asked in pending.items()}
    return [found[number] for number in range(len(conversations))]


def run(conversation: Steps[Found], model: ModelClient) -> Found:
    """Put a conversation to the model, in one call a step.

    Args:
        conversation: What is asked.
        model: Answers it.

    Returns:
        What the conversation found.

    Raises:
        TandemError: The model cannot be asked at all, or the conversation gives up.
    """
    answers: Sequence[Any] | None = None
    while True:
        try:
            requests = _resume(conversation, answers)
        except StopIteration as end:
            found: Found = end.value
            return found
        answers = _ask(requests, model)


def _resume(conversation: Steps[Any], answers: Sequence[Any] | None) -> Sequence[Asked]:
    """Return the next step's requests; of a conversation that is to begin, the first one's."""
    return next(conversation) if answers is None else conversation.send(answers)


def _ask(requests: Sequence[Asked], model: ModelClient) -> list[Any]:
    """Ask each distinct request once, those about one text side by side."""
    by_text: dict[str, list[Asked]] = {}
    for one in dict.fromkeys(requests):
        by_text.setdefault(one.context.text, []).append(one)
    distinct = [one for about in by_text.values() for one in about]
    answers = dict(zip(distinct, model.ask(distinct), strict=True)) if distinct else {}
    return [answers[one] for one in requests]
