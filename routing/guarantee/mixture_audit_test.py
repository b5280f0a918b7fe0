"""The audit test of certificates up to format 3: one product of bets, averaged over their sizes.

What was announced at a freeze is what counts, so populations that were frozen under this test end
under it, and their certificates can be verified for good. It asks for more audits than `AuditTest`.

Where that plays a game for each number of wrong labels, this bets against the fewest that break the
promise, D = F_now + ⌊ε·N⌋ + 1. As every factor grows with D, the product is at least 1/δ for all D
that break it as soon as it is for that one. The bet is the one that is best in the mean if the
predictions are right, times each of `SCALES`; the mean of their products is a martingale again.
Where the model overrules o labels, the product must reach 1/δ for each of o smaller D as well; each
has bets of its own there, small enough that it stays positive.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Floats
from routing.guarantee.audit_test import AuditEvent, AuditStatus, AuditTest

SCALES = (0.7, 1.0, 1.4)
"""Sizes of bets, in shares of the one that is best if the predictions are right."""

LARGEST_LOSS = 0.95
"""The most that one audit can cost, as a share of the evidence so far."""


class MixtureAuditTest(AuditTest):
    """As `AuditTest`, with the bets of earlier releases."""

    def audit_status(self, events: Sequence[AuditEvent], overruled: int = 0) -> AuditStatus:
        """Return what the events say; see `AuditTest`."""
        bets = self._bets(events)
        most, allowed = self.promise.allowed, self.promise.allowed - overruled
        evidence = min(map(bets.against, range(max(allowed, 0) + 1, most + 2)))
        is_kept = allowed >= 0 and evidence >= self._needed
        low, high = (allowed, allowed) if is_kept else (most, max(most, bets.unchecked))
        while low < high:
            middle = (low + high) // 2
            is_ruled_out = bets.against(middle + 1) >= self._needed
            low, high = (low, middle) if is_ruled_out else (middle + 1, high)
        return AuditStatus(
            evidence=evidence,
            audits=sum(event.kind == "audit" for event in events),
            found=sum(event.is_wrong is True for event in events),
            unchecked=bets.unchecked,
            bound=min(low, bets.unchecked),
            is_kept=is_kept,
        )

    def room(self, events: Sequence[AuditEvent], most: int) -> int:
        """Count the labels in which the model may overrule people; see `AuditTest`."""
        bets, allowed = self._bets(events), self.promise.allowed
        wanted = range(min(most, allowed))
        return next((o for o in wanted if bets.against(allowed - o) < self._needed), len(wanted))

    def _bets(self, events: Sequence[AuditEvent]) -> "_Bets":
        """Place the bets, each on what is known before its audit."""
        items = np.array([event.item for event in events], dtype=np.intp)
        is_audit = np.array([event.kind == "audit" for event in events], dtype=bool)
        wrong = np.array([event.is_wrong is True for event in events], dtype=np.float64)
        at_worst = np.array([event.is_wrong is not False for event in events], dtype=np.float64)
        p, w = self.errors, self._weights
        columns = np.stack([w, p, w * p, p * (1 - p) / w], axis=1)
        still_open = columns.sum(axis=0) - _before(columns[items])
        total, predicted, weighed, spread = still_open.T[:, is_audit]
        audited = items[is_audit]

        least = self.promise.allowed + 1
        to_come = np.maximum(self.planned - np.arange(len(audited)), 0) * weighed / total
        drift = np.maximum(least + to_come - predicted, 0)
        best = drift / (total * spread + drift**2)
        return _Bets(
            unchecked=len(p) - len(events),
            least=least,
            sizes=np.outer(SCALES, best),
            largest=predicted + total / self._least_weight,
            found_since=wrong.sum() - _before(wrong)[is_audit],
            x=predicted + (at_worst[is_audit] - p[audited]) * total / w[audited],
        )


@dataclass(frozen=True, slots=True)
class _Bets:
    """Bets that fewer errors are left than some number.

    Attributes:
        unchecked: Items that are still open.
        least: The fewest errors left that bets are placed against without care.
        sizes: λ_t, shape (scales, audits), before they are kept small enough.
        largest: What X_t can be at most, shape (audits,).
        found_since: Errors found from audit t on, itself included, shape (audits,).
        x: X_t, shape (audits,).
    """

    unchecked: int
    least: int
    sizes: Floats
    largest: Floats
    found_since: Floats
    x: Floats

    def against(self, errors_left: int) -> float:
        """Weigh the evidence against this many errors among the unchecked, in nats.

        From `least` on it is against any more of them as well.
        """
        if errors_left > self.unchecked:
            return float("inf")
        logs = np.log1p(self.gains(errors_left)).sum(axis=1)
        return float(logs.max() + math.log(np.exp(logs - logs.max()).mean()))

    def gains(self, errors_left: int) -> Floats:
        """Return what each bet wins, as a share of what was won before, shape (scales, audits)."""
        left = errors_left + self.found_since
        worst_loss = np.maximum(self.largest - np.minimum(left, self.least), 1e-9)
        gains: Floats = np.minimum(self.sizes, LARGEST_LOSS / worst_loss) * (left - self.x)
        return gains


def _before(columns: Floats) -> Floats:
    """Sum what came before each row."""
    sums: Floats = np.cumsum(columns, axis=0) - columns
    return sums
