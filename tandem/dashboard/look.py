"""A look at the project: read as `tandem status` reads it, and put into the pages' terms."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from aggregation.votes import of_people
from labeling.errors import LabelConfigError
from routing.clock import Clock
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerAnnotation
from routing.planning.effort import rates_of
from routing.reviewers.places import ReviewerPlace
from routing.snapshot.places import places_of
from routing.snapshot.snapshot import Snapshot
from routing.standing.compute import project_address
from routing.standing.standing import Standing
from tandem.dashboard.data import (
    AdminPage,
    PersonProgress,
    ProjectLook,
    ReviewerPage,
    Spent,
    WorkPlace,
)
from tandem.dashboard.links import EVERYBODY
from tandem.report.collector import same_by
from tandem.report.data import ReviewerQuality
from tandem.report.quality import reviewers
from tandem.session import Session
from tandem.standing.next_step import next_step
from tandem.standing.remarks import remarks
from tandem.standing.sentences import sentences, totals
from tandem.status import ProjectStatus, status_after, status_of

NO_PREDICTIONS = pd.DataFrame({"task": [], "model_label": []})


def local_clock() -> datetime:
    """Return the present moment in the time zone of this machine, whose days are people's."""
    return datetime.now().astimezone()


def take_look(session: Session, clock: Clock = local_clock) -> ProjectLook:
    """Look at the project, writing nothing but the ledger's mirror.

    Args:
        session: The project.
        clock: Tells what the time is, in the time zone whose days are counted.

    Returns:
        What the pages say.

    Raises:
        TandemError: Label Studio cannot be asked.
    """
    try:
        snapshot = session.look()
    except LabelConfigError:
        return look_without_form(status_of(session), clock())
    status = status_after(snapshot, session.backend)
    return look_of(snapshot, status, places_of(snapshot), clock())


def look_of(
    snapshot: Snapshot, status: ProjectStatus, places: Sequence[ReviewerPlace], at: datetime
) -> ProjectLook:
    """Put what was just seen into the pages' terms.

    Args:
        snapshot: What was seen.
        status: Where the project stands by it.
        places: Where each reviewer has work.
        at: The moment, in the time zone whose days are counted.

    Returns:
        What the pages say.
    """
    standing, facts = status.standing, snapshot.facts
    people = [one for one in facts.state.annotations if one.kind == "person"]
    today = Counter(one.worker for one in _answers(people) if _is_of_today(one, at))
    answered = Counter(one.worker for one in _answers(people))
    return ProjectLook(
        at=at,
        admin=_admin(
            status, _spent(facts, standing), _people(facts, standing, people, answered, today)
        ),
        reviewers={
            name: ReviewerPage(
                name=name,
                project=standing.project,
                places=_places(place, snapshot),
                today=today[place.email] if place.email else today.total(),
                answered=answered[place.email] if place.email else answered.total(),
                is_finished=standing.is_certified and not standing.votes_owed,
            )
            for place in places
            for name in [place.email or EVERYBODY]
        },
    )


def look_without_form(status: ProjectStatus, at: datetime) -> ProjectLook:
    """Put a project whose label config cannot be used into the admin's page's terms.

    Args:
        status: Where the project stands, as far as that can be told.
        at: The moment.

    Returns:
        What the pages say; nobody's work can be told.
    """
    return ProjectLook(at, _admin(status, Spent("", 0.0, 0.0, None), ()), {})


def _admin(status: ProjectStatus, spent: Spent, people: Sequence[PersonProgress]) -> AdminPage:
    standing = status.standing
    return AdminPage(
        standing=standing,
        sentences=sentences(standing),
        next_step=next_step(standing),
        totals=totals(standing),
        remarks=remarks(standing),
        spent=spent,
        people=people,
        backend=_backend(status),
    )


def _backend(status: ProjectStatus) -> str:
    if status.standing.backend_problem is not None:
        return "The ML backend cannot be used."
    if status.backend is None:
        return ""
    busy = sum((status.backend_waiting or {}).values())
    return f"The ML backend's model: {status.backend}" + (
        f", {busy:,} texts wait." if busy else "."
    )


def _spent(facts: ProjectFacts, standing: Standing) -> Spent:
    rates, spend, ahead = rates_of(facts), standing.spend, standing.human_labels_to_come
    return Spent(
        currency=rates.currency,
        money=spend.money if spend else 0.0,
        hours=spend.hours if spend else 0.0,
        to_come=None
        if ahead is None
        else (
            rates.money(ahead["expected"]),
            rates.money(ahead["low"]),
            rates.money(ahead["high"]),
        ),
    )


def _people(
    facts: ProjectFacts,
    standing: Standing,
    annotations: Sequence[LedgerAnnotation],
    answered: Counter[str],
    today: Counter[str],
) -> list[PersonProgress]:
    """Return how far everybody is who is asked or answered, those who are asked first."""
    waiting: Counter[str] = Counter()
    for work in standing.work:
        waiting[work.worker or EVERYBODY] += work.tasks
    skipped = Counter(one.worker for one in annotations if one.was_cancelled)
    strays = Counter(one.worker for one in _answers(annotations) if one.stray)
    rated = _rated(facts)
    names = dict.fromkeys([*standing.reviewers, *waiting, *sorted({*answered, *skipped})])
    return [
        PersonProgress(
            name=name,
            waiting=waiting[name],
            answered=answered[name],
            today=today[name],
            skipped=skipped[name],
            strays=strays[name],
            agreement=rated[name].with_others if name in rated else None,
            is_asked=name in standing.reviewers or name in waiting,
        )
        for name in names
    ]


def _rated(facts: ProjectFacts) -> dict[str, ReviewerQuality]:
    """Return how far everybody agrees with the others, as the report counts it."""
    answers = of_people(facts.consensus.answers)
    if not answers:
        return {}
    skills = pd.Series(facts.consensus.skills, dtype="float64")
    same = same_by(facts.equivalence)
    return {one.worker: one for one in reviewers(answers, skills, NO_PREDICTIONS, (), same)}


def _places(place: ReviewerPlace, snapshot: Snapshot) -> list[WorkPlace]:
    """Return where a reviewer works, blind work first: at the label stream, else in the project."""
    blind, main = snapshot.blind_project, snapshot
    found = [
        (place.blind_stream, place.waiting_blind, True, blind),
        (place.stream, place.waiting, False, main),
    ]
    return [
        WorkPlace(stream or project_address(snapshot.settings, one.project.id), left, is_blind)
        for stream, left, is_blind, one in found
        if left and one
    ]


def _answers(annotations: Sequence[LedgerAnnotation]) -> list[LedgerAnnotation]:
    return [one for one in annotations if not one.was_cancelled]


def _is_of_today(one: LedgerAnnotation, at: datetime) -> bool:
    return one.created_at.astimezone(at.tzinfo).date() == at.date()
