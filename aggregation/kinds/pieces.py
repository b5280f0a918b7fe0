"""Spans cut into pieces that can be voted on, and pieces put together to spans again."""

from collections.abc import Collection, Sequence
from itertools import pairwise

from labeling.answers import Span

Piece = Span
"""What lies between two cuts that follow each other, and the label that it may have."""


def pieces_of(answers: Sequence[Sequence[Span]], *, cuts: Collection[int] = ()) -> list[Piece]:
    """Cut spans wherever one of them begins or ends.

    Args:
        answers: The spans of each who answered about a text.
        cuts: Where to cut besides.

    Returns:
        Every piece that some span covers, once for each label that it is covered with, sorted.
    """
    spans = {span for answer in answers for span in answer}
    places = sorted({*cuts, *(end for span in spans for end in span[:2])})
    between = list(pairwise(places))
    return sorted(
        {
            (start, end, label)
            for first, last, label in spans
            for start, end in between
            if first <= start and end <= last
        }
    )


def runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group sorted pieces of one label that touch."""
    groups: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece[2], piece)):
        if groups and groups[-1][-1][1:] == (piece[0], piece[2]):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def merged(pieces: Collection[Piece], answers: Sequence[Sequence[Span]]) -> list[list[Piece]]:
    """Group pieces to spans.

    Pieces of one label that touch are one span, unless more of those who marked both set them
    apart, one span ending where the next begins, than marked them in one.
    """
    spans: list[list[Piece]] = []
    for run in runs(sorted(pieces)):
        spans.append([run[0]])
        for before, piece in pairwise(run):
            if _is_border(before[1], piece[2], answers):
                spans.append([piece])
            else:
                spans[-1].append(piece)
    return spans


def _is_border(at: int, label: str, answers: Sequence[Sequence[Span]]) -> bool:
    joined = parted = 0
    for answer in answers:
        own = [span for span in answer if span[2] == label]
        if any(start < at < end for start, end, _ in own):
            joined += 1
        elif any(end == at for _, end, _ in own) and any(start == at for start, _, _ in own):
            parted += 1
    return parted > joined
