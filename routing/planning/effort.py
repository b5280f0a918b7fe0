"""The plan of a project: what promises will take from now on, in labels, money, hours and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot

from routing.facts.open_groups import open_groups
from routing.facts.populations import in_audit
from routing.facts.project import ProjectFacts
from routing.facts.unreadable import unreadable_in
from routing.guarantee.task_group import TaskGroup
from routing.ledger.records import LedgerState, Population
from routing.planning.basis import Basis
from routing.planning.basis_of_facts import audit_basis, forecast_bases, votes_per_task
from routing.planning.checking import NO_CHECKING, Checking
from routing.planning.costs import Rates, rates
from routing.planning.forecast import Forecast, audits_to_come, forecast
from routing.planning.group_forecasts import best, everything, forecast_all, together
from routing.planning.worth_of_checking import Worth, worth_of_checking

TARGETS = (0.02, 0.05, 0.1, 0.15)
"""Error rates that are planned for, beside the settings' own."""


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
class GroupOutlook:
    """A group of the open tasks, and what the settings' promise of it takes from now on.

    Attributes:
        tasks: How many they are.
        allowed: Labels of it that may be wrong.
    """

    group: TaskGroup
    tasks: int
    allowed: int
    option: Option


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies before a project.

    Attributes:
        tasks: Tasks of the open population.
        answers: Tasks that people answered.
        is_calibrated: Whether people's answers stand behind the predicted errors.
        risk: The probability with which promises may be broken.
        round_price: Needless labels that one round of waiting for audits less is worth.
        rates: What a label takes.
        spent: What labels took so far.
        alone: What people alone take from now on, without the model.
        options: Promises of what is open, by ascending error; none where nothing is open. With
            groups, each of them is promised it.
        audits: What each population in audit still takes, by its number.
        groups: What the open groups take; none where the promise is about all that is open.
        controls: What control tasks take beside all this; None: there are none.
    """

    tasks: int
    answers: int
    is_calibrated: bool
    risk: float
    round_price: float
    rates: Rates
    spent: Effort
    alone: Effort
    options: Sequence[Option]
    audits: Mapping[int, Option]
    groups: Sequence[GroupOutlook] = ()
    controls: "ControlOutlook | None" = None


@dataclass(frozen=True, slots=True)
class ControlOutlook:
    """What control tasks take beside the labels of the dataset, and what they give.

    Attributes:
        share: How many come with a label from now on, at most.
        spent: What they took so far.
        expected: What they take with all that the settings' promise and audits still take; None
            where that cannot be told yet.
        worth: Whom they find within that, and what it spares, by skill.
    """

    share: float
    spent: Effort
    expected: Effort | None
    worth: Sequence[Worth] = ()


def outlook(
    facts: ProjectFacts,
    targets: Sequence[float] = TARGETS,
    checking: Checking = NO_CHECKING,
) -> Outlook:
    """Look ahead from where a project stands.

    Args:
        facts: What is known of it.
        targets: Error rates that are planned for, beside the settings' own.
        checking: What control tasks took, and how many are to come.

    Returns:
        What lies before it.
    """
    state, policy = facts.state, facts.settings.policy
    at, bases = rates_of(facts), forecast_bases(facts)
    errors = sorted({*targets, policy.target_error}) if bases else ()
    forecasts = {error: [forecast(one, error) for one in bases] for error in errors}
    frozen = {one.number: audit_basis(facts, one) for one in in_audit(state)}
    alone = sum(one.everything for one in frozen.values())
    alone += sum(one.everything for one in bases) if bases else _all_by_people(facts)
    return Outlook(
        tasks=len(facts.open_tasks),
        answers=len(facts.settled),
        is_calibrated=any(one.calibrated for one in facts.beliefs.values()),
        risk=policy.risk,
        round_price=policy.batch,
        rates=at,
        spent=replace(
            _effort(at, answers_paid(state), len(state.predictions)), labels=labels_spent(state)
        ),
        alone=_effort(at, alone),
        options=tuple(_option(at, bases, together(each)) for each in forecasts.values()),
        audits={
            number: _audits(at, audits_to_come(one), one.audit_test.promise.size)
            for number, one in frozen.items()
        },
        groups=tuple(
            GroupOutlook(
                group.group,
                len(group.tasks),
                group.promise.allowed,
                _option(at, [basis], promise),
            )
            for group, basis, promise in zip(
                open_groups(facts), bases, forecasts.get(policy.target_error, ()), strict=False
            )
            if group.group is not None
        ),
        controls=_controls(at, facts, checking) if checking.is_any else None,
    )


def _controls(at: Rates, facts: ProjectFacts, checking: Checking) -> ControlOutlook:
    ahead, spent = labels_to_come(facts), _unlabelling(at, checking.answered, checking)
    if ahead is None:
        return ControlOutlook(checking.share, spent, None)
    quality, has_peers = facts.settings.quality, facts.settings.policy.votes > 1
    has_peers = has_peers and facts.equivalence.form.is_one_choice
    people, known = checking.people, checking.known
    worth = worth_of_checking(ahead[0], people, known, quality, has_peers=has_peers)
    expected = _unlabelling(at, checking.share * ahead[0], checking)
    return ControlOutlook(checking.share, spent, expected, worth)


def _unlabelling(at: Rates, answers: float, checking: Checking) -> Effort:
    """Return what answers take that are no labels of the dataset."""
    took = _effort(at, answers)
    return took if checking.is_paid else replace(took, money=0.0)


def labels_to_come(facts: ProjectFacts) -> tuple[float, float, float] | None:
    """Forecast the human labels that the settings' promise and all audits still take.

    Returns:
        As expected, and the lower and the upper end of the interval; None where the open
        population cannot be forecast yet.
    """
    bases = forecast_bases(facts)
    if not bases and facts.open_tasks:
        return None
    ahead = [forecast_all(bases, facts.settings.policy.target_error)] if bases else []
    ahead += [audits_ahead(facts, population) for population in in_audit(facts.state)]
    expected = sum(one.labels for one in ahead)
    return (
        expected,
        expected - hypot(*(one.labels - one.low for one in ahead)),
        expected + hypot(*(one.high - one.labels for one in ahead)),
    )


def audits_ahead(facts: ProjectFacts, population: Population) -> Forecast:
    """Forecast the audits that a frozen population still takes.

    Args:
        facts: What is known of the project.
        population: One of its populations.

    Returns:
        What its promise still asks of people.
    """
    return audits_to_come(audit_basis(facts, population))


def best_option(
    facts: ProjectFacts, *, budget: float | None = None, days: float | None = None
) -> Option | None:
    """Find the lowest error rate of what is open that money and time are expected to allow.

    Args:
        facts: What is known of the project.
        budget: Money that may be spent from now on; None: there is no limit.
        days: Working days from now on; None: there is no limit.

    Returns:
        None where nothing is open, or no promise fits.
    """
    bases, at = forecast_bases(facts), rates_of(facts)
    if not bases:
        return None
    limits = [everything(bases).labels]
    if budget is not None and at.human_label:
        limits.append((budget - at.money(0, _unasked(bases))) / at.human_label)
    if days is not None:
        limits.append(days * at.hours_a_day * 3600 / at.seconds)
    found = best(bases, min(limits))
    return _option(at, bases, found) if found else None


def labels_spent(state: LedgerState) -> int:
    """Count the labels that people gave, in the project and in its blind project."""
    return answers_paid(state) - len(unreadable_in(state.annotations))


def answers_paid(state: LedgerState) -> int:
    """Count what people's time was spent on: their labels, and answers that cannot be read."""
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


def _option(at: Rates, bases: Sequence[Basis], promise: Forecast) -> Option:
    """Return what promises take; the model is taken to answer what is open once more."""
    again = 0 if promise.error == 0 else _unasked(bases)
    share = promise.left / sum(one.size for one in bases)
    ends = (promise.labels, promise.low, promise.high)
    return Option(promise, share, *(_effort(at, one, again) for one in ends))


def _all_by_people(facts: ProjectFacts) -> float:
    """Return the labels that people give where nothing is pre-labelled, so nothing forecast."""
    unlabelled = [task for task in facts.open_tasks if task not in facts.settled]
    return len(unlabelled) * float(votes_per_task(facts).blind.mean()) if unlabelled else 0.0


def _unasked(bases: Sequence[Basis]) -> int:
    return sum(len(one.errors) for one in bases)


def _audits(at: Rates, promise: Forecast, size: int) -> Option:
    ends = (promise.labels, promise.low, promise.high)
    return Option(promise, promise.left / size, *(_effort(at, one) for one in ends))
