"""Planning: how much to review and to audit so that the model keeps the most, from predictions.

Where audits are expected to leave a bound that is more than is allowed, people review the most
doubtful of what is left, beside the audits, until it is not. Predicted errors are not the true
ones: a plan is made over draws of what these may be, and is the best in the mean of the draws.
Nothing here is promised; the certificate alone decides.

Reviews before the freeze teach the model, those beside the audits do not: its labels are frozen.
Errors are taken to fall with the answers by a power law, as learning curves do (Cortes et al.,
"Learning Curves: Asymptotic Values and Rate of Convergence", NIPS 1993), at one rate for all
models. What a model truly learns is seen after each round, from which on plans are made anew.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import LEAST_ERROR, MOST_ERROR, Promise
from routing.planning.error_draws import AS_PREDICTED, ErrorDraws, log_odds, probability
from routing.planning.expected_audits import ExpectedAudits, normal_deviations

Floats = NDArray[np.float64]

BINS = 96
"""Bins of predicted error that items are counted in, so that a million cost as little as a few."""

CUTS = 20
"""Numbers of items to leave open that are tried, and then as many around the best of them."""

LEARNING_RATE = 0.2
"""The power of the answers by which the odds of errors fall. From 100 random answers to 1,000 they
fell by one of .2 on AG News and of .6 on TREC-6 (`python -m bench.selection`, the row *random*);
where the model hardly learns, by less."""

FARTHEST = 16
"""Times as many answers that this is counted on for, at most: no curve falls forever."""

KNOWN_BEFORE = 20
"""Answers that what a model knows before any of them is worth."""

TIE = 1e-6
"""Labels left to the model that an audit is worth, beside a review."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the best course is, in the mean of what the true errors may be.

    Attributes:
        reviews: Most doubtful open items that people should review before the freeze.
        audits: Audits that are then planned.
        left: Items whose label the model keeps; the others are reviewed beside the audits.
    """

    reviews: int
    audits: int
    left: int


def best_plan(errors: Floats, promise: Promise, draws: ErrorDraws = AS_PREDICTED) -> Plan:
    """Choose how many of the most doubtful items to review before the rest is audited.

    Args:
        errors: Predicted probability of an error of every open item, shape (items,).
        promise: What is promised of the whole population.
        draws: What the true probabilities may be.

    Returns:
        The plan by which the model keeps the most labels, in the mean of the draws.
    """
    p = np.clip(errors, LEAST_ERROR, MOST_ERROR)
    edges = np.quantile(p, np.linspace(0, 1, BINS + 1)) if len(p) else np.zeros(2)
    place = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, BINS - 1)
    counts = np.bincount(place, minlength=BINS).astype(np.float64)
    means = np.bincount(place, weights=p, minlength=BINS) / np.maximum(counts, 1)
    filled = counts > 0
    counts, means = counts[filled], means[filled]
    before = np.cumsum(counts) - counts
    true, answered = draws.of(means), promise.size - len(p)

    def courses(low: int, high: int) -> list[_Course]:
        kept = _cuts(low, high)
        if not kept:
            return []
        parts = np.clip(np.array(kept)[:, None] - before, 0, counts)
        falls = _falls(answered, promise.size - np.array(kept))[:, None]
        return _courses(_fallen(means, falls), parts, _fallen(true[:, None], falls), promise)

    def left(course: _Course) -> int:
        return round(course.left)

    nothing = _Course(kept=0, audits=0, left=0)
    rough = max([nothing, *courses(0, len(p))], key=left)
    step, kept = len(p) / CUTS, rough.kept
    fine = courses(round(kept - step), round(min(kept + step, len(p))))
    best = max([rough, *fine], key=left)
    return Plan(len(p) - round(best.kept), round(best.audits), round(best.left))


def total_plan(plans: Sequence[Plan]) -> Plan:
    """Return what plans of several populations come to."""
    return Plan(
        sum(one.reviews for one in plans),
        sum(one.audits for one in plans),
        sum(one.left for one in plans),
    )


def is_worth(left: int, promise: Promise) -> bool:
    """Return whether most of the labels that the model keeps must be right for a promise to hold.

    Without any model, people could leave as many labels open as may be wrong; where it keeps
    hardly more, the promise cannot be made with its help.

    Args:
        left: Labels that the model keeps.
        promise: What is promised.
    """
    return left > 2 * promise.allowed


@dataclass(frozen=True, slots=True)
class _Course:
    """What becomes of a part of the open items, in the mean of the draws.

    Attributes:
        kept: Items that are left open at the freeze.
        audits: The number of audits that leaves the model the most.
        left: Items whose label it then keeps.
    """

    kept: float
    audits: float
    left: float


def _courses(errors: Floats, parts: Floats, true: Floats, promise: Promise) -> list[_Course]:
    """Find the best number of audits for several parts of the open items.

    Args:
        errors: Predicted error of each kind of item, ascending, shape (parts, kinds).
        parts: How many items of each kind are left open, shape (parts, kinds).
        true: What the errors of each kind may truly be, shape (draws, parts, kinds).
        promise: What is promised.

    Returns:
        The course of each part.
    """
    audits = ExpectedAudits(errors, parts, promise)
    at_end = normal_deviations(promise.risk)
    on_the_way = math.sqrt(2 * math.log(1 / promise.risk))
    # Where audits come out that well, nobody waits for the planned end.
    over = [audits.short(q, on_the_way) <= 0 for q in true]
    left = np.stack(
        [
            _held(audits.kept(q, audits.short(q, at_end)), ended)
            for q, ended in zip(true, over, strict=True)
        ]
    )
    # Where as many are left either way, audits are planned, not reviews: they may end sooner.
    asked = np.stack([_held(audits.taken, ended) for ended in over])
    worth = (left + TIE * asked).mean(axis=0)
    best, rows = worth.argmax(axis=1), np.arange(len(parts))
    taken, left = audits.taken[rows, best], left[:, rows, best]
    kept = parts.sum(axis=1)
    columns = np.stack([kept, taken, left.mean(axis=0)], axis=1)
    return [_Course(*row) for row in columns.tolist()]


def _held(values: Floats, is_over: NDArray[np.bool_]) -> Floats:
    """Keep each row's value from the first moment on at which it is over."""
    moments = np.arange(values.shape[1])
    first = np.where(is_over.any(axis=1), is_over.argmax(axis=1), len(moments))
    held: Floats = np.take_along_axis(values, np.minimum(moments, first[:, None]), axis=1)
    return held


def _falls(answered: int, then: NDArray[np.intp]) -> Floats:
    """Return by how much the log-odds of errors fall once so many more are answered, in nats."""
    growth = (KNOWN_BEFORE + then) / (KNOWN_BEFORE + answered)
    falls: Floats = LEARNING_RATE * np.log(np.minimum(growth, FARTHEST))
    return falls


def _fallen(errors: Floats, falls: Floats) -> Floats:
    """Return errors whose log-odds are lower by so much."""
    return probability(log_odds(errors) - falls)


def _cuts(low: int, high: int) -> list[int]:
    """Return the numbers of items to leave open that are worth trying, the largest first."""
    cuts = np.linspace(max(low, 0), high, CUTS + 1)
    return sorted({round(cut) for cut in cuts} - {0}, reverse=True)
