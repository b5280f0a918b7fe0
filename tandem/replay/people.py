"""Who answers in a campaign without servers: what each would say of each item, if asked."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from labeling.mathtypes import Indices
from routing.ledger.records import LedgerAnnotation

Answers: TypeAlias = Callable[[int, int], int]
"""Returns the label, as an index, that a reviewer gives an item: both numbered from 0."""


@dataclass(frozen=True, slots=True)
class GivenVote:
    """What one person says of one item.

    Attributes:
        place: The person's place among those who may be asked about the item, from 0.
        worker: The name that the vote is counted under.
        label: The label, as an index.
        seconds: How long it took; None where nobody measured.
    """

    place: int
    worker: str
    label: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ControlVote:
    """What one person says of an item whose label is known.

    Attributes:
        control: The item's number.
        worker: The name that the person's votes are counted under.
        label: What they say, as an index.
        known: What is known to be right.
    """

    control: int
    worker: str
    label: int
    known: int


class People(Protocol):
    """People who may be asked."""

    @property
    def number(self) -> int:
        """How many people may be asked about one item, at most."""

    def absent(self, item: int) -> Collection[int]:
        """Return the places of an item that nobody fills, so that it gets fewer votes."""

    def votes(self, item: int, answered: Collection[int], wanted: int) -> Sequence[GivenVote]:
        """Ask about an item.

        Args:
            item: The item, from 0.
            answered: The places of those who answered it, or who never will.
            wanted: How many votes are asked for.

        Returns:
            So many votes, or as many as there are people left.
        """

    def look(self, given: Sequence[LedgerAnnotation]) -> Sequence[ControlVote]:
        """Look at people's work, as every pass does.

        Args:
            given: What they answered since the last look.

        Returns:
            What they said by now of items whose label is known.
        """


@dataclass(frozen=True, slots=True)
class SimulatedPeople:
    """Simulated reviewers, who take turns.

    Attributes:
        answers: What they say.
        number: How many they are.
    """

    answers: Answers
    number: int

    def absent(self, item: int) -> Collection[int]:  # noqa: ARG002 - the protocol's
        """Return nobody: everybody may be asked about everything."""
        return ()

    def votes(self, item: int, answered: Collection[int], wanted: int) -> Sequence[GivenVote]:
        """Ask those whose turn it is, as `People.votes` says.

        Args:
            item: The item, from 0.
            answered: Who answered it.
            wanted: How many votes are asked for.

        Returns:
            The votes.
        """
        able = [one for one in range(self.number) if one not in answered]
        first = (item + 1) % len(able) if able else 0
        asked = (able[first:] + able[:first])[:wanted]
        return [GivenVote(one, name_of(one), self.answers(item, one)) for one in asked]

    def look(self, given: Sequence[LedgerAnnotation]) -> Sequence[ControlVote]:  # noqa: ARG002
        """Return nothing: nobody is asked what is known."""
        return ()


def name_of(place: int) -> str:
    """Return the name that a simulated reviewer's votes are counted under."""
    return f"reviewer {place}"


def erring(gold: Indices, labels: int, skills: Sequence[float], seed: int) -> Answers:
    """Return reviewers who each give the right label with a probability of their own.

    Args:
        gold: The right label of each item, as an index, shape (items,).
        labels: How many labels there are, two at least.
        skills: The probability of each reviewer.
        seed: Of their mistakes.

    Returns:
        Their answers: the same whenever an item is asked again.
    """
    rng = np.random.default_rng([seed, 7])
    shape = (len(gold), len(skills))
    other = (gold[:, None] + rng.integers(1, labels, shape)) % labels
    given = np.where(rng.random(shape) < np.array(skills), gold[:, None], other)
    return lambda item, reviewer: int(given[item, reviewer])
