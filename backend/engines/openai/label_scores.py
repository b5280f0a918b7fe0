"""From the log-probabilities of next tokens to those of labels, and what these leave open.

A server scores few tokens. The labels are a tree that is traversed token by token: their first
tokens are read off what follows the prompt, and where more has to be known, the tokens behind a
prefix are read off what follows prompt and prefix. A label whose token is not among those scored is
at most as probable as the least of them, and as all that is left beside them: it gets that bound,
and the bound is reported as `missing`. It is never guessed.

Where a server does not say how it tokenizes, labels are matched by their letters. A label of which
only the beginning of a word was scored may be made of a longer token that was not: it gets what the
scored tokens come to or, where that is more, the bound of the longer token, which is `missing`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from backend.engines.base import Scored

Piece = tuple[int, bytes]
"""A token of a server: its id, and what its answers call it, which may be its bytes."""


@dataclass(frozen=True, slots=True)
class LabelPrefix:
    """What stands between the prompt and the token that is asked for.

    Attributes:
        text: Its bytes; a character may be cut in its middle.
        tokens: The ids of its tokens; None: the server does not say.
    """

    text: bytes = b""
    tokens: tuple[int, ...] | None = ()

    def extended(self, text: bytes, token: int | None) -> "LabelPrefix":
        """Put one more token behind the prefix.

        Args:
            text: The token's bytes.
            token: Its id; None: the server does not say.

        Returns:
            The longer prefix.

        >>> LabelPrefix(b" sci", (7,)).extended(b"ence", 9)
        LabelPrefix(text=b' science', tokens=(7, 9))
        """
        if self.tokens is None or token is None:
            return LabelPrefix(self.text + text, None)
        return LabelPrefix(self.text + text, (*self.tokens, token))


NextTokens = Callable[[LabelPrefix, Sequence[Piece]], Mapping[bytes, float]]
"""Returns the most probable tokens behind the prompt and a prefix, with natural-log probabilities,
and the wanted ones where the server can be asked for them."""


@dataclass(frozen=True, slots=True)
class PendingLabel:
    """What is left of a label during the traversal.

    Attributes:
        number: Its place among the labels.
        rest: The bytes that are not read yet, where the server does not say its tokens.
        pieces: The tokens that are not read yet; None: the server does not say.
        hidden: The largest natural-log probability of a token that was not scored and that the
            label may be made of, in place of the shorter ones that were.
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
        """Find its next token among those scored: the server's own, else the longest that fits."""
        if self.pieces is not None:
            return self.pieces[0][1] if self.pieces[0][1] in top else None
        return max((t for t in top if t and self.rest.startswith(t)), key=len, default=None)

    def next_token(self) -> int | None:
        """Return the id of its next token; None: it is not known."""
        return self.pieces[0][0] if self.pieces else None

    def behind(self, piece: bytes, bound: float) -> "PendingLabel":
        """Return what is left behind its next token.

        Args:
            piece: The token.
            bound: The largest natural-log probability of a token that was not scored.

        Returns:
            The rest of the label.
        """
        if self.pieces is not None:
            return PendingLabel(self.number, self.rest, self.pieces[1:])
        rest = self.rest[len(piece) :]
        hidden = max(self.hidden, bound) if _is_within_word(piece, rest) else self.hidden
        return PendingLabel(self.number, rest, hidden=hidden)


def _is_within_word(piece: bytes, rest: bytes) -> bool:
    """Return whether a word goes on behind a token, so that a longer one may stand in its place."""
    return bool(rest) and not rest[:1].isspace() and not piece[-1:].isspace()


@dataclass(slots=True)
class LabelTraversal:
    """The traversal of one prompt's labels, token by token.

    Attributes:
        next_tokens: Asks the server.
        whole_labels: Whether labels are read to their last token, or until they differ.
        found: Natural-log probability by label.
        missing: The largest probability of a label that was not scored.
    """

    next_tokens: NextTokens
    whole_labels: bool
    found: dict[int, float] = field(default_factory=dict)
    missing: float = 0.0

    def descend(self, prefix: LabelPrefix, logprob: float, labels: Sequence[PendingLabel]) -> None:
        """Read the labels' next tokens behind a prefix.

        Args:
            prefix: What all of the labels begin with.
            logprob: Its natural-log probability.
            labels: What is left of them behind it.

        Raises:
            EngineError: The server scores no tokens.
        """
        wanted = list(dict.fromkeys(label.pieces[0] for label in labels if label.pieces))
        top = self.next_tokens(prefix, wanted)
        bound = logprob + bound_of(top)
        branches: dict[tuple[bytes, int | None], list[PendingLabel]] = {}
        for label in labels:
            piece = label.next_piece(top)
            if piece is None:
                self._bound(label, bound)
            else:
                branch = branches.setdefault((piece, label.next_token()), [])
                branch.append(label.behind(piece, bound))
        for (piece, token), along in branches.items():
            self._along(prefix.extended(piece, token), logprob + top[piece], along)

    def _along(self, prefix: LabelPrefix, logprob: float, labels: Sequence[PendingLabel]) -> None:
        open_ones = [label for label in labels if not label.is_read]
        if open_ones and (self.whole_labels or len(labels) > 1):
            self._find(logprob, [label for label in labels if label.is_read])
            self.descend(prefix, logprob, open_ones)
        else:
            self._find(logprob, labels)

    def _find(self, logprob: float, labels: Sequence[PendingLabel]) -> None:
        """Settle labels at their last token, or at the bound of one that was not scored."""
        for label in labels:
            self.found[label.number] = max(logprob, label.hidden)
            self.missing = max(self.missing, math.exp(label.hidden))

    def _bound(self, label: PendingLabel, most: float) -> None:
        self._find(-math.inf, [replace(label, hidden=max(most, label.hidden))])


def bound_of(top: Mapping[bytes, float]) -> float:
    """Bound the natural-log probability of any token that is not among the most probable ones."""
    left = 1.0 - sum(math.exp(logprob) for logprob in top.values())
    return min(*top.values(), 0.0, math.log(max(left, 1e-12)))


def score_labels(
    next_tokens: NextTokens,
    labels: Sequence[str],
    pieces: Callable[[str], Sequence[Piece] | None],
    *,
    whole_labels: bool,
) -> Scored:
    """Score labels by the next tokens that a server scores.

    Args:
        next_tokens: Asks the server.
        labels: The continuations.
        pieces: Tokenizes a text as the server does; returns None where the server does not say how.
        whole_labels: Read every label to its last token, so that scores are whole log-likelihoods;
            else only until labels differ, so that they are the log-probabilities of those first
            tokens, which bound the labels' own from above.

    Returns:
        The natural-log probability of each label, and what may be missing from any of them.

    Raises:
        EngineError: The server scores no tokens.

    >>> top = {b" yes": -0.1, b" no": -2.4}
    >>> score_labels(lambda prefix, wanted: top, [" yes", " no"], lambda text: None,
    ...              whole_labels=True).loglikelihoods.tolist()
    [-0.1, -2.4]
    """
    traversal = LabelTraversal(next_tokens, whole_labels)
    started = []
    for number, label in enumerate(labels):
        cut = pieces(label) if label else None
        started.append(PendingLabel(number, label.encode(), None if cut is None else tuple(cut)))
    traversal.found |= {label.number: 0.0 for label in started if label.is_read}
    open_ones = [label for label in started if not label.is_read]
    if open_ones:
        traversal.descend(LabelPrefix(), 0.0, open_ones)
    scores = np.array([traversal.found[number] for number in range(len(labels))], dtype=np.float64)
    return Scored(scores, missing=min(1.0, traversal.missing))
