"""The standing of a project that was just looked at."""

from collections import Counter
from collections.abc import Sequence
from math import log

from labeling.settings.settings import Settings
from routing.decisions.round_status import RoundStatus
from routing.facts.excluded_answers import excluded_audits
from routing.facts.populations import (
    audit_status,
    checks_of,
    form_changes,
    open_tasks,
    overruled_in,
    promise_of,
)
from routing.facts.project import ProjectFacts
from routing.facts.unreadable import reasons_of, unreadable_in, unreadable_tasks
from routing.guarantee.task_group import TaskGroup
from routing.ledger.records import LedgerState, Population
from routing.people.evidence import Flag
from routing.planning.checking import Checking, checking
from routing.planning.effort import answers_paid, audits_ahead, labels_spent, rates_of
from routing.planning.review_rounds import pilot
from routing.snapshot import task_mapping
from routing.snapshot.snapshot import Snapshot
from routing.standing.annotator import annotator_standing
from routing.standing.late_changes import late_changes
from routing.standing.learning import learning_of
from routing.standing.missing_people import missing_people, missing_votes
from routing.standing.people import people_standing
from routing.standing.standing import (
    AuditStanding,
    PopulationPhase,
    PopulationStanding,
    Spend,
    Standing,
    WaitingWork,
)
from routing.standing.to_come import forecast_labels


def standing_of(
    snapshot: Snapshot,
    served: str | None = None,
    *,
    notices: Sequence[str] | None = None,
    flags: Sequence[Flag] | None = None,
) -> Standing:
    """Return where a project stands that was just looked at.

    Args:
        snapshot: The project.
        served: The model version that the backend answers with; None: it was not asked.
        notices: What `notices_of` said before a pass acted on it; None: it is asked now.
        flags: What rules say of people's work, by which a pass acted; None: they are asked now.
    """
    facts, state = snapshot.facts, snapshot.state
    last = state.rounds[-1] if state.rounds else None
    people = [one for one in state.annotations if one.kind == "person"]
    is_ignoring = snapshot.settings.policy.earlier_answers == "ignore"
    heard = [one for one in people if not (is_ignoring and one.earlier)]
    unread = unreadable_in(heard)
    names, work = snapshot.people.names, _work(snapshot)
    capacity = sum(one.capacity for one in snapshot.reviewers)
    return Standing(
        project=snapshot.project.title,
        address=project_address(snapshot.settings, snapshot.project.id),
        tasks=len(state.tasks),
        populations=_populations(facts, snapshot.round_status),
        work=work,
        reviewers=[names[one.worker] for one in snapshot.reviewers],
        room=max(0, capacity - sum(one.tasks for one in work)),
        model_version=last.model_version if last else None,
        answers_learned_from=last.answers if last else 0,
        forecast=_forecast(state),
        decisions=dict(Counter(one.kind for one in state.decisions.values())),
        undecided=len(state.tasks) - len(state.decisions),
        human_labels=labels_spent(state),
        human_labels_to_come=forecast_labels(snapshot),
        controls=(controls := checking_of(snapshot)),
        spend=_spend(facts, controls),
        skipped=sum(one.was_cancelled for one in people),
        strays=sum(one.stray for one in people),
        unreadable=len(unread),
        unreadable_why=reasons_of(unread, state.texts, snapshot.form),
        ignored=sum(not one.was_cancelled for one in people)
        - sum(not one.was_cancelled for one in heard),
        of_nobody=sum(one.kind == "nobody" for one in state.annotations),
        of_excluded=sum(one.excluded for one in people),
        people=people_standing(snapshot, flags),
        unreadable_tasks=unreadable_tasks(state),
        votes_owed=sum(facts.votes_owed.values()),
        votes_given_up=sum(facts.votes_given_up.values()),
        votes_missing=missing_votes(facts, snapshot.person_states),
        learning=learning_of(snapshot),
        annotator=annotator_standing(facts),
        notices=[
            *(notices_of(snapshot, served) if notices is None else notices),
            *missing_people(facts, snapshot.person_states, names),
        ],
    )


def notices_of(snapshot: Snapshot, served: str | None = None) -> list[str]:
    """Return what changed too late to reach everything, a line each; see `late_changes`.

    Args:
        snapshot: The project.
        served: The model version that the backend answers with; None: it was not asked.
    """
    blind = snapshot.blind_project
    assignments = [*snapshot.state.assignments, *(blind.state.assignments if blind else ())]
    return late_changes(snapshot.facts, snapshot.people, assignments, served)


def _populations(facts: ProjectFacts, status: RoundStatus) -> list[PopulationStanding]:
    """Return where each population stands, the one that holds the most tasks first."""
    state = facts.state
    found = [_frozen(facts, one) for one in state.populations]
    number = state.populations[-1].number + 1 if state.populations else 1
    found += [_open(status, place, number + place) for place in range(len(status.groups))]
    return sorted(found, key=lambda one: (-one.tasks, one.is_certified, one.number))


def _open(status: RoundStatus, place: int, number: int) -> PopulationStanding:
    """Return where an open group stands; all of them share the sample and the rounds."""
    facts, one = status.facts, status.groups[place]
    asked = [task for task in one.tasks if task in facts.state.decisions]
    answered = [task for task in asked if task not in status.waited_for]
    is_predicted = facts.state.rounds and len(asked) + len(one.errors) == len(one.tasks)
    return PopulationStanding(
        number=number,
        phase=_open_phase(facts, status),
        tasks=len(one.tasks),
        asked=len(asked),
        answered=len(answered),
        target_error=one.promise.error,
        risk=one.promise.risk,
        group=_named(one.group),
        left=status.plans[place].plan.left if one.group and is_predicted else None,
    )


