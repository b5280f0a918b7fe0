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
and small enough. By Ville's inequality it ever reaches 1/δ with probability δ at most. D is
unknown, so each number d that it might be has a *game* of its own: that product with d in place of
D. A game that ever reached 1/δ is won, and d is ruled out for good. With probability 1 - δ the true
D is never ruled out. All that is said rests on this one event, at whatever moments it is said:

- Once every d > F_now + ⌊ε·N⌋ is ruled out, D - F_now ≤ ⌊ε·N⌋, and the promise is kept.
- The highest d that is not ruled out, less F_now, bounds the errors that are left.
- A label in which the model overrules the people who answered counts as one that differs. Where o
  labels are overruled, every d > F_now + ⌊ε·N⌋ - o must be ruled out. How many labels are overruled
  may be chosen by what the games say.

Where labels are many, one game stands for the numbers from d to d + k. It is played for d: for a
larger D each factor is larger, since λ_t ≥ 0, so if it is won, all of them are ruled out.

**The bets** aim at the planned number of audits. Each game knows what it still lacks, r nats, and
how many audits n are left, and stakes

    λ_t = r · √(2 / (1 + r)) / (s_t · √n)

where s_t is the deviation of X_t, were the predictions right. If X_t were normal, the best test of
d at the planned end would be a game whose wealth is the probability that the test will reject,
divided by δ; its bets are φ(z) / Φ(z) / (s_t √n), with z the normal quantile of δ times the wealth,
and r · √(2 / (1 + r)) is near φ(z) / Φ(z) (within a tenth from 0.6 nats on). So at the planned end
the games together give the bound that one look at that moment would give, about 1.64 standard
errors for δ = 5%, where bets that grow fastest in the mean would give 2.45; and the promise may be
looked at before and after it all the same. As *each* d has its own bets, people may review until
what is left is below the bound, and nothing was staked on a number that turned out not to matter.

**Lost answers.** An audited item of which nobody can tell is wrong in X_t and in F_t, so that no
factor is larger than the truth would make it, and is not among the F_now errors that were found.

This is betting for sampling without replacement: Waudby-Smith and Ramdas, "Confidence sequences
for sampling without replacement" (NeurIPS 2020), with the weights and control variates of Shekhar
et al., "Risk-limiting financial audits via weighted sampling without replacement" (UAI 2023), and
bets that know their target and what is left to reach it, as in Voráček and Orabona, "STaR-Bets:
Sequential Target-Recalculating Bets for Tighter Confidence Intervals" (2025).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from labeling.mathtypes import Floats
from routing.guarantee.wealth import LAST_SHARE, Wealth

CheckKind: TypeAlias = Literal["audit", "review"]
"""An audit is the next in the random order; a review was somebody's choice."""

LEAST_ERROR, MOST_ERROR = 0.01, 0.99
"""Predicted errors are kept away from certainty, so that every open item can be audited."""

STEEPNESS = 0.3
"""Weights are the predicted variance to this power; 0.5 would tell most of D for one audit, less
leaves more of the safe items unaudited."""

TINY = 1e-12
"""Keeps a variance above 0 where rounding would not."""


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
        planned: Audits that bets aim at; decides how to bet, not what is valid.

    Attributes:
        errors: Predicted errors as they are counted with, shape (items,).
        planned: As given.

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
        self.planned = planned
        self._needed = math.log(1 / promise.risk)
        self._events: list[AuditEvent] = []
        self._state = self._at_freeze()

    def audit_status(self, events: Sequence[AuditEvent], overruled: int = 0) -> AuditStatus:
        """Return what the events say, in time that grows with what came since the last call.

        Args:
            events: What left the population, in order.
            overruled: Labels in which the model overrules people; each counts as a wrong one.
        """
        state, allowed = self._after(events), self.promise.allowed - overruled
        evidence = state.against(max(allowed, 0))
        is_kept = allowed >= 0 and evidence >= self._needed
        bound = allowed if is_kept else max(state.bound, self.promise.allowed)
        return AuditStatus(
            evidence=evidence,
            audits=state.audits,
            found=state.found,
            unchecked=state.unchecked,
            bound=min(bound, state.unchecked),
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
        state, allowed = self._after(events), self.promise.allowed
        return max(min(most, allowed - min(state.bound, allowed)), 0)

    def predicted(self, events: Sequence[AuditEvent]) -> float:
        """Return how many errors were predicted among the items of some events."""
        return float(self.errors[[event.item for event in events]].sum()) if events else 0.0

    def _at_freeze(self) -> "_State":
        p, w = self.errors, self._weights
        return _State(
            wealth=Wealth(len(p), self._needed),
            unchecked=len(p),
            weight=float(w.sum()),
            predicted=float(p.sum()),
            spread=float((p * (1 - p) / w).sum()),
        )

    def _after(self, events: Sequence[AuditEvent]) -> "_State":
        """Play on from what was played last, or anew where the events are others."""
        known = len(self._events)
        if [*events[:known]] != self._events:
            self._events, self._state, known = [], self._at_freeze(), 0
        for event in events[known:]:
            self._play(event)
            self._events.append(event)
        return self._state

    def _play(self, event: AuditEvent) -> None:
        state, p, w = self._state, self.errors[event.item], self._weights[event.item]
        at_worst = event.is_wrong is not False
        if event.kind == "audit":
            to_come = max(self.planned - state.audits, LAST_SHARE * self.planned, 1)
            state.wealth.bet(
                gone=state.found + state.lost,
                x=float(state.predicted + (at_worst - p) * state.weight / w),
                largest=state.predicted + state.weight / self._least_weight,
                deviation=math.sqrt(max(state.weight * state.spread, TINY)),
                to_come=to_come,
            )
            state.audits += 1
        state.found += event.is_wrong is True
        state.lost += event.is_wrong is None
        state.unchecked -= 1
        state.weight -= float(w)
        state.predicted -= float(p)
        state.spread -= float(p * (1 - p) / w)


@dataclass(slots=True)
class _State:
    """Where the games stand after some events.

    Attributes:
        unchecked: Items that are still open.
        weight: W, the sum of their weights.
        predicted: A, the sum of their predicted errors.
        spread: The sum of p(1 - p) / w over them.
        audits: Audits so far.
        found: Errors that were found.
        lost: Items that are gone, of which nobody could tell.
    """

    wealth: Wealth
    unchecked: int
    weight: float
    predicted: float
    spread: float
    audits: int = 0
    found: int = 0
    lost: int = 0

    def against(self, allowed: int) -> float:
        """Weigh the evidence against more errors left than allowed, in nats."""
        if allowed >= self.unchecked:
            return float("inf")
        return self.wealth.against(self.found + allowed + 1, self._most)

    @property
    def bound(self) -> int:
        """The most errors left that are not ruled out."""
        return min(max(self.wealth.highest(self._most) - self.found, 0), self.unchecked)

    @property
    def _most(self) -> int:
        return self.found + self.lost + self.unchecked
