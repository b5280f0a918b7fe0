"""A training set: what a project teaches the backend."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class HumanAnswer:
    """What a person answered.

    Attributes:
        text: The item.
        label: A `Candidate.value`.
        probability: Probability that the label is right, as far as the people who gave it go.
    """

    text: str
    label: str
    probability: float = 1.0


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
