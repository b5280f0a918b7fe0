"""The learning curve: how often the model errs after so many answers, and what more bring. Pure.

After each lesson the model is judged on texts that chance drew, by what it believes of them without
their own answers. Errors are taken to follow an inverse power law with a floor, `start · (floor +
(1 - floor) · (answers / first)^-exponent)`: from the error after the first lesson down to the share
of it that no answer takes away (Cortes et al., "Learning Curves: Asymptotic Values and Rate of
Convergence", NIPS 1993; Figueroa et al., "Predicting sample size required for classification
performance", 2012). All three are weighed on a grid by the likelihood of what was judged; so an
interval is wide where lessons are few. A curve never rises: that more answers make the model worse
is not foreseen.

Lessons are judged on much the same texts. These may be easier than all are, or harder, which every
lesson shares: so each curve is scaled by what the luck of such a sample may be. Beyond that, each
lesson is counted as if it had texts of its own, which overstates how unsure the slope is.

An interval is of what is expected of so many labels; what one campaign's own labels teach lies
around that. `python -m bench.learning_curve` counts how often intervals hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from labeling.mathtypes import Floats

FEWEST_LESSONS = 2
"""Lessons that a curve goes through, at least."""

FLOORS: Floats = np.arange(11) / 10
"""Shares of the first error that stay; at 1 the model learns nothing more."""

EXPONENTS: Floats = np.arange(1, 16) / 10
"""How fast the rest goes, each as probable as any other before a lesson is judged."""

STARTS = 21
"""Errors after the first lesson that are weighed."""

REACH = 5.0
"""How far these reach to either side of what was judged, in standard errors."""

LUCK: Floats = np.array([NormalDist().inv_cdf((step + 0.5) / 7) for step in range(7)])
"""How far a sample may be off, in standard errors; each is as probable as any other."""

ENDS = (0.025, 0.975)
"""The quantiles that an interval reaches from and to."""


@dataclass(frozen=True, slots=True)
class LessonScore:
    """How a lesson did on texts that chance drew.

    Attributes:
        answers: People's answers that it was learned from.
        judged: The texts.
        wrong: Those of them that the model, without their answer, said something else of.

    Raises:
        ValueError: More are wrong than were judged, or one of the counts is not positive.
    """

    answers: int
    judged: int
    wrong: int

    def __post_init__(self) -> None:
        if self.answers < 1 or self.judged < 1 or not 0 <= self.wrong <= self.judged:
            raise ValueError(f"no lesson was judged so: {self}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is expected, and the ends of a 95% interval."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Errors by answers, as far as lessons tell; arrays but `luck` have the shape (curves,).

    Attributes:
        first: Answers that the first lesson was learned from.
        last: Answers that the last one was learned from.
        starts: The error after the first lesson, of each curve.
        floors: The share of it that stays.
        exponents: How fast the rest goes.
        weights: The probability of each curve; they sum to 1.
        luck: What all errors may have to be multiplied by, since the judged texts are a sample; the
            mean is 1, shape (samples,).
    """

    first: int
    last: int
    starts: Floats
    floors: Floats
    exponents: Floats
    weights: Floats
    luck: Floats

    def error_after(self, answers: int) -> Estimate:
        """Return how often the model is wrong of a text that chance draws, after so many answers.

        Args:
            answers: As many as the first lesson was learned from, at least.
        """
        found = self._summed(self._errors(answers))
        return Estimate(*(min(one, 1.0) for one in (found.expected, found.low, found.high)))

    def gain_of(self, more: int) -> Estimate:
        """Return by how much the error falls with so many answers more than the last lesson had.

        Args:
            more: How many, 0 or more.
        """
        return self._summed(self._errors(self.last) - self._errors(self.last + more))

    def _errors(self, answers: int) -> Floats:
        return _errors(self.starts, self.floors, self.exponents, answers / self.first)

    def _summed(self, values: Floats) -> Estimate:
        scaled = np.outer(values, self.luck).ravel()
        weights = np.repeat(self.weights, len(self.luck)) / len(self.luck)
        order = np.argsort(scaled)
        places = np.searchsorted(np.cumsum(weights[order]), ENDS)
        low, high = scaled[order][np.minimum(places, len(order) - 1)].tolist()
        expected = float(scaled @ weights)
        return Estimate(expected, min(low, expected), max(high, expected))


def learning_curve(lessons: Sequence[LessonScore]) -> LearningCurve | None:
    """Return the curve through lessons.

    Args:
        lessons: The lessons, by ascending answers.

    Returns:
        The curve; None: they are too few, or all learned from as many answers.

    Raises:
        ValueError: A lesson learned from fewer answers than one before it.
    """
    answers = [one.answers for one in lessons]
    if answers != sorted(answers):
        raise ValueError("lessons go by ascending answers")
    if len({*answers}) < FEWEST_LESSONS:
        return None
    begin = lessons[0]
    share = (begin.wrong + 0.5) / (begin.judged + 1)
    reach = REACH * np.sqrt(share * (1 - share) / (begin.judged + 1))
    most = np.linspace(max(share - reach, 1e-4), min(share + reach, 1 - 1e-4), STARTS)
    starts, floors, exponents = (
        one.ravel() for one in np.meshgrid(most, FLOORS, EXPONENTS, indexing="ij")
    )
    likelihoods = np.zeros(len(starts))
    for one in lessons:
        errors = _errors(starts, floors, exponents, one.answers / begin.answers)
        likelihoods += one.wrong * np.log(errors)
        likelihoods += (one.judged - one.wrong) * np.log1p(-errors)
    weights = np.exp(likelihoods - likelihoods.max())
    return LearningCurve(
        first=begin.answers,
        last=answers[-1],
        starts=starts,
        floors=floors,
        exponents=exponents,
        weights=weights / weights.sum(),
        luck=_luck(lessons[-1]),
    )


def _luck(lesson: LessonScore) -> Floats:
    """Return what errors may have to be multiplied by, since so few texts were judged."""
    share = (lesson.wrong + 0.5) / (lesson.judged + 1)
    scales = np.exp(LUCK * np.sqrt((1 - share) / (share * (lesson.judged + 1))))
    luck: Floats = scales / scales.mean()
    return luck


def _errors(starts: Floats, floors: Floats, exponents: Floats, growth: float) -> Floats:
    """Return the error of each curve once there are `growth` times as many answers as at first."""
    errors: Floats = starts * (floors + (1 - floors) * growth**-exponents)
    return errors