def _open_phase(facts: ProjectFacts, status: RoundStatus) -> PopulationPhase:
    """Return what is going on in all that is open."""
    tasks, decisions = facts.open_tasks, facts.state.decisions
    asked = [task for task in tasks if task in decisions]
    is_predicted = any(task in facts.predictions.latest for task in tasks)
    if not asked and not (is_predicted and facts.state.rounds):
        return "unlabelled"
    waited_for = [task for task in asked if task in status.waited_for]
    is_pilot_asked = pilot(tasks, facts.settings.policy) <= decisions.keys()
    if not is_pilot_asked or any(decisions[task].kind == "pilot" for task in waited_for):
        return "pilot"
    return "reviews" if waited_for else "due"


def _frozen(facts: ProjectFacts, population: Population) -> PopulationStanding:
    """Return where a frozen population stands, and what is known of its promise."""
    state, promise = facts.state, promise_of(population)
    known = audit_status(state, population)
    checks = Counter(one.state for one in checks_of(state, population))
    is_certified = population.kept_at is not None
    expected = 0 if is_certified else audits_ahead(facts, population).audits
    changes = form_changes(population, facts.equivalence.form.config)
    return PopulationStanding(
        number=population.number,
        phase="certified" if is_certified else "audits",
        form_changes=changes,
        unreadable=_unreadable(facts, population) if changes else 0,
        tasks=promise.size,
        asked=sum(checks.values()),
        answered=checks["answered"],
        target_error=promise.error,
        risk=promise.risk,
        group=_named(population.group),
        audit=AuditStanding(
            model_version=population.model_version,
            unchecked=known.unchecked,
            bound=known.bound,
            allowed=promise.allowed,
            evidence=min(known.evidence / log(1 / promise.risk), 1.0),
            answered=checks["answered"],
            waiting=checks["waiting"],
            lost=checks["lost"],
            to_come=max(expected, checks["waiting"]),
            kept_at=population.kept_at,
            overruled=len(overruled_in(population)),
            of_excluded=excluded_audits(
                checks_of(state, population), facts.answers, facts.in_question
            ),
        ),
    )


def _named(group: TaskGroup | None) -> str | None:
    return None if group is None else str(group)


def _unreadable(facts: ProjectFacts, population: Population) -> int:
    """Count the labels of a population that are none in the present label config."""
    state, form, people = facts.state, facts.equivalence.form, facts.consensus.labels
    return sum(
        one.task not in people
        and (one.label is None or not form.accepts(one.label, state.texts.get(one.task) or ""))
        for one in state.members.values()
        if one.population == population.number and one.task in state.tasks
    )


def _work(snapshot: Snapshot) -> list[WaitingWork]:
    """Return what waits for people, of both projects, blind work first."""
    projects = [snapshot.blind_project] if snapshot.blind_project else []
    return [work for one in [*projects, snapshot] for work in _work_in(one, snapshot)]


def _work_in(project: Snapshot, main: Snapshot) -> list[WaitingWork]:
    address = project_address(project.settings, project.project.id)
    if not main.reviewers:
        owed = main.facts.votes_owed
        here = [task for task in owed if (task in main.facts.asked_blind) == project.is_blind]
        return [WaitingWork(None, len(here), project.is_blind, address)] if here else []
    given = {(one.task, one.worker_id) for one in project.state.annotations}
    waiting = Counter(
        one.worker
        for one in project.state.assignments
        if one.state == "open" and (one.task, one.worker) not in given
    )
    return [
        WaitingWork(main.people.names[one.worker], waiting[one.worker], project.is_blind, address)
        for one in main.reviewers
        if waiting[one.worker]
    ]


def checking_of(snapshot: Snapshot) -> Checking:
    """Return what control tasks took of a project's people, and how many are to come.

    Args:
        snapshot: The project.
    """
    blind = snapshot.blind_project
    given = task_mapping.of_other_tasks(snapshot.state.tasks, blind.state) if blind else []
    of_people = [one for one in given if one.kind == "person"]
    return checking(
        sum(not one.was_cancelled for one in of_people),
        sum(one.was_cancelled for one in of_people),
        snapshot.control_answers,
        snapshot.reviewers,
        snapshot.settings.quality,
        sum(one.is_in_use for one in snapshot.bank.controls),
        sum(one.retired_because == "disputed" for one in snapshot.bank.controls),
    )


def _spend(facts: ProjectFacts, controls: Checking) -> Spend:
    at, state = rates_of(facts), facts.state
    people = answers_paid(state)
    return Spend(
        currency=at.currency,
        people=at.money(people),
        model=at.money(0, len(state.predictions)),
        hours=at.hours(people),
        controls=at.money(controls.answered) if controls.is_paid else 0.0,
        control_hours=at.hours(controls.answered),
        annotator=at.money(sum(one.price for one in state.annotator_labels.values())),
    )


def project_address(settings: Settings, project: int) -> str:
    """Return where a project is opened in the browser.

    Args:
        settings: The settings, with Label Studio's address.
        project: Label Studio's id of the project.
    """
    return f"{settings.studio.url.rstrip('/')}/projects/{project}/data"


def _forecast(state: LedgerState) -> dict[str, int] | None:
    """Return the forecast of the open population; None: nothing is open, or it cannot tell yet."""
    last = state.rounds[-1] if state.rounds and open_tasks(state) else None
    if last is None or last.reviews is None or last.audits is None or last.left is None:
        return None
    if state.populations and last.at <= state.populations[-1].frozen_at:
        return None
    return {"reviews": last.reviews, "audits": last.audits, "left": last.left}
