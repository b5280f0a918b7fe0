"""Forecasts: what a promise will ask of people from now on, with its interval. Pure.

Two things make a forecast uncertain. The predicted errors may all be off by some factor: it has a
gamma prior around 1, as strong as `PRIOR` errors, and a Poisson likelihood of the errors found so
far where so many were predicted; the plan is made again at both ends of its 90% range. And audits
come out unevenly: the test's evidence is taken for Brownian motion whose variance is twice its
drift, as that of the best bet is, so the audits until it arrives are inverse Gaussian. Both widths
are added as independent ones are. What the model still learns is not foreseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import LEAST_ERROR, MOST_ERROR, AuditStatus, Promise
from routing.planning.optimal_plan import BINS, RESERVE, Plan, audits_needed, best_plan, is_worth

Floats = NDArray[np.float64]

TARGETS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2)
"""Error rates that a Pareto plot shows."""

PRIOR = 2.0
"""Errors that the prior of the factor is worth: with no answers, 90% of it is .18 to 2.37."""

ENDS = (0.05, 0.95)
"""The quantiles that every interval reaches from and to."""

FINEST = 0.001
"""Steps of the error rates that a best promise is looked for among."""

LOOSEST = 0.5
"""The highest error rate that is looked at."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of a population, and what forecasts rest on.

    Attributes:
        errors: Predicted probability that the model's label is wrong, of each task that people
            were not asked about yet, shape (tasks,).
        size: Tasks of the population, answered ones included.
        risk: The probability with which the promise may be broken.
        votes: Human labels that a task takes, in the mean.
        pilot: Tasks among those of `errors` that people get first, picked at random.
        owed: Human labels that are asked for already.
        predicted: Errors that the model predicted among the tasks that people answered.
        found: Errors that people found among these.
    """

    errors: Floats
    size: int
    risk: float
    votes: float = 1.0
    pilot: int = 0
    owed: int = 0
    predicted: float = 0.0
    found: int = 0

    @property
    def everything(self) -> float:
        """Human labels that are still to come where people label all, without the model."""
        return self.owed + self.votes * len(self.errors)

    @property
    def factors(self) -> tuple[float, float]:
        """The 90% range of what the predicted errors are to be multiplied by."""
        from scipy.special import gammaincinv  # here, since it would slow every command's start

        low, high = gammaincinv(PRIOR + self.found, ENDS) / (PRIOR + self.predicted)
        return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a promise asks of people from now on; the ends are those of a 90% interval.

    Attributes:
        error: The share of the labels that may be wrong; 0.0: people label everything.
        reviews: Tasks that people review before the freeze, the pilot included.
        audits: Audits after it.
        left: Tasks whose label the model keeps.
        labels: Human labels that are still to come, in all.
        low: The lower end for `labels`.
        high: The upper end for `labels`.
        is_worth: Whether the model helps; see `planning.is_worth`.
    """

    error: float
    reviews: int
    audits: int
    left: int
    labels: float
    low: float
    high: float
    is_worth: bool


def forecast(basis: Basis, error: float) -> Forecast:
    """Forecast a promise of the open population, from the best plan for it.

    Args:
        basis: What is known.
        error: The share of the labels that may be wrong.

    Returns:
        What it asks of people from now on.
    """
    plan = _plan(basis, error)
    labels = _labels(basis, plan)
    fewer, more = (_labels(basis, _plan(_scaled(basis, factor), error)) for factor in basis.factors)
    early, late = _spread(plan.audits, np.log(1 / basis.risk))
    low = labels - np.hypot(max(labels - fewer, 0), basis.votes * early)
    high = labels + np.hypot(max(more - labels, 0), basis.votes * late)
    return _stated(basis, error, plan, (labels, float(low), float(high)))


