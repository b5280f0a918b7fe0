"""An encoded prompt, and encoded prompts put together by what they begin with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.engines.base import Prompt
from backend.engines.transformers.tokens import Tokens
from labeling.errors import EngineError

_SHORTEST_PREFIX = 16
"""Tokens below which a shared prefix is not worth a pass of its own."""


@dataclass(frozen=True, slots=True)
class EncodedPrompt:
    """A prompt and its continuations, as token ids.

    Attributes:
        context: Tokens that the context and every joint encoding begin with; at least one.
        continuations: For each continuation, the tokens that follow `context`.
        head: How many of the first `context` tokens come from what stands before the item.
        truncated: Whether the text was cut in its middle.
    """

    context: Tokens
    continuations: tuple[Tokens, ...]
    head: int
    truncated: bool


def group_prefix(group: Sequence[EncodedPrompt]) -> Tokens:
    """Return the tokens before the items that a whole group begins with; empty where too few.

    >>> shared = tuple(range(20))
    >>> one = EncodedPrompt((*shared, 7), (), head=20, truncated=False)
    >>> two = EncodedPrompt((*shared, 8, 9), (), head=20, truncated=False)
    >>> len(group_prefix([one, two]))
    20
    """
    length = min(min(one.head, len(one.context) - 1) for one in group)
    prefix = group[0].context[:length]
    if length < _SHORTEST_PREFIX or any(one.context[:length] != prefix for one in group):
        return ()
    return prefix


def group_by_prefix(
    prompts: Sequence[Prompt], encoded: Sequence[EncodedPrompt | EngineError]
) -> Iterator[tuple[Tokens, dict[int, EncodedPrompt]]]:
    """Put together the prompts that begin alike.

    Args:
        prompts: The prompts.
        encoded: Their tokens; what could not be encoded is in no group.

    Yields:
        For each group, the tokens that all its prompts begin with, and each prompt by its place.
    """
    groups: dict[tuple[str, bool], dict[int, EncodedPrompt]] = {}
    for place, (prompt, one) in enumerate(zip(prompts, encoded, strict=True)):
        if isinstance(one, EncodedPrompt):
            groups.setdefault((prompt.before, prompt.chat), {})[place] = one
    for group in groups.values():
        yield group_prefix(list(group.values())), group
