"""The certificate: how many of the labels that nobody checked may be wrong, at every look.

A population of N tasks has its labels frozen; M of them are open: nobody answered them. D of the
open labels are wrong, that is, differ from what people, asked blind, would say. D is a fixed,
unknown number; only the order in which labels are audited is random. What is certified is

    the labels that were never checked hold at most ⌊ε·N⌋ errors,

with probability 1 - δ, whatever the model, its confidence or its calibration are worth, at every
look, and at any moment of stopping.

**The audits.** Open items are audited one after another without replacement, the next one being i
with probability w_i / W_t, where W_t sums the weights of what is still open. The weights are fixed
at the freeze and grow with the predicted probability p_i of an error, so that audits both find
errors and tell of their number. Items may also be reviewed by choice, at any time and for any
reason but their place in the order that is still to be drawn: they leave the population, and what
they were is counted.

**The test.** With F_t errors found before audit t, the audited item i, and A_t the sum of p over
what is still open,

    X_t = A_t + (1[i is wrong] - p_i) · W_t / w_i

has the mean D - F_t, whatever p is worth: p is a control variate. So for the true D

    Π_t (1 + λ_t · (D - F_t - X_t))

is a martingale that starts at 1 and stays positive, for any λ_t ≥ 0 that is known before audit t
and small enough. By Ville's inequality it ever reaches 1/δ with probability δ at most. As every
factor grows with D, the product is at least 1/δ for *all* D that break the promise as soon as it
is for the smallest: F_now + ⌊ε·N⌋ + 1. Then the promise is kept. Several ways to bet are averaged,
which is a martingale again.

**Overruled labels.** A label in which the model overrules the people who answered counts as one
that differs. Where o labels are overruled, the unchecked ones may hold ⌊ε·N⌋ - o errors, so the
product must reach 1/δ for each of o smaller D as well. There bets must be smaller, so that it stays
positive: each D has bets of its own, made of D and the past. So all bounds of all moments still
hold together, and how many labels are overruled may be chosen by them.

This is betting for sampling without replacement: Waudby-Smith and Ramdas, "Confidence sequences
for sampling without replacement" (NeurIPS 2020), with the weights and control variates of Shekhar
et al., "Risk-limiting financial audits via weighted sampling without replacement" (UAI 2023).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.guarantee.wealth import SCALES, Wealth, averaged

CheckKind: TypeAlias = Literal["audit", "review"]
"""An audit is the next in the random order; a review was somebody's choice."""

LEAST_ERROR, MOST_ERROR = 0.01, 0.99
"""Predicted errors are kept away from certainty, so that every open item can be audited."""

STEEPNESS = 0.3
"""Weights are the predicted variance to this power; 0.5 would tell most of D for one audit, less
leaves more of the safe items unaudited."""

FIRST_LOOK = 64
"""Audits ahead that are looked at first; twice as many each time that they are too few."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised of a population.

    Attributes:
        size: N, the tasks of the population, answered ones included.
        error: ε, the share of them that may be wrong.
        risk: δ, the probability with which the promise may be broken.
    """

    size: int
    error: float
    risk: float

    @property
    def allowed(self) -> int:
        """The errors that the labels which nobody checked may hold."""
        return int(np.floor(self.error * self.size + 1e-9))


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """An open item leaves the population.

    Attributes:
        item: Its place among the frozen items.
        kind: Why it leaves.
        is_wrong: Whether people's answer differs from the frozen label; None: nobody can tell, as
            with a task that was deleted, and the worst is assumed.
    """

    item: int
    kind: CheckKind
    is_wrong: bool | None


@dataclass(frozen=True, slots=True)
class AuditStatus:
    """What is known after some events.

    Attributes:
        evidence: Natural log of the e-process against a broken promise, in nats, the least of
            those that count; infinite where fewer are unchecked than may be wrong.
        audits: Audits so far.
        found: Errors that audits and reviews found.
        unchecked: Items that are still open.
        bound: With probability 1 - δ at most so many of the unchecked labels are wrong.
        is_kept: Whether the promise is certified.
    """

    evidence: float
    audits: int
    found: int
    unchecked: int
    bound: int
    is_kept: bool


def weights_of(errors: Floats) -> Floats:
    """Return the weights that items are audited with.

    Args:
        errors: Predicted probability that each frozen label is wrong, shape (items,).

    Returns:
        Weights above 0, shape (items,).
    """
    p = np.clip(errors, LEAST_ERROR, MOST_ERROR)
    weights: Floats = (p * (1 - p)) ** STEEPNESS
    return weights