def audits_to_come(basis: Basis, error: float, known: AuditStatus) -> Forecast:
    """Forecast the audits of a frozen population that its promise still needs.

    The evidence that is missing is gathered from what nobody checked yet. What earlier audits will
    gain as later ones find more errors is left out, so it is rather too many.

    Args:
        basis: What is known; its errors are those of the labels that nobody checked, its
            predicted and found errors those of the checked ones.
        error: The share of the labels that may be wrong.
        known: What the checks say by now.

    Returns:
        What it still asks of people.
    """
    if known.is_kept:
        return _stated(basis, error, Plan(0, 0, len(basis.errors)), (0.0, 0.0, 0.0))
    missing = float(np.log(1 / basis.risk)) - known.evidence
    promise = Promise(basis.size, error, float(np.exp(-missing)))

    kinds = min(len(basis.errors), BINS)
    counts = np.full(kinds, len(basis.errors) / max(kinds, 1))

    def audits(known: Basis) -> float:
        return audits_needed(resampled(known.errors, kinds), counts, promise)

    mean = audits(basis)
    fewer, more = (audits(_scaled(basis, factor)) for factor in basis.factors)
    early, late = _spread(mean, missing)
    low = mean - np.hypot(max(mean - fewer, 0), early)
    high = mean + np.hypot(max(more - mean, 0), late)
    most = max(len(basis.errors) - promise.allowed, 0)
    ends = (mean, max(float(low), 0.0), min(float(high), most))
    labels, least, greatest = (max(basis.votes * end, float(basis.owed)) for end in ends)
    plan = Plan(0, round(mean), len(basis.errors) - round(mean))
    return _stated(basis, error, plan, (labels, least, greatest))


def pareto(basis: Basis, targets: Sequence[float] = TARGETS) -> list[Forecast]:
    """Forecast each error rate, ascending: fewer errors ask for more human labels.

    Money, hours and days follow with `routing.planning.costs`: `rates.money(forecast.labels)`.

    Args:
        basis: What is known.
        targets: The error rates.

    Returns:
        One forecast per error rate.
    """
    return [forecast(basis, error) for error in sorted(targets)]


def best(basis: Basis, labels: float) -> Forecast | None:
    """Find the lowest error rate whose promise is expected to ask for no more than some labels.

    Args:
        basis: What is known.
        labels: Human labels that may still be asked for.

    Returns:
        Its forecast; with an error of 0.0 where people may label everything; None where not even
        the loosest promise fits.
    """
    if basis.everything <= labels:
        return everything(basis)
    too_dear, affordable = 0, round(LOOSEST / FINEST)
    if _labels(basis, _plan(basis, LOOSEST)) > labels:
        return None
    while affordable - too_dear > 1:
        middle = (too_dear + affordable) // 2
        if _labels(basis, _plan(basis, middle * FINEST)) <= labels:
            affordable = middle
        else:
            too_dear = middle
    return forecast(basis, round(affordable * FINEST, 3))


def everything(basis: Basis) -> Forecast:
    """Forecast that people label everything, so that no error is left unchecked."""
    labels = basis.everything
    return Forecast(0.0, len(basis.errors), 0, 0, labels, labels, labels, is_worth=False)


def resampled(errors: Floats, count: int) -> Floats:
    """Return so many predicted errors that are spread as these are, ascending.

    Args:
        errors: Shape (tasks,), of one task at least where any are to be given.
        count: How many to return.

    Returns:
        Predicted errors, shape (count,).
    """
    if not count:
        return np.empty(0)
    return np.quantile(errors, (np.arange(count) + 0.5) / count).astype(np.float64)


def _plan(basis: Basis, error: float) -> Plan:
    """Plan what follows the pilot; the pilot counts as reviewed."""
    rest = basis.errors
    if basis.pilot:
        rest = resampled(rest, len(rest) - basis.pilot)
    plan = best_plan(rest, Promise(basis.size, error, basis.risk))
    return Plan(basis.pilot + plan.reviews, plan.audits, plan.left)


def _labels(basis: Basis, plan: Plan) -> float:
    return basis.owed + basis.votes * (plan.reviews + plan.audits)


def _scaled(basis: Basis, factor: float) -> Basis:
    return replace(basis, errors=np.clip(basis.errors * factor, LEAST_ERROR, MOST_ERROR))


def _spread(audits: float, missing: float) -> tuple[float, float]:
    """Return by how many audits fewer, and by how many more, the evidence may arrive."""
    from scipy.stats import invgauss  # here, since it takes a second to import

    needed = missing + RESERVE
    low, high = (float(invgauss.ppf(end, mu=2 / needed, scale=needed / 2)) for end in ENDS)
    return audits * (1 - low), audits * (high - 1)


def _stated(basis: Basis, error: float, plan: Plan, labels: tuple[float, float, float]) -> Forecast:
    expected, low, high = labels
    return Forecast(
        error,
        plan.reviews,
        plan.audits,
        plan.left,
        expected,
        max(low, float(basis.owed)),
        min(high, basis.everything),
        is_worth=is_worth(plan.left, Promise(basis.size, error, basis.risk)),
    )
