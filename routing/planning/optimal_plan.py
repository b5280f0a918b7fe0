"""Planning: how much to review and to audit so that the model keeps the most, from predictions.

The certificate's test is run forward in the mean: audits take open items as their weights say, find
errors as often as these are true, and its evidence grows by ½·drift²/(variance + drift²) nats an
audit, which is what the best bet gains. Predicted errors are not the true ones: a plan is made over
draws of what these may be, and is the best in the mean of the draws. Nothing here is promised; the
certificate alone decides.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import LEAST_ERROR, MOST_ERROR, Promise, weights_of
from routing.planning.error_draws import AS_PREDICTED, ErrorDraws

Floats = NDArray[np.float64]

RESERVE = 0.7
"""Nats beyond the needed ones that are planned for, since audits come out unevenly."""

BINS = 96
"""Bins of predicted error that items are counted in, so that a million cost as little as a few."""

CUTS, FINER = 20, 10
"""Numbers of items to leave open that are tried, and then those around the best of them."""

STEPS = 40
"""Moments of the audits that are looked at."""

LONGEST = 5.0
"""Audits are followed until an item of mean weight is left with probability exp(-LONGEST)."""


_EARLIER = np.tri(STEPS, STEPS - 1, -1)
"""Row: the audits end there; column: 1 where the time between two moments is before that."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the best course is, in the mean of what the true errors may be.

    Attributes:
        reviews: Most doubtful open items that people should review.
        audits: Audits that are then to be expected.
        left: Items whose label the model keeps.
    """

    reviews: int
    audits: int
    left: int


def best_plan(
    errors: Floats,
    promise: Promise,
    evidence: float = 0.0,
    draws: ErrorDraws = AS_PREDICTED,
) -> Plan:
    """Choose how many of the most doubtful items to review before the rest is audited.

    Args:
        errors: Predicted probability of an error of every open item, shape (items,).
        promise: What is promised of the whole population.
        evidence: What audits have shown already, in nats.
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
    true = draws.of(means)

    def best(low: int, high: int, count: int) -> Plan:
        kept = _cuts(low, high, count)
        if not kept:
            return Plan(len(p), 0, 0)
        parts = np.clip(np.array(kept)[:, None] - before, 0, counts)
        audits = _audits(means, parts, true, promise, evidence).mean(axis=0).round().astype(int)
        plans = [
            Plan(len(p) - one, int(needed), one - int(needed))
            for one, needed in zip(kept, audits, strict=True)
        ]
        return max([Plan(len(p), 0, 0), *plans], key=lambda one: one.left)

    rough, step = best(0, len(p), CUTS), math.ceil(len(p) / CUTS)
    kept = len(p) - rough.reviews
    fine = best(max(kept - step, 0), min(kept + step, len(p)), FINER)
    return max(rough, fine, key=lambda one: one.left)


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


def audits_needed(errors: Floats, counts: Floats, promise: Promise, evidence: float = 0.0) -> float:
    """Forecast the audits until the promise is certified, if the predictions are right.

    Args:
        errors: Predicted error of each kind of open item, shape (kinds,).
        counts: How many items of each kind are open, shape (kinds,).
        promise: What is promised.
        evidence: What audits have shown already, in nats.

    Returns:
        Audits; as many as there are items more than may be wrong, where the evidence never comes.
    """
    return float(_audits(errors, counts[None], errors[None], promise, evidence)[0, 0])


def _audits(
    errors: Floats, parts: Floats, true: Floats, promise: Promise, evidence: float
) -> Floats:
    """Forecast the audits of several parts of the open items at once.

    Args:
        errors: Predicted error of each kind of item, shape (kinds,).
        parts: How many items of each kind are left open, shape (parts, kinds).
        true: What the errors of each kind may truly be, shape (draws, kinds).
        promise: What is promised.
        evidence: What audits have shown already, in nats.

    Returns:
        Audits, shape (draws, parts), as `audits_needed` says.
    """
    weights = weights_of(errors)
    items = parts.sum(axis=1)
    at_most = np.maximum(items - promise.allowed, 0.0)
    mean_weight = float(parts[-1] @ weights / max(items[-1], 1)) or 1.0
    exposure = np.linspace(0, LONGEST, STEPS) ** 2 / LONGEST / mean_weight
    unseen = np.exp(-np.outer(weights, exposure))
    total, predicted = (parts * weights) @ unseen, (parts * errors) @ unseen
    taken = items[:, None] - parts @ unseen
    needed = math.log(1 / promise.risk) + RESERVE - evidence
    audits = np.empty((len(true), len(parts)))
    for row, q in enumerate(true):
        wrong = (parts * q) @ unseen
        spread = (parts * ((q * (1 - 2 * errors) + errors**2) / weights)) @ unseen
        variance = np.maximum(total * spread - (wrong - predicted) ** 2, 1e-12)
        # Axis 1: audits end there. Axis 2: what one audit tells at that moment, knowing the end.
        squared = np.maximum(promise.allowed + 1 - wrong, 0)[:, :, None] ** 2
        gain = squared / (variance[:, None, :] + squared)
        between = 0.25 * (gain[:, :, 1:] + gain[:, :, :-1])
        shown = np.einsum("pet,et,pt->pe", between, _EARLIER, np.diff(taken))
        audits[row] = _first(shown, taken, needed)
    needed_audits: Floats = np.minimum(audits, at_most)
    return needed_audits


def _first(shown: Floats, taken: Floats, needed: float) -> Floats:
    """Return how many items are taken when so much is first shown, shape (parts,).

    Args:
        shown: What is shown where the audits end, shape (parts, moments).
        taken: How many items are taken by then, shape (parts, moments).
        needed: What is to be shown.

    Returns:
        Items; infinite where it never is.
    """
    reached = shown >= needed
    end, rows = reached.argmax(axis=1), np.arange(len(shown))
    before = np.maximum(end - 1, 0)
    step = np.maximum(shown[rows, end] - shown[rows, before], 1e-12)
    share = np.clip((needed - shown[rows, before]) / step, 0, 1)
    found = taken[rows, before] + share * (taken[rows, end] - taken[rows, before])
    return np.where(reached.any(axis=1), np.where(end == 0, 0.0, found), np.inf)


def _cuts(low: int, high: int, count: int) -> list[int]:
    """Return the numbers of items to leave open that are worth trying, the largest first."""
    return sorted({round(cut) for cut in np.linspace(low, high, count + 1)} - {0}, reverse=True)
