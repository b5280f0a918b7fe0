"""Spans of a text as marks on its tokens, where they fall on borders of tokens and where not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labeling.answers.types import AnswerType, Span
from labeling.controls import Control
from tandem.export.labelled_dataset import LabelledDataset

Offsets = Sequence[tuple[int, int]]
"""First character, and character behind the last, of each token, ascending."""


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A span in tokens: the first, the one behind the last, and the label."""

    first: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Misfits:
    """Spans that a format could not hold as they are.

    Attributes:
        widened: They begin or end within a token, and were widened to it.
        overlapping: They overlap a longer one, and were left out.
        lost: No token is in them, so that they were left out.
    """

    widened: int = 0
    overlapping: int = 0
    lost: int = 0

    def __add__(self, other: "Misfits") -> "Misfits":
        """Return both together."""
        return Misfits(
            self.widened + other.widened,
            self.overlapping + other.overlapping,
            self.lost + other.lost,
        )

    def __str__(self) -> str:
        """Say what became of them; empty: all spans are held as they are."""
        told = {
            f"{self.widened} spans that begin or end within a token were widened": self.widened,
            f"{self.overlapping} that overlap a longer one were left out": self.overlapping,
            f"{self.lost} without a token were left out": self.lost,
        }
        return ", ".join(words for words, count in told.items() if count)


def span_controls(data: LabelledDataset) -> Sequence[Control]:
    """Return the controls whose answers are spans."""
    return [one for one in data.form.controls if one.answer_type is AnswerType.SPANS]


def on_tokens(spans: Sequence[Span], tokens: Offsets) -> tuple[list[TokenSpan], Misfits]:
    """Put spans on tokens; one that begins or ends within a token takes the whole of it.

    Args:
        spans: Spans, in characters.
        tokens: Where each token stands.

    Returns:
        The spans in tokens, as they were ordered, and what did not fit.

    Examples:
        >>> on_tokens([(0, 2, "PER")], [(0, 3), (4, 8)])
        ([TokenSpan(first=0, end=1, label='PER')], Misfits(widened=1, overlapping=0, lost=0))
    """
    placed, widened, lost = [], 0, 0
    for start, end, label in spans:
        within = [at for at, (first, last) in enumerate(tokens) if first < end and last > start]
        if not within:
            lost += 1
            continue
        widened += tokens[within[0]][0] < start or tokens[within[-1]][1] > end
        placed.append(TokenSpan(within[0], within[-1] + 1, label))
    return placed, Misfits(widened=widened, lost=lost)


def without_overlaps(spans: Sequence[TokenSpan]) -> tuple[list[TokenSpan], Misfits]:
    """Keep spans that overlap no longer one, of equal ones the first; ordered by place.

    Args:
        spans: Spans in tokens.

    Returns:
        Those that are kept, and how many were left out.
    """
    kept: list[TokenSpan] = []
    for one in sorted(spans, key=lambda one: (one.first - one.end, one.first)):
        if all(one.end <= other.first or other.end <= one.first for other in kept):
            kept.append(one)
    left_out = len(spans) - len(kept)
    return sorted(kept, key=lambda one: one.first), Misfits(overlapping=left_out)


def folder_names(controls: Sequence[Control]) -> Mapping[str, str]:
    """Return a folder's name for each control, by its own: what no path may hold becomes `_`."""
    names: dict[str, str] = {}
    for control in controls:
        name = "".join(c if c.isalnum() or c in "-_" else "_" for c in control.from_name)
        while name in names.values():
            name = f"{name}_"
        names[control.from_name] = name
    return names