class AuditTest:
    """The frozen items of a population, and what any sequence of events says of them.

    Args:
        promise: What is promised.
        errors: Predicted probability that each frozen label is wrong, shape (items,). The promise
            is kept whatever they are; good ones need fewer audits.
        planned: Audits that are expected to be needed; decides how to bet, not what is valid.

    Attributes:
        errors: Predicted errors as they are counted with, shape (items,).

    Examples:
        Of 200 labels, 10 may be wrong. 60 of them were predicted to be wrong with probability 1%,
        and are audited in the drawn order; none of them is.

        >>> promise = Promise(size=200, error=0.05, risk=0.05)
        >>> test = AuditTest(promise, np.full(200, 0.01), planned=60)
        >>> audits = [AuditEvent(item, "audit", is_wrong=False) for item in range(60)]
        >>> status = test.audit_status(audits)
        >>> status.is_kept, status.bound, status.unchecked
        (True, 10, 140)

        After 30 of them it could not be promised yet: more errors may still be left.

        >>> status = test.audit_status(audits[:30])
        >>> status.is_kept, status.bound > promise.allowed
        (False, True)
    """

    def __init__(self, promise: Promise, errors: Floats, planned: int) -> None:
        self.promise = promise
        self.errors = np.clip(errors, LEAST_ERROR, MOST_ERROR)
        self._weights = weights_of(errors)
        self._least_weight = float(self._weights.min(initial=np.inf))
        self._planned = planned
        self._totals = self._columns(np.arange(len(errors))).sum(axis=0)

    def audit_status(self, events: Sequence[AuditEvent], overruled: int = 0) -> AuditStatus:
        """Return what the events say, in time that grows with them and not with the items.

        Args:
            events: What left the population, in order.
            overruled: Labels in which the model overrules people; each counts as a wrong one.
        """
        wealth, needed = self._wealth(events), math.log(1 / self.promise.risk)
        most, allowed = self.promise.allowed, self.promise.allowed - overruled
        evidence = min(map(wealth.against, range(max(allowed, 0) + 1, most + 2)))
        is_kept = allowed >= 0 and evidence >= needed
        low, high = (allowed, allowed) if is_kept else (most, max(most, wealth.unchecked))
        while low < high:
            middle = (low + high) // 2
            is_ruled_out = wealth.against(middle + 1) >= needed
            low, high = (low, middle) if is_ruled_out else (middle + 1, high)
        return AuditStatus(
            evidence=evidence,
            audits=sum(event.kind == "audit" for event in events),
            found=sum(event.is_wrong is True for event in events),
            unchecked=wealth.unchecked,
            bound=min(low, wealth.unchecked),
            is_kept=is_kept,
        )

    def room(self, events: Sequence[AuditEvent], most: int) -> int:
        """Count the labels in which the model may overrule people, so that the promise is kept.

        Args:
            events: What left the population, in order; they prove the promise.
            most: Labels in which it would.

        Returns:
            As many as the allowed errors leave room for beside the bound; `most` at most.
        """
        wealth, needed = self._wealth(events), math.log(1 / self.promise.risk)
        allowed = self.promise.allowed
        wanted = range(min(most, allowed))
        return next((o for o in wanted if wealth.against(allowed - o) < needed), len(wanted))

    def audits_until_kept(
        self, events: Sequence[AuditEvent], order: Indices, found: int = 0, within: int = 0
    ) -> int:
        """Return after how many more audits the promise is kept, should they find so many errors.

        Args:
            events: What happened so far; the promise is not kept yet.
            order: The places of what is still open, in the order of the audits, shape (open,).
            found: Errors that these audits find.
            within: The first audits among which these are evenly spread; the promise is kept behind
                them. 0: there are none.

        Returns:
            Audits: one at least, and no more than are open.
        """
        done = sum(event.kind == "audit" for event in events)
        most = min(max(len(order) - self.promise.allowed, 1), len(order))
        wrong = {*np.linspace(0, within, found + 2)[1:-1].astype(int).tolist()} if within else set()
        size = FIRST_LOOK + 2 * within
        while True:
            coming = [
                AuditEvent(item, "audit", place in wrong)
                for place, item in enumerate(order[:size].tolist())
            ]
            gains = self._wealth([*events, *coming]).gains(self.promise.allowed + 1)
            logs = np.log1p(gains).cumsum(axis=1)
            evidence = averaged(logs[:, done + within :])
            kept = np.flatnonzero(evidence >= math.log(1 / self.promise.risk))
            if len(kept):
                return min(within + int(kept[0]) + 1, most)
            if size >= most:
                return most
            size *= 2

    def predicted(self, events: Sequence[AuditEvent]) -> float:
        """Return how many errors were predicted among the items of some events."""
        return float(self.errors[[event.item for event in events]].sum()) if events else 0.0

    def _columns(self, items: Indices) -> Floats:
        """Give, of each item, what the sums over the open ones are made of."""
        p, w = self.errors[items], self._weights[items]
        return np.stack([w, p, w * p, p * (1 - p) / w], axis=1)

    def _wealth(self, events: Sequence[AuditEvent]) -> Wealth:
        """Prepare the bets, each on what is known before its audit."""
        items = np.array([event.item for event in events], dtype=np.intp)
        is_audit = np.array([event.kind == "audit" for event in events], dtype=bool)
        wrong = np.array([event.is_wrong is True for event in events], dtype=np.float64)
        at_worst = np.array([event.is_wrong is not False for event in events], dtype=np.float64)
        columns = self._columns(items)
        total, predicted, weighed, spread = (self._totals - _before(columns)).T[:, is_audit]
        p, w = columns[is_audit, 1], columns[is_audit, 0]
        found = _before(wrong)[is_audit]

        least = self.promise.allowed + 1
        to_come = np.maximum(self._planned - np.arange(len(p)), 0) * weighed / total
        drift = np.maximum(least + to_come - predicted, 0)
        best = drift / (total * spread + drift**2)
        return Wealth(
            unchecked=len(self.errors) - len(events),
            least=least,
            bets=np.outer(SCALES, best),
            largest=predicted + total / self._least_weight,
            found_since=wrong.sum() - found,
            x=predicted + (at_worst[is_audit] - p) * total / w,
        )


def _before(columns: Floats) -> Floats:
    """Sum what came before each row."""
    sums: Floats = np.cumsum(columns, axis=0) - columns
    return sums
