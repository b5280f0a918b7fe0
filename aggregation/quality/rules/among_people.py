"""How unusual one person's habit is among people, who differ from each other honestly."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, norm, t

from labeling.mathtypes import Floats, Integers

FEWEST = 10
"""People of whom a habit must be known before anybody's is called unusual."""

MOST_FREEDOM = 10.0
"""Degrees of freedom of Student's distribution at most: honest habits have heavier tails than a
normal distribution."""

EFFICIENCY = 0.37
"""Of the median of squared deviations, as an estimate of a variance: so many degrees of freedom
does each person bring."""

SHOWN = 0.05
"""The two-sided p-value below which known answers have shown the direction of a habit."""


def unusually_high(scores: Floats, variances: Floats) -> Floats:
    """Return, a person, the p-value that their habit is no higher than honest people's.

    A person's score is taken as their habit plus the chance of their own answers (`variances`),
    and habits as spread around a common middle. Middle and spread are medians, so that some
    careless people among them do not hide each other; the p-value is that of a predictive Student
    distribution (Higgins, Thompson & Spiegelhalter, A re-evaluation of random-effects
    meta-analysis, JRSS A 2009, for means in the place of medians).

    Args:
        scores: Each person's, shape (people,).
        variances: Of the scores, by the number of answers, shape (people,).

    Returns:
        P-values, shape (people,); all 1 where fewer than 10 people are known.
    """
    if len(scores) < FEWEST:
        return np.ones(len(scores))
    spread = 0.0
    for _ in range(5):
        middle = _weighted_median(scores, 1 / (variances + spread + 1e-12))
        above = scores >= middle
        spread = _spread((scores[above] - middle) ** 2, variances[above])
    deviations = (scores - middle) / np.sqrt(
        variances + spread + np.pi / 2 * np.mean(variances + spread) / len(scores) + 1e-12
    )
    freedom = min(MOST_FREEDOM, max(3.0, EFFICIENCY * (len(scores) - 1)))
    p_values: Floats = t.sf(deviations, freedom)
    return p_values


def unusually_often(counts: Integers, of: Integers) -> Floats:
    """Return, a person, the p-value that they do something no more often than honest people.

    The share's arcsine has a variance that does not hang on the share (Anscombe, The transformation
    of Poisson, binomial and negative-binomial data, Biometrika 1948).

    Args:
        counts: How often each person did it, shape (people,).
        of: How often they could have, at least 1, shape (people,).
    """
    scores = np.arcsin(np.sqrt((counts + 3 / 8) / (of + 3 / 4)))
    return unusually_high(scores, 1 / (4 * of + 2))


def learned_directions(contributions: Floats) -> Integers:
    """Return, a person, whether *other* people's known answers show that more is better or worse.

    Args:
        contributions: Each person's sum, over their known answers, of how much there was of a
            habit times how right the answer was, both as deviations from the mean; shape
            (people,).

    Returns:
        1: more is better; -1: more is worse; 0: that is not shown; shape (people,). A person's own
        answers have no say in their own direction, which keeps their p-value honest.
    """
    sums = contributions.sum() - contributions
    norms = np.sqrt(np.maximum((contributions**2).sum() - contributions**2, 1e-300))
    is_shown = np.abs(sums / norms) >= norm.isf(SHOWN / 2)
    directions: Integers = np.where(is_shown, np.sign(sums), 0).astype(np.int64)
    return directions


def _spread(squares: Floats, variances: Floats) -> float:
    """Return the variance of habits at which half of the people lie as far out as they should."""
    expected = float(chi2.ppf(0.5, 1)) * (len(squares) - 1) / len(squares)

    def excess(spread: float) -> float:
        return float(np.median(squares / (variances + spread + 1e-12))) - expected

    if excess(0.0) <= 0:
        return 0.0
    return float(brentq(excess, 0.0, float(squares.max()) / expected + 1.0))


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
