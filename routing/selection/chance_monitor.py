"""Whether a strategy beats chance: its gain over random picks, and an interval at every look.

A share of each round is drawn at random among the open texts. Before these answers are learned
from, two learners are judged by them: one was taught by what the strategy picked so far, the other
one by as many texts that chance picked. The losses are in [0, 1], and the gain of a text is what
the first one loses less than the other.

The draws of a round stand for the texts that are open, which are ever fewer of the population that
the rounds began with: people answered the rest, and neither learner errs there any more. So a gain
is weighed by the share that is open, the importance weight of a draw.

What is judged are these two learners, as they came out: the luck of what chance drew is part of
it, and wears off as both learn more.

**The test.** Hypothesis: in every round the mean gain of the population is at least g. Given all
before, a round's draws are a simple random sample without replacement, and for a stake θ in (0, 1)
which was fixed before, the product of 1 - θ(gain - g)/(1 - g) over them is nonnegative; its
expectation is an elementary symmetric mean, hence by Maclaurin's inequality at most the power of
the plain mean, which the hypothesis holds at 1 or below. So the product over all rounds is a
nonnegative supermartingale, as is the mean over many stakes, and by Ville's inequality it ever
reaches 1/risk with probability `risk` at most: the test is right at every look, however many there
are (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B
2024). It is turned round for the other end of the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Floats

STAKES: Floats = np.arange(1, 20) / 20
"""The stakes that the mean is over; those that suit the gain win, whatever it is."""

_STEPS = 24
"""Halvings in the search for an end of the interval."""


@dataclass(frozen=True, eq=False)
class JudgedRound:
    """The texts of one round that chance drew, judged before their answers were learned from.

    Attributes:
        by_strategy: Losses in [0, 1] of the learner that the strategy taught, shape (draws,).
        by_chance: Losses of the learner that chance taught, shape (draws,).
        open_share: Which share of the population was open when they were drawn, in [0, 1].

    Raises:
        ValueError: A loss or the share is out of bounds, or one learner judged more than the other.
    """

    by_strategy: Floats
    by_chance: Floats
    open_share: float

    def __post_init__(self) -> None:
        values = np.concatenate([self.by_strategy, self.by_chance, [self.open_share]])
        if self.by_strategy.shape != self.by_chance.shape or not np.all(
            (values >= 0) & (values <= 1)
        ):
            raise ValueError("losses of one text each are asked for, in [0, 1]")

    @property
    def gains(self) -> Floats:
        """What the strategy gained over chance, weighed, in [-1, 1], shape (draws,)."""
        weighed: Floats = self.open_share * (self.by_chance - self.by_strategy)
        return weighed


@dataclass(frozen=True, slots=True)
class GainOverChance:
    """How much better a learner is for the strategy, in loss a text of the population.

    Attributes:
        estimate: The mean over all draws; 0 without any.
        low: With probability 1 - risk, the gain reached this in some round, and
        high: went down to this in some round: both ends of an interval for a gain that stays.
        draws: How many texts it was judged by.
        is_worse: Whether chance is proved better: not in every round did the strategy help.
    """

    estimate: float
    low: float
    high: float
    draws: int
    is_worse: bool


def gain_over_chance(rounds: Sequence[JudgedRound], risk: float = 0.05) -> GainOverChance:
    """Return what a strategy gains over chance so far; asked at any time, it holds.

    Args:
        rounds: All rounds of the strategy, in order.
        risk: The probability with which a strategy that never hurts is ever found worse; and with
            which the interval ever misses a gain that stays.

    Returns:
        The gain.
    """
    gains = [one.gains for one in rounds if len(one.gains)]
    if not gains:
        return GainOverChance(0.0, -1.0, 1.0, 0, is_worse=False)
    every, ends = np.concatenate(gains), np.cumsum([len(one) for one in gains])
    return GainOverChance(
        estimate=float(every.mean()),
        low=-_upper_end(-every, ends, risk / 2),
        high=_upper_end(every, ends, risk / 2),
        draws=len(every),
        is_worse=bool(_log_evidence(every, ends, 0.0) >= -np.log(risk)),
    )


def _log_evidence(gains: Floats, ends: Floats, least: float) -> float:
    """Return the most that was ever won, in nats, by betting that the gain is below `least`.

    Args:
        gains: Of every draw, in order, in [-1, 1].
        ends: After how many draws each round ended.
        least: What the hypothesis says that the gain is at least, below 1.
    """
    factors = 1 - STAKES[:, None] * (gains - least) / (1 - least)
    won = np.log(factors).cumsum(axis=1)[:, np.asarray(ends, dtype=np.intp) - 1]
    most = won.max(axis=0)
    return float((most + np.log(np.exp(won - most).mean(axis=0))).max())


def _upper_end(gains: Floats, ends: Floats, risk: float) -> float:
    """Return the least gain that is refuted; what is won grows with the gain that is claimed."""
    low, high = -1.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _log_evidence(gains, ends, middle) >= -np.log(risk):
            high = middle
        else:
            low = middle
    return high
