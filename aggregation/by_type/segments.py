"""Spans cut into pieces that can be voted on, and pieces put together to spans again."""

from collections.abc import Collection, Sequence
from itertools import pairwise

from labeling.answers.types import Span

Piece = Span
"""What lies between two cuts that follow each other, and the label that it may have."""


def cuts_of(answers: Sequence[Sequence[Span]]) -> list[int]:
    """List where spans begin or end, and the text's beginning, in order."""
    return sorted({0, *(end for spans in answers for span in spans for end in span[:2])})


def pieces_of(answers: Sequence[Sequence[Span]], cuts: Sequence[int]) -> set[Piece]:
    """Cut spans to pieces.

    Args:
        answers: The spans of each who answered about a text.
        cuts: Where to cut, in order; spans begin and end at cuts.

    Returns:
        Every piece that some span covers, once for each label that it is covered with.
    """
    at = {cut: number for number, cut in enumerate(cuts)}
    return {
        (start, end, label)
        for spans in answers
        for first, last, label in spans
        for start, end in pairwise(cuts[at[first] : at[last] + 1])
    }


def runs(pieces: Collection[Piece]) -> list[list[Piece]]:
    """Group pieces of one label that touch, each group in order."""
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

    Args:
        pieces: Pieces that stand in the consensus.
        answers: The spans that each person marked.

    Returns:
        Pieces that are one span, in their order.
    """
    spans: list[list[Piece]] = []
    for run in runs(pieces):
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
