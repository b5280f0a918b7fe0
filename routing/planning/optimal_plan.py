"""Planning: how much to review and to audit so that the model keeps the most, from predictions.

The certificate's test is run forward in the mean: audits take open items as its weights say, find
errors as often as predicted, and its evidence grows by ½·drift²/(variance + drift²) nats an audit,
which is what the best bet gains. Nothing here is promised; the certificate alone decides.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import LEAST_ERROR, MOST_ERROR, Promise, weights_of

Floats = NDArray[np.float64]

RESERVE = 0.7
"""Nats beyond the needed ones that are planned for, since audits come out unevenly."""

BINS = 256
"""Bins of predicted error that items are counted in, so that a million cost as little as a few."""

CUTS = 30
"""Numbers of items to leave open that are tried, and then as many around the best of them."""

STEPS = 60
"""Moments of the audits that are looked at."""

LONGEST = 5.0
"""Audits are followed until an item of mean weight is left with probability exp(-LONGEST)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the best course is, if the predictions are right.

    Attributes:
        reviews: Most doubtful open items that people should review.
        audits: Audits that are then to be expected.
        left: Items whose label the model keeps.
    """

    reviews: int
    audits: int
    left: int


def best_plan(errors: Floats, promise: Promise, evidence: float = 0.0) -> Plan:
    """Choose how many of the most doubtful items to review before the rest is audited.

    Args:
        errors: Predicted probability of an error of every open item, shape (items,).
        promise: What is promised of the whole population.
        evidence: What audits have shown already, in nats.

    Returns:
        The plan by which the model keeps the most labels.
    """
    p = np.clip(errors, LEAST_ERROR, MOST_ERROR)
    edges = np.quantile(p, np.linspace(0, 1, BINS + 1)) if len(p) else np.zeros(2)
    place = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, BINS - 1)
    counts = np.bincount(place, minlength=BINS).astype(np.float64)
    means = np.bincount(place, weights=p, minlength=BINS) / np.maximum(counts, 1)
    filled = counts > 0
    counts, means = counts[filled], means[filled]

    def plan(kept: int) -> Plan:
        part = np.clip(kept - (np.cumsum(counts) - counts), 0, counts)
        audits = round(audits_needed(means[part > 0], part[part > 0], promise, evidence))
        return Plan(len(p) - kept, audits, kept - audits)

    def best(low: int, high: int) -> Plan:
        plans = [Plan(len(p), 0, 0), *map(plan, _cuts(low, high))]
        return max(plans, key=lambda one: one.left)

    rough, step = best(0, len(p)), math.ceil(len(p) / CUTS)
    kept = len(p) - rough.reviews
    fine = best(max(kept - step, 0), min(kept + step, len(p)))
    return max(rough, fine, key=lambda one: one.left)


def is_worth(left: int, promise: Promise) -> bool:
    """Return whether most of the labels that the model keeps must be right for a promise to hold.

    Without any model, people could leave as many labels open as may be wrong; where it keeps
    hardly more, the promise cannot be made with its help.

    Args:
        left: Labels that the model keeps.
        promise: What is promised.
    """
    return left > 2 * promise.allowed


def audits_needed(errors: Floats, counts: Floats, promise: Promise, evidence: float = 0.0) -> float:
    """Forecast the audits until the promise is certified.

    Args:
        errors: Predicted error of each kind of open item, shape (kinds,).
        counts: How many items of each kind are open, shape (kinds,).
        promise: What is promised.
        evidence: What audits have shown already, in nats.

    Returns:
        Audits; as many as there are items more than may be wrong, where the evidence never comes.
    """
    open_items = counts.sum()
    at_most = max(open_items - promise.allowed, 0.0)
    if not at_most:
        return 0.0
    weights = weights_of(errors)
    exposure = np.linspace(0, LONGEST, STEPS) ** 2 / LONGEST / weights.mean()
    left = counts * np.exp(-np.outer(exposure, weights))
    predicted, total = left @ errors, left @ weights
    variance = total * (left @ (errors * (1 - errors) / weights))
    taken = open_items - left.sum(axis=1)
    found = predicted[0] - predicted
    # Rows: audits end there. Columns: what one audit tells at that moment, knowing the end.
    drift = np.maximum(promise.allowed + 1 + found[:, None] - found - predicted, 0)
    gain = 0.5 * drift**2 / (variance + drift**2)
    between = 0.5 * (gain[:, 1:] + gain[:, :-1]) * np.diff(taken)
    shown = np.array([between[end, :end].sum() for end in range(STEPS)])
    needed = np.log(1 / promise.risk) + RESERVE - evidence
    reached = np.flatnonzero(shown >= needed)
    if not len(reached):
        return float(at_most)
    end = reached[0]
    if end == 0:
        return 0.0
    share = (needed - shown[end - 1]) / (shown[end] - shown[end - 1])
    return float(min(taken[end - 1] + share * (taken[end] - taken[end - 1]), at_most))


def _cuts(low: int, high: int) -> list[int]:
    """Return the numbers of items to leave open that are worth trying, the largest first."""
    return sorted({round(cut) for cut in np.linspace(low, high, CUTS + 1)} - {0}, reverse=True)
