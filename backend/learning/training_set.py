"""A training set: what a project teaches the backend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Shares = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
"""Controls, by name, each with labels and the share of people who gave them, in order."""


def shares_of(by_control: Mapping[str, Mapping[str, float]]) -> Shares:
    """Write shares of labels, by control, in an order of their own."""
    return tuple((name, tuple(sorted(own.items()))) for name, own in sorted(by_control.items()))


@dataclass(frozen=True, order=True, slots=True)
class HumanAnswer:
    """What a person answered.

    Attributes:
        text: The item.
        label: A `Candidate.value`.
        probability: Probability that the label is right, as far as the people who gave it go.
        shares: Of controls that ask for an opinion, what people said.
    """

    text: str
    label: str
    probability: float = 1.0
    shares: Shares = ()


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What a project teaches.

    Attributes:
        instruction: What the project tells its annotators.
        texts: A sample of its texts, whatever their labels.
        answers: People's answers.
        open_texts: A sample of the texts that nobody answered yet.
    """

    instruction: str = ""
    texts: Sequence[str] = ()
    answers: Sequence[HumanAnswer] = ()
    open_texts: Sequence[str] = ()
