"""What is said of a label that is suspected to be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

OF_MODEL = "model"
"""Who gave a label that no person gave."""


class ErrorKind(StrEnum):
    """In what way a label is suspected to be wrong."""

    WRONG_LABEL = "wrong label"
    MISSING_LABEL = "missing label"
    SURPLUS_LABEL = "surplus label"
    MISSING_SPAN = "missing span"
    SURPLUS_SPAN = "surplus span"
    SPAN_TOO_SHORT = "span too short"
    SPAN_TOO_LONG = "span too long"
    SPAN_LABEL = "span with the wrong label"
    WRONG_ANSWER = "wrong answer"
    """Of a control whose answers are open, such as a number or a text."""
    NO_LABEL_FITS = "no label fits"
    AMBIGUOUS = "ambiguous"
    """Able people differ, so that no label is simply right."""
    NO_SINGLE_TRUTH = "no single truth"
    """People are asked for their opinion, and some of them would say so."""


NO_ERRORS = frozenset({ErrorKind.AMBIGUOUS, ErrorKind.NO_SINGLE_TRUTH})
"""Kinds in which people differ and nobody errs: one more answer would settle nothing."""


@dataclass(frozen=True, slots=True)
class NearText:
    """A text near another one, whose label differs.

    Attributes:
        task: Its task.
        label: The label that stands there.
        similarity: Cosine of the two texts' vectors, in [-1, 1].
    """

    task: int
    label: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How probable it is that a task's standing label is wrong, and what speaks for it.

    Attributes:
        task: Its id.
        control: The control whose answer is suspected.
        kind: In what way.
        probability: Probability that the standing label is wrong, in [0, 1].
        label: The control's answer that stands, in its canonical form.
        part: What of it is suspected, where it is made of several: a label, a path, or a span as
            JSON; empty: all of it.
        other: What is more probable in its place; empty: nothing is, or it is known of none.
        other_probability: Its probability, in [0, 1].
        given_by: The names of those who gave what is suspected; `OF_MODEL` where no person did.
        votes_for: People who say what stands.
        votes_against: People who say something else.
        ambiguity: Probability that people differ about the item itself, in [0, 1].
        share: The share of people who would say what stands, where their opinion is asked; None: it
            is not.
        near: The nearest texts that say otherwise, the nearest first.
    """

    task: int
    control: str
    kind: ErrorKind
    probability: float
    label: str
    part: str = ""
    other: str = ""
    other_probability: float = 0.0
    given_by: tuple[str, ...] = ()
    votes_for: int = 0
    votes_against: int = 0
    ambiguity: float = 0.0
    share: float | None = None
    near: tuple[NearText, ...] = ()


def givers(agreed: Sequence[str], votes: Sequence[object]) -> tuple[str, ...]:
    """Return who gave what stands.

    Args:
        agreed: The people who say it.
        votes: All that people said; empty: the label is the model's.

    Returns:
        Their names, or `OF_MODEL` alone.
    """
    return tuple(agreed) if votes else (OF_MODEL,)
