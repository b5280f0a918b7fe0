"""From the most probable next tokens to the probabilities of labels, and what they leave open.

A server tells the probabilities of few tokens. The labels are walked down token by token: their
first tokens are read off what follows the prompt, and where more has to be known, the tokens behind
a stem are read off what follows prompt and stem. A label whose token is not among those told is at
most as probable as the least of them, and as all that is left beside them: it gets that bound, and
the bound is reported as `missing`. It is never guessed.

Where a server does not tell how it cuts texts, labels are matched by their letters. A label of
which only the beginning of a word was told may be made of a longer token that was not: it gets what
the told way comes to or, where that is more, the bound of the longer token, which is `missing`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from backend.engines.base import Scored

Piece = tuple[int, bytes]
"""A token as a server cuts it: its number, and what its answers call it, which may be its bytes."""


@dataclass(frozen=True, slots=True)
class Stem:
    """What stands between the prompt and the token that is asked for.

    Attributes:
        text: Its bytes; a character may be cut in its middle.
        tokens: The numbers of its tokens; None: the server does not tell them.
    """

    text: bytes = b""
    tokens: tuple[int, ...] | None = ()

    def and_piece(self, text: bytes, token: int | None) -> "Stem":
        """Give the stem with one more token behind it."""
        if self.tokens is None or token is None:
            return Stem(self.text + text, None)
        return Stem(self.text + text, (*self.tokens, token))


Ask = Callable[[Stem, Sequence[Piece]], Mapping[bytes, float]]
"""Gives the most probable tokens behind the prompt and a stem, with natural-log probabilities, and
the wanted ones where the server can be asked for them."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is left of a label on the way down.

    Attributes:
        number: Its place among the labels.
        rest: The bytes that are not read yet, where the server does not tell its tokens.
        pieces: The tokens that are not read yet; None: the server does not tell.
        hidden: The largest natural-log probability of a token that was not told and that the label
            may be made of, in place of the shorter ones that were.
    """

    number: int
    rest: bytes
    pieces: tuple[Piece, ...] | None = None
    hidden: float = -math.inf

    @property
    def is_read(self) -> bool:
        """Whether nothing is left of it."""
        return not (self.rest if self.pieces is None else self.pieces)

    def next_piece(self, top: Mapping[bytes, float]) -> bytes | None:
        """Find its next token among those told: the server's own, else the longest that fits."""
        if self.pieces is not None:
            return self.pieces[0][1] if self.pieces[0][1] in top else None
        return max((t for t in top if t and self.rest.startswith(t)), key=len, default=None)

    def next_token(self) -> int | None:
        """Give the number of its next token, where that is known."""
        return self.pieces[0][0] if self.pieces else None

    def behind(self, piece: bytes, bound: float) -> "Label":
        """Give what is left behind its next token.

        Args:
            piece: The token.
            bound: The largest natural-log probability of a way that was not told.
        """
        if self.pieces is not None:
            return Label(self.number, self.rest, self.pieces[1:])
        rest = self.rest[len(piece) :]
        hidden = max(self.hidden, bound) if _is_within_word(piece, rest) else self.hidden
        return Label(self.number, rest, hidden=hidden)


def _is_within_word(piece: bytes, rest: bytes) -> bool:
    """Tell whether a word goes on behind a token, so that a longer one may stand in its place."""
    return bool(rest) and not rest[:1].isspace() and not piece[-1:].isspace()


@dataclass(slots=True)
class Walk:
    """One prompt's labels, on their way down.

    Attributes:
        ask: Asks the server.
        to_the_end: Whether labels are walked to their last token, or until they can be told apart.
        found: Natural-log probability by label.
        missing: The largest probability of a label that was not told.
    """

    ask: Ask
    to_the_end: bool
    found: dict[int, float] = field(default_factory=dict)
    missing: float = 0.0

    def down(self, stem: Stem, logprob: float, labels: Sequence[Label]) -> None:
        """Read the labels' next tokens behind a stem that has a probability of its own."""
        wanted = list(dict.fromkeys(label.pieces[0] for label in labels if label.pieces))
        top = self.ask(stem, wanted)
        bound = logprob + bound_of(top)
        ways: dict[tuple[bytes, int | None], list[Label]] = {}
        for label in labels:
            piece = label.next_piece(top)
            if piece is None:
                self._bound(label, bound)
            else:
                way = ways.setdefault((piece, label.next_token()), [])
                way.append(label.behind(piece, bound))
        for (piece, token), along in ways.items():
            self._along(stem.and_piece(piece, token), logprob + top[piece], along)

    def _along(self, stem: Stem, logprob: float, labels: Sequence[Label]) -> None:
        open_ones = [label for label in labels if not label.is_read]
        if open_ones and (self.to_the_end or len(labels) > 1):
            self._find(logprob, [label for label in labels if label.is_read])
            self.down(stem, logprob, open_ones)
        else:
            self._find(logprob, labels)

    def _find(self, logprob: float, labels: Sequence[Label]) -> None:
        """Settle labels at the end of their way, or at the bound of the one that was not told."""
        for label in labels:
            self.found[label.number] = max(logprob, label.hidden)
            self.missing = max(self.missing, math.exp(label.hidden))

    def _bound(self, label: Label, most: float) -> None:
        self._find(-math.inf, [replace(label, hidden=max(most, label.hidden))])


def bound_of(top: Mapping[bytes, float]) -> float:
    """Bound the natural-log probability of any token that is not among the most probable ones."""
    left = 1.0 - sum(math.exp(logprob) for logprob in top.values())
    return min(*top.values(), 0.0, math.log(max(left, 1e-12)))


def scored_by_walking(
    ask: Ask,
    labels: Sequence[str],
    pieces: Callable[[str], Sequence[Piece] | None],
    *,
    to_the_end: bool,
) -> Scored:
    """Score labels by what a server tells of next tokens.

    Args:
        ask: Asks the server.
        labels: The continuations.
        pieces: Gives a text's tokens as the server cuts it; None: the server does not tell.
        to_the_end: Walk to every label's last token, so that scores are whole log-likelihoods; else
            only until labels can be told apart, so that they are the log-probabilities of those
            first tokens, which bound the labels' own from above.

    Raises:
        EngineError: The server tells no probabilities.
    """
    walk = Walk(ask, to_the_end)
    started = []
    for number, label in enumerate(labels):
        cut = pieces(label) if label else None
        started.append(Label(number, label.encode(), None if cut is None else tuple(cut)))
    walk.found |= {label.number: 0.0 for label in started if label.is_read}
    open_ones = [label for label in started if not label.is_read]
    if open_ones:
        walk.down(Stem(), 0.0, open_ones)
    scores = np.array([walk.found[number] for number in range(len(labels))], dtype=np.float64)
    return Scored(scores, missing=min(1.0, walk.missing))
