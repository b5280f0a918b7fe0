"""A classifier of many labels, made from a seed: what it believes of items that have no texts.

Each item has a true distribution over the labels, and its gold label is drawn from that. Labels are
of a long-tailed frequency and confused within groups, as breeds of dogs are. A *calibrated*
classifier states the true distribution. A *sharp* one is too sure, a *flat* one not sure enough, as
networks that were trained with smoothed labels are; both also lean towards some labels and read
each item with an error of their own, so that their confidence ranks items worse than it could.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import log_softmax, softmax

from labeling.mathtypes import Floats, Indices
from tandem.replay.beliefs import Beliefs

Manner: TypeAlias = Literal["calibrated", "sharp", "flat"]

TEMPERATURES: dict[Manner, float] = {"calibrated": 1.0, "sharp": 0.5, "flat": 1.6}
"""What the log-odds of a classifier are divided by."""

BIAS, NOISE = 0.7, 0.7
"""Standard deviation, in nats, of what an uncalibrated classifier adds to each label at all items,
and to each label at each item."""

GROUP = 5
"""Labels that are confused with one another."""

GROUP_NATS = 4.0
"""How much more an item resembles the labels of its group than others."""

TAIL = 0.5
"""The frequency of a label falls with its rank to this power."""

EASE_SPREAD = 2.0
"""Standard deviation, in nats, of how much more an item resembles its own label than its group."""


@dataclass(frozen=True, slots=True)
class SyntheticClassifier:
    """How items and classifier are made.

    Attributes:
        manner: How the classifier's confidence errs.
        items: How many items there are.
        labels: How many labels there are.
        ease: Nats by which an item resembles its own label more than the others of its group: 5
            makes a classifier that is right in about 70%.
        seed: Of all that is drawn.
    """

    manner: Manner = "calibrated"
    items: int = 10_000
    labels: int = 1_000
    ease: float = 5.0
    seed: int = 0

    def beliefs(self) -> Beliefs:
        """Draw items and what the classifier believes of them."""
        rng = np.random.default_rng(self.seed)
        true = self._resemblance(rng)
        gold = _drawn(softmax(true, axis=1), rng)
        believed = true
        if self.manner != "calibrated":
            biases = BIAS * rng.standard_normal(self.labels)
            believed = true + biases + NOISE * rng.standard_normal(true.shape)
        return Beliefs(
            f"{self.manner} classifier, {self.labels} labels",
            "simulated",
            "simulated",
            log_softmax(believed / TEMPERATURES[self.manner], axis=1),
            gold,
            None,
        )

    def _resemblance(self, rng: np.random.Generator) -> Floats:
        """Draw the logits of the true distributions, shape (items, labels)."""
        groups = rng.permutation(self.labels) // GROUP
        frequency = np.arange(1, self.labels + 1) ** -TAIL
        shown = rng.choice(self.labels, self.items, p=frequency / frequency.sum())
        logits = rng.standard_normal((self.items, self.labels))
        logits += GROUP_NATS * (groups[None] == groups[shown][:, None])
        logits[np.arange(self.items), shown] += rng.normal(self.ease, EASE_SPREAD, self.items)
        return np.asarray(logits, dtype=np.float64)


def _drawn(probabilities: Floats, rng: np.random.Generator) -> Indices:
    """Draw a label from each row."""
    below = np.cumsum(probabilities, axis=1) < rng.random((len(probabilities), 1))
    drawn: Indices = np.minimum(below.sum(axis=1), probabilities.shape[1] - 1).astype(np.intp)
    return drawn
