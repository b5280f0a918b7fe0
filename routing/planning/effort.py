"""The plan of a project: what promises will take from now on, in labels, money, hours and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.predictions.prediction import UNCALIBRATED
from routing.facts.populations import audit_status, checks_of, in_audit, unchecked
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerState, Population
from routing.planning.costs import Rates, rates
from routing.planning.forecast import Basis, Forecast, audits_to_come, best, forecast, resampled
from routing.planning.review_rounds import pilot

TARGETS = (0.02, 0.05, 0.1, 0.15)
"""Error rates that are planned for, beside the settings' own."""

ENOUGH_TASKS = 10
"""Answered tasks from which on their mean number of votes is what a task is taken to need."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What labels take.

    Attributes:
        labels: Human labels.
        money: In the currency of the costs; the model's own labels are in it.
        hours: Of people's work.
        days: Working days, with all reviewers at work.
    """

    labels: float
    money: float
    hours: float
    days: float


@dataclass(frozen=True, slots=True)
class Option:
    """A promise, and what it takes from now on; the ends are those of a 90% interval.

    Attributes:
        share: Of the population's tasks, those whose label the model keeps.
    """

    promise: Forecast
    share: float
    expected: Effort
    low: Effort
    high: Effort


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies before a project.

    Attributes:
        tasks: Tasks of the open population.
        answers: Tasks that people answered.
        is_calibrated: Whether people's answers stand behind the predicted errors.
        risk: The probability with which promises may be broken.
        rates: What a label takes.
        spent: What labels took so far.
        alone: What people alone take from now on, without the model.
        options: The open population's promises, by ascending error; none where nothing is open.
        audits: What each population in audit still takes, by its number.
    """

    tasks: int
    answers: int
    is_calibrated: bool
    risk: float
    rates: Rates
    spent: Effort
    alone: Effort
    options: Sequence[Option]
    audits: Mapping[int, Option]


def outlook(facts: ProjectFacts, targets: Sequence[float] = TARGETS) -> Outlook:
    """Look ahead from where a project stands.

    Args:
        facts: What is known of it.
        targets: Error rates that are planned for, beside the settings' own.

    Returns:
        What lies before it.
    """
    state, policy = facts.state, facts.settings.policy
    at, basis = rates_of(facts), forecast_basis(facts)
    errors = sorted({*targets, policy.target_error}) if basis else ()
    frozen = {one: _audit_basis(facts, one) for one in in_audit(state)}
    alone = sum(one.everything for one in [*frozen.values(), *([basis] if basis else [])])
    return Outlook(
        tasks=len(facts.open_tasks),
        answers=len(facts.settled),
        is_calibrated=any(one.calibrated for one in facts.predictions.beliefs.values()),
        risk=policy.risk,
        rates=at,
        spent=_effort(at, labels_spent(state), len(state.predictions)),
        alone=_effort(at, alone),
        options=[_option(at, basis, forecast(basis, one)) for one in errors] if basis else (),
        audits={
            population.number: _audits(at, state, population, one)
            for population, one in frozen.items()
        },
    )


def labels_to_come(facts: ProjectFacts) -> tuple[float, float, float] | None:
    """Forecast the human labels that the settings' promise and all audits still take.

    Returns:
        As expected, and the lower and the upper end of the interval; None where the open
        population cannot be forecast yet.
    """
    basis = forecast_basis(facts)
    if basis is None and facts.open_tasks:
        return None
    ahead = [forecast(basis, facts.settings.policy.target_error)] if basis else []
    ahead += [audits_ahead(facts, population) for population in in_audit(facts.state)]
    return (
        sum(one.labels for one in ahead),
        sum(one.low for one in ahead),
        sum(one.high for one in ahead),
    )


def audits_ahead(facts: ProjectFacts, population: Population) -> Forecast:
    """Forecast the audits that a frozen population still takes.

    Args:
        facts: What is known of the project.
        population: One of its populations.

    Returns:
        What its promise still asks of people.
    """
    status = audit_status(facts.state, population)
    return audits_to_come(_audit_basis(facts, population), population.error, status)


def best_option(
    facts: ProjectFacts, *, budget: float | None = None, days: float | None = None
) -> Option | None:
    """Find the lowest error rate of the open population that money and time are expected to allow.

    Args:
        facts: What is known of the project.
        budget: Money that may be spent from now on; None: there is no limit.
        days: Working days from now on; None: there is no limit.

    Returns:
        None where nothing is open, or no promise fits.
    """
    basis, at = forecast_basis(facts), rates_of(facts)
    if basis is None:
        return None
    limits = [basis.everything]
    if budget is not None and at.human_label:
        limits.append((budget - at.money(0, len(basis.errors))) / at.human_label)
    if days is not None:
        limits.append(days * at.hours_a_day * 3600 / at.seconds)
    found = best(basis, min(limits))
    return _option(at, basis, found) if found else None


def forecast_basis(facts: ProjectFacts) -> Basis | None:
    """Return what forecasts of the open population rest on; None: nothing is open or pre-labelled.

    A task that has no prediction is taken to be like the others.
    """
    state, policy, tasks = facts.state, facts.settings.policy, facts.open_tasks
    errors = np.array(list(facts.predicted_errors.values()), dtype=np.float64)
    unasked = sum(task not in state.decisions for task in tasks)
    if not tasks or not state.rounds or (unasked and not len(errors)):
        return None
    predicted, found = _errors_so_far(facts)
    return Basis(
        errors=resampled(errors, unasked) if unasked else errors,
        size=len(tasks),
        risk=policy.risk,
        votes=votes_per_task(facts),
        pilot=len(pilot(tasks, policy) - state.decisions.keys()),
        owed=sum(facts.votes_owed.get(task, 0) for task in tasks),
        predicted=predicted,
        found=found,
    )


def votes_per_task(facts: ProjectFacts) -> float:
    """Return the human labels that a task takes, in the mean of those that people are done with."""
    if len(facts.settled) < ENOUGH_TASKS:
        return float(facts.settings.policy.votes)
    return sum(len(facts.answers.votes[task]) for task in facts.settled) / len(facts.settled)


def labels_spent(state: LedgerState) -> int:
    """Count the labels that people gave, in the project and in its blind project."""
    return sum(one.kind == "person" and not one.was_cancelled for one in state.annotations)


def rates_of(facts: ProjectFacts) -> Rates:
    """Return what labels take in this project."""
    times = [
        one.lead_time
        for one in facts.state.annotations
        if one.kind == "person" and not one.was_cancelled and one.lead_time is not None
    ]
    return rates(facts.settings.costs, times, facts.people)


def _effort(at: Rates, labels: float, model_labels: int = 0) -> Effort:
    money = at.money(labels, model_labels)
    return Effort(labels, money, at.hours(labels), at.days(labels))


def _option(at: Rates, basis: Basis, promise: Forecast) -> Option:
    """Return what a promise takes; the model is taken to answer what is open once more."""
    again = 0 if promise.error == 0 else len(basis.errors)
    ends = (promise.labels, promise.low, promise.high)
    return Option(promise, promise.left / basis.size, *(_effort(at, one, again) for one in ends))


def _audits(at: Rates, state: LedgerState, population: Population, basis: Basis) -> Option:
    promise = audits_to_come(basis, population.error, audit_status(state, population))
    ends = (promise.labels, promise.low, promise.high)
    return Option(promise, promise.left / basis.size, *(_effort(at, one) for one in ends))


def _audit_basis(facts: ProjectFacts, population: Population) -> Basis:
    state = facts.state
    open_labels = unchecked(state, population)
    checks = checks_of(state, population)
    answered = [state.members[one.task] for one in checks if one.state == "answered"]
    return Basis(
        errors=np.array([one.error for one in open_labels], dtype=np.float64),
        size=population.size,
        risk=population.risk,
        votes=votes_per_task(facts),
        owed=sum(facts.votes_owed.get(one.task, 0) for one in checks),
        predicted=sum(one.error or 0.0 for one in answered),
        found=audit_status(state, population).found,
    )


def _errors_so_far(facts: ProjectFacts) -> tuple[float, int]:
    """Count the errors that were predicted and found among the tasks that people answered.

    Each task's prediction is the one from before its answer was learned from. One that was not
    calibrated yet predicts nothing: calibration then makes as many of those errors as were found.
    """
    present = facts.predictions.latest
    predicted, found = 0.0, 0
    for task, one in facts.settled.items():
        if task in present:
            is_wrong = present[task].answer != one.label
            is_raw = present[task].calibrator == UNCALIBRATED
            predicted += is_wrong if is_raw else 1 - (present[task].confidence or 0.0)
            found += is_wrong
    return predicted, found
