"""What the annotator is asked next: texts where its label pays, and some that tell how good it is.

How good it is must be learned from texts that were chosen without a look at what it says of them.
Whatever it labels and people then review is no such sample: its label has made the text doubtful.
So it is also asked about texts that people have answered already, drawn by chance among those where
a label of a perfect annotator would have been worth its price: these are like the ones that it is
asked for.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from aggregation.annotator.skill import AnnotatorSkill
from labeling.mathtypes import Floats, Indices
from routing.annotator.worth import cost, worth

LEAST_DRAWN = 30
"""Answered texts that it is asked about before anything depends on it."""

MOST_DRAWN = 90
"""Answered texts that it is asked about while they do not tell whether it is worth anything."""

DRAWN_SHARE = 0.1
"""Answered texts that it is asked about from then on, as a share of the open ones."""

TOGETHER = 200
"""Texts that are chosen at a time; what they bring moves the threshold for the next."""


def _none() -> Indices:
    return np.zeros(0, dtype=np.intp)


@dataclass(frozen=True)
class Texts:
    """Texts that the annotator was not asked about yet.

    Attributes:
        believed: What the model believes of each without knowing people's answer, shape (texts, K).
        thresholds: The predicted error up to which its label would be left to the model, shape
            (texts,).
    """

    believed: Floats
    thresholds: Floats

    @property
    def costs(self) -> Floats:
        """What each costs, in human labels: the most that an annotator can save, shape (texts,)."""
        return cost(1 - self.believed.max(axis=1), self.thresholds)


@dataclass(frozen=True)
class NextAsks:
    """What the annotator is asked next, as places.

    Attributes:
        drawn: Of the answered texts, so that its skill is known.
        open_: Of the open texts, the most worth first.
        worth: What each of the latter is expected to save, in human labels.
    """

    drawn: Indices = field(default_factory=_none)
    open_: Indices = field(default_factory=_none)
    worth: Floats = field(default_factory=lambda: np.zeros(0))


def next_asks(
    open_: Texts,
    answered: Texts,
    skill: AnnotatorSkill,
    *,
    price: float,
    room: int,
    asked_drawn: int,
    asked_open: int,
) -> NextAsks:
    """Choose what the annotator is asked next.

    Args:
        open_: Texts that nobody was asked about.
        answered: Texts that people answered, in an order drawn by chance.
        skill: How good it is, by the texts that were drawn.
        price: Of one of its labels, in prices of a human label.
        room: Labels that its budget still pays for.
        asked_drawn: Answered texts that it was asked about.
        asked_open: Open texts that it was asked about.

    Returns:
        Nothing, where no label of it is known to pay and it is not worth finding out; else, either
        answered texts or open ones.
    """
    most = min(room, TOGETHER)
    gains = open_.costs - price
    wanted = max(LEAST_DRAWN, math.ceil(DRAWN_SHARE * asked_open)) - asked_drawn
    # Not even a perfect annotator would bring in what finding out costs.
    if gains[gains > 0].sum() <= max(wanted, 0) * price:
        return NextAsks()
    alike = np.flatnonzero(answered.costs > price)
    if wanted > 0 and len(alike):
        return NextAsks(drawn=alike[: min(wanted, most)])
    hopeful = np.flatnonzero(gains > 0)
    believed, thresholds = open_.believed[hopeful], open_.thresholds[hopeful]
    saved = worth(believed, skill.cautious, thresholds)
    first = np.argsort(-saved, kind="stable")[:most]
    first = first[saved[first] > price]
    if len(first):
        return NextAsks(open_=hopeful[first], worth=saved[first])
    expected = worth(believed, skill, thresholds) - price
    is_open = asked_drawn < MOST_DRAWN and expected[expected > 0].sum() > LEAST_DRAWN * price
    return NextAsks(drawn=alike[: min(LEAST_DRAWN, most)]) if is_open else NextAsks()
