"""What the report says of the promise: each population, what was proved of it, what is to come."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from routing.facts.populations import frozen_of, open_tasks, overruled_in, promise_of, proven
from routing.guarantee.audit_test import Promise
from routing.guarantee.frozen_population import (
    Check,
    FrozenPopulation,
    audit_status_of,
    audit_test_of,
    events_of,
)
from routing.ledger.records import LedgerState, Population
from routing.planning.forecast import Forecast
from routing.planning.optimal_plan import is_worth
from routing.standing.standing import PopulationStanding

CURVE_POINTS = 60
"""Moments of the audits that the evidence is shown at, at most."""

NOTHING: Mapping[int, Forecast] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class EvidencePoint:
    """The evidence that the promise is kept, in nats, after so many audits."""

    audits: int
    evidence: float


@dataclass(frozen=True, slots=True)
class AuditedPopulation:
    """A population whose labels are frozen, and what is proved of it by now.

    Attributes:
        answered: Tasks that people labelled before the freeze.
        checked: Frozen labels that people were asked about since and that are done with: audits,
            and what was answered unasked or deleted.
        audits: Audits among these.
        found: Wrong labels among these.
        left: Labels of the model that nobody checked.
        bound: With probability 1 - risk at most so many of those are wrong.
        overruled: Labels in which the model overrules people; each counts as a wrong one.
        needed: Nats of evidence at which the promise is certified.
        evidence: How the evidence grew with the audits.
        to_come: The audits that are forecast to prove it; None: nothing is.
        frozen_at: When the labels were frozen.
        kept_at: When the promise was certified; None: not yet.
        group: The group of tasks that it is, in words; None: all that were open are in it.
    """

    number: int
    promise: Promise
    answered: int
    checked: int
    audits: int
    found: int
    left: int
    overruled: int
    bound: int
    needed: float
    evidence: tuple[EvidencePoint, ...]
    to_come: Forecast | None
    model_version: str
    frozen_at: datetime
    kept_at: datetime | None
    group: str | None = None

    @property
    def size(self) -> int:
        """Its tasks."""
        return self.promise.size

    @property
    def allowed(self) -> int:
        """Labels that may be wrong."""
        return self.promise.allowed

    @property
    def by_people(self) -> int:
        """Tasks that people were asked about."""
        return self.answered + self.checked


@dataclass(frozen=True, slots=True)
class OpenPopulation:
    """The population that is not frozen yet, and what is forecast of it.

    Attributes:
        reviews: Reviews that are still worth their price; None: there is no forecast yet.
        audits: Audits that are then to be expected.
        left: Labels that the model is then to keep.
        next: What comes next, and why.
        groups: The groups that are to be promised it each; none: it is promised of all together.
    """

    number: int
    promise: Promise
    reviews: int | None
    audits: int | None
    left: int | None
    next: str
    groups: Sequence[PopulationStanding] = ()

    @property
    def size(self) -> int:
        """Its tasks."""
        return self.promise.size

    @property
    def allowed(self) -> int:
        """Labels that may be wrong."""
        alone = sum(one.allowed for one in self.groups)
        return alone if self.groups else self.promise.allowed

    @property
    def is_forecast(self) -> bool:
        """Whether there is a forecast."""
        return self.left is not None

    @property
    def is_worth(self) -> bool:
        """Whether the model is forecast to help; see `routing.planning.optimal_plan.is_worth`."""
        return self.left is not None and is_worth(self.left, self.promise)


@dataclass(frozen=True, slots=True)
class PromiseStatus:
    """Where the promise of a project stands.

    Attributes:
        proofs: The frozen populations, in order.
        unfrozen: The open population; None: there is none.
        forecasts: What other error rates would ask of people from now on, ascending.
    """

    proofs: tuple[AuditedPopulation, ...] = ()
    unfrozen: OpenPopulation | None = None
    forecasts: Sequence[Forecast] = ()

    @property
    def main(self) -> AuditedPopulation | OpenPopulation | None:
        """The population that holds the most tasks, which a page begins with; None: no tasks."""
        return max(self._populations, key=lambda one: one.size, default=None)

    @property
    def main_proof(self) -> AuditedPopulation | None:
        """The frozen population that holds the most tasks."""
        return max(self.proofs, key=lambda one: one.size, default=None)

    @property
    def totals(self) -> "PromiseTotals":
        """What all populations come to."""
        return PromiseTotals(
            tasks=sum(one.size for one in self._populations),
            by_people=sum(one.by_people for one in self.proofs),
            audits=sum(one.audits for one in self.proofs),
            found=sum(one.found for one in self.proofs),
            left=sum(one.left for one in self.proofs),
            bound=sum(one.bound for one in self.proofs),
            allowed=sum(one.allowed for one in self._populations),
            risk=sum(one.promise.risk for one in self.proofs),
        )

    @property
    def _populations(self) -> Sequence[AuditedPopulation | OpenPopulation]:
        return [*self.proofs, *([self.unfrozen] if self.unfrozen else [])]


@dataclass(frozen=True, slots=True)
class PromiseTotals:
    """What all populations of a project come to.

    Attributes:
        tasks: Tasks, of the open population too.
        by_people: Tasks of the frozen ones that people were asked about.
        audits: Audits that are done with.
        found: Wrong labels among what was checked.
        left: Labels of the model that nobody checked.
        bound: At most so many of those are wrong.
        allowed: Labels that may be wrong.
        risk: The probability that `bound` is too low: that of all frozen populations, added up.
    """

    tasks: int
    by_people: int
    audits: int
    found: int
    left: int
    bound: int
    allowed: int
    risk: float


def standing(
    state: LedgerState,
    error: float,
    risk: float,
    forecasts: Sequence[Forecast] = (),
    to_come: Mapping[int, Forecast] = NOTHING,
    groups: Sequence[PopulationStanding] = (),
) -> PromiseStatus:
    """Return where the promise stands.

    Args:
        state: What is known.
        error: The share of the open population that may be wrong, as the settings say.
        risk: The probability with which that promise may be broken.
        forecasts: What error rates would ask of people from now on.
        to_come: The audits that each population in audit still takes, by its number.
        groups: The open groups that are to have promises of their own.

    Returns:
        The frozen populations, the open one, and forecasts.
    """
    return PromiseStatus(
        proofs=tuple(_proof(state, one, to_come.get(one.number)) for one in state.populations),
        unfrozen=_unfrozen(state, Promise(len(open_tasks(state)), error, risk), groups),
        forecasts=tuple(forecasts),
    )


def _proof(
    state: LedgerState, population: Population, to_come: Forecast | None
) -> AuditedPopulation:
    frozen, checks = frozen_of(state, population), proven(state, population)
    overruled = len(overruled_in(population))
    audit_status = audit_status_of(frozen, checks, overruled)
    return AuditedPopulation(
        number=population.number,
        promise=promise_of(population),
        answered=len(frozen.answered),
        checked=len(checks),
        audits=audit_status.audits,
        found=audit_status.found,
        left=audit_status.unchecked,
        overruled=overruled,
        bound=audit_status.bound,
        needed=math.log(1 / population.risk),
        evidence=_evidence(frozen, checks),
        to_come=to_come,
        model_version=population.model_version,
        frozen_at=population.frozen_at,
        kept_at=population.kept_at,
        group=None if population.group is None else str(population.group),
    )


def _evidence(frozen: FrozenPopulation, checks: Sequence[Check]) -> tuple[EvidencePoint, ...]:
    """Follow the evidence; left out is what is certain, since no more are unchecked than allowed.

    It is looked at from the first audit on, evenly over the checks.
    """
    ends = np.unique(np.linspace(0, len(checks), CURVE_POINTS).round().astype(int)).tolist()
    certificate, events = audit_test_of(frozen), events_of(frozen, checks)
    audit_statuses = [certificate.audit_status(events[:end]) for end in ends]
    return tuple(
        EvidencePoint(audit_status.audits, audit_status.evidence)
        for audit_status in audit_statuses
        if math.isfinite(audit_status.evidence)
    )


def _unfrozen(
    state: LedgerState, promise: Promise, groups: Sequence[PopulationStanding]
) -> OpenPopulation | None:
    if not promise.size:
        return None
    # A round before the last freeze says nothing of the tasks that came later.
    since = [
        one
        for one in state.rounds
        if not state.populations or one.at > state.populations[-1].frozen_at
    ]
    last = since[-1] if since else None
    return OpenPopulation(
        number=len(state.populations) + 1,
        promise=promise,
        reviews=last.reviews if last else None,
        audits=last.audits if last else None,
        left=last.left if last else None,
        next=last.reason if last else "people begin with a random sample",
        groups=tuple(groups),
    )
