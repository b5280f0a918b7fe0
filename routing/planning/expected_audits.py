"""What audits are expected to show: the certificate's test, run forward in the mean.

Audits take open items as their weights say, find errors as often as these are true, and bound what
is left by some standard errors above it. Nothing here is promised; the certificate alone decides.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import Promise, weights_of

Floats = NDArray[np.float64]

SKEWED = 1.3
"""Standard errors that a bound is above the estimate, as a multiple of those of a normal one: bets
aim beyond what is needed, and a few errors among the safest items weigh much."""

CAPPED = 0.5
"""The share of what an audit can show at most, times the drift, that is added to its variance:
where few labels are wrong, bets are kept smaller than they should be, to stay positive."""

STEPS = 40
"""Moments of the audits that are looked at."""

LONGEST = 5.0
"""Audits are followed until an item of mean weight is left with probability exp(-LONGEST)."""


class ExpectedAudits:
    """Audits of several parts of the open items, at some moments.

    Args:
        errors: Predicted error of each kind of item, ascending, shape (parts, kinds).
        parts: How many items of each kind are left open, shape (parts, kinds).
        promise: What is promised.

    Attributes:
        taken: Audits by each moment, shape (parts, moments).
    """

    def __init__(self, errors: Floats, parts: Floats, promise: Promise) -> None:
        self._errors, self._parts, self._allowed = errors, parts, promise.allowed
        self._weights = weights_of(errors)
        items = parts.sum(axis=1)
        mean_weight = float(parts[-1] @ self._weights[-1] / max(items[-1], 1)) or 1.0
        exposure = np.linspace(0, LONGEST, STEPS) ** 2 / LONGEST / mean_weight
        self._unseen = np.exp(-self._weights[:, :, None] * exposure)
        self._open = self._sum(parts)
        self.taken = items[:, None] - self._open

    def _sum(self, values: Floats) -> Floats:
        """Sum values of each kind, as far as its items are open at each moment."""
        summed: Floats = (values[:, None] @ self._unseen)[:, 0]
        return summed

    def short(self, true: Floats, deviations: float) -> Floats:
        """Return by how much the bound is above what is allowed, shape (parts, moments).

        Args:
            true: What the errors of each kind truly are, shape (parts, kinds).
            deviations: Standard errors that the bound is above the estimate.
        """
        p, w = self._errors, self._weights
        wrong, predicted = (self._sum(self._parts * one) for one in (true, p))
        total = self._sum(self._parts * w)
        spread = self._sum(self._parts * ((true * (1 - 2 * p) + p**2) / w))
        variance = np.maximum(total * spread - (wrong - predicted) ** 2, 1e-12)
        drift = np.maximum(self._allowed + 1 - wrong, 0)
        least = w.min(axis=1, keepdims=True)
        told = 1 / (variance + CAPPED * drift * (predicted + total / least))
        steps = 0.5 * (told[:, 1:] + told[:, :-1]) * np.diff(self.taken)
        known = np.cumsum(np.pad(steps, ((0, 0), (1, 0))), axis=1)
        with np.errstate(divide="ignore"):
            width = deviations / np.sqrt(known)
        # No more can be wrong than is open.
        bound = np.minimum(wrong + width, self._open)
        return np.asarray(bound - self._allowed, dtype=np.float64)

    def kept(self, true: Floats, short: Floats) -> Floats:
        """Return what is left once the most doubtful were reviewed until the bound is allowed.

        Args:
            true: What the errors of each kind truly are, shape (parts, kinds).
            short: By how much the bound is above it, shape (parts, moments).

        Returns:
            Items whose label the model keeps, shape (parts, moments).
        """
        items = (self._parts[:, :, None] * self._unseen).transpose(0, 2, 1)[:, :, ::-1]
        wrong = items * true[:, None, ::-1]
        found = np.cumsum(wrong, axis=2)
        whole = (found <= short[:, :, None]).sum(axis=2)
        kind = np.minimum(whole, items.shape[2] - 1)[:, :, None]
        of_kind = np.take_along_axis(wrong, kind, axis=2)[:, :, 0]
        before = np.take_along_axis(found, kind, axis=2)[:, :, 0] - of_kind
        share = np.clip((short - before) / np.maximum(of_kind, 1e-12), 0, 1)
        counted = np.take_along_axis(np.cumsum(items, axis=2), kind, axis=2)[:, :, 0]
        last = np.take_along_axis(items, kind, axis=2)[:, :, 0]
        reviews = np.where(short > 0, counted - last + share * last, 0.0)
        # Nobody reviews on where no more are open than may be wrong.
        left: Floats = np.maximum(self._open - reviews, np.minimum(self._open, self._allowed))
        return left


def audits_needed(errors: Floats, counts: Floats, promise: Promise) -> float:
    """Forecast the audits until the promise is certified, if the predictions are right.

    Args:
        errors: Predicted error of each kind of open item, shape (kinds,).
        counts: How many items of each kind are open, shape (kinds,).
        promise: What is promised.

    Returns:
        Audits; as many as there are items more than may be wrong, where the evidence never comes.
    """
    audits = ExpectedAudits(errors[None], counts[None], promise)
    short = audits.short(errors[None], normal_deviations(promise.risk))[0]
    at_most = max(float(counts.sum()) - promise.allowed, 0.0)
    if not at_most:
        return 0.0
    enough = short <= 0
    if not enough.any():
        return at_most
    end = int(enough.argmax())
    share = 1.0
    if end and np.isfinite(short[end - 1]):
        share = float(short[end - 1] / (short[end - 1] - short[end]))
    taken = audits.taken[0]
    before = float(taken[max(end - 1, 0)])
    return min(before + share * (float(taken[end]) - before), at_most)


def normal_deviations(risk: float) -> float:
    """Return how many standard errors a bound is above the estimate at the planned end."""
    return SKEWED * NormalDist().inv_cdf(1 - min(risk, 0.5))
