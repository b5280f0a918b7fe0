"""What prompts about one text begin with, read once: by scoring, or before texts are written.

The keys and values of a text live no longer than the requests about it, and of so many texts at a
time as fit a limit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.engines.transformers.cache.keys_values import KeysValues, shortened
from backend.engines.transformers.tokens import Tokens, common_prefix

_SHORTEST = 8
"""Tokens below which a text is not worth a pass of its own."""


@dataclass(frozen=True, eq=False, slots=True)
class SharedPrefix:
    """What was read of a prompt behind the prefix that all prompts share.

    Attributes:
        tokens: Its tokens.
        layers: Their keys and values.
    """

    tokens: Tokens
    layers: KeysValues


NO_PREFIX = SharedPrefix((), {})

Read = Callable[[Sequence[Tokens]], Sequence[KeysValues]]
"""Runs tokens that follow the prefix, and returns their keys and values."""


def shared_prefixes(
    owns: Mapping[int, Tokens],
    texts: Mapping[int, str],
    scored: Mapping[str, SharedPrefix],
    read: Read,
) -> dict[int, SharedPrefix]:
    """Find what need not be run again of prompts that are to be continued.

    Args:
        owns: Each prompt's tokens behind the prefix, by its place.
        texts: The text that each is about.
        scored: What was read of texts when they were scored.
        read: Reads what several prompts share, where no scoring did.

    Returns:
        For each prompt, what it begins with; at least one of its tokens is left to be run.
    """
    about: dict[str, list[int]] = {}
    for place in owns:
        about.setdefault(texts[place], []).append(place)
    shared = {
        text: _shared([owns[place] for place in places], scored.get(text, NO_PREFIX).tokens)
        for text, places in about.items()
    }
    unread = [text for text in about if text not in scored and _is_worth_it(text, about, shared)]
    layers = dict(zip(unread, read([shared[text] for text in unread]), strict=True))
    layers |= {text: one.layers for text, one in scored.items()}
    known = {
        text: SharedPrefix(tokens, shortened(layers[text], len(tokens)))
        if text in layers
        else NO_PREFIX
        for text, tokens in shared.items()
    }
    return {place: known[texts[place]] for place in owns}


def in_chunks(
    texts: Mapping[int, str], lengths: Mapping[int, int], limit: int
) -> Iterator[list[int]]:
    """Cut requests into chunks of whole texts, each of so many tokens at most, or one text.

    Args:
        texts: The text that each request is about, by its place.
        lengths: The tokens of each request's prompt.
        limit: The most tokens of a chunk, a text counted once.

    Yields:
        The places of a chunk's requests.

    >>> texts = {0: "a", 1: "b", 2: "a", 3: "c"}
    >>> list(in_chunks(texts, {0: 5, 1: 4, 2: 6, 3: 9}, limit=10))
    [[0, 2, 1], [3]]
    """
    about: dict[str, list[int]] = {}
    for place, text in texts.items():
        about.setdefault(text, []).append(place)
    chunk: list[int] = []
    size = 0
    for places in about.values():
        longest = max(lengths[place] for place in places)
        if chunk and size + longest > limit:
            yield chunk
            chunk, size = [], 0
        chunk += places
        size += longest
    if chunk:
        yield chunk


def _shared(owns: Sequence[Tokens], scored: Tokens) -> Tokens:
    """Return what all begin with, and where the text was scored, that too; never a whole prompt."""
    most = min(map(len, owns)) - 1
    known = [*owns, scored] if scored else owns
    return owns[0][: min(most, common_prefix(known))]


def _is_worth_it(
    text: str, about: Mapping[str, Sequence[int]], shared: Mapping[str, Tokens]
) -> bool:
    return len(about[text]) > 1 and len(shared[text]) >= _SHORTEST
