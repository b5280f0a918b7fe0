"""Where a project stands, in numbers."""

from collections import Counter
from math import log
from typing import Any

from labeling.protocol import HealthResponse
from routing.facts.populations import audit_status, checks_of, open_tasks, promise_of, stage_of
from routing.facts.unreadable import reasons_of, unreadable_in
from routing.ledger.records import LedgerState, Population, Round
from routing.planning.effort import labels_spent, labels_to_come
from routing.progress import Progress, silent
from routing.reviewers.tabs import LABELLING, PREFIX, tab_path
from routing.snapshot.snapshot import Snapshot
from routing.snapshot.task_mapping import SUFFIX
from routing.studio import Studio
from tandem.session import Session


def status_of(session: Session, progress: Progress = silent) -> dict[str, Any]:
    """Observe the project and count; write nothing but the ledger's mirror.

    Args:
        session: The project.
        progress: Told how far the look is.

    Returns:
        What is counted, in the form of JSON.

    Raises:
        TandemError: Label Studio or the backend cannot be asked.
    """
    snapshot = session.look(progress)
    health = session.backend.health()
    return {
        **standing(snapshot),
        "label_streams": streams(snapshot),
        "backend": health.model,
        "backend_jobs": [job.model_dump() for job in health.jobs],
        "backend_waiting": waiting(health),
    }


def waiting(health: HealthResponse) -> dict[str, int]:
    """Count the texts that wait for the backend's model or are with it, by kind of work."""
    return {priority: load.waiting + load.in_flight for priority, load in health.work.items()}


def standing(snapshot: Snapshot) -> dict[str, Any]:
    """Count what is known of a project that was just looked at."""
    state = snapshot.state
    last = state.rounds[-1] if state.rounds else None
    asked = [
        *state.assignments,
        *(snapshot.blind_project.state.assignments if snapshot.blind_project else ()),
    ]
    waiting = Counter(one.worker for one in asked if one.state == "open")
    people = [one for one in state.annotations if one.kind == "person"]
    return {
        "project": snapshot.project.title,
        "stage": stage_of(state),
        "tasks": len(state.tasks),
        "model_version": last.model_version if last else None,
        "answers_learned_from": last.answers if last else 0,
        "forecast": _forecast(last) if open_tasks(state) else None,
        "populations": [_population(state, one) for one in state.populations],
        "decisions": dict(Counter(one.kind for one in state.decisions.values())),
        "undecided": len(state.tasks) - len(state.decisions),
        "human_labels": labels_spent(state),
        "human_labels_to_come": _to_come(snapshot),
        "skipped": sum(one.was_cancelled for one in people),
        "strays": sum(one.stray for one in people),
        "unreadable": reasons_of(unreadable_in(state.annotations), state.tasks, snapshot.form),
        "votes_owed": sum(snapshot.facts.votes_owed.values()),
        "votes_given_up": sum(snapshot.facts.votes_given_up.values()),
        "waiting": {snapshot.people.names[worker]: count for worker, count in waiting.items()},
    }


def streams(snapshot: Snapshot) -> dict[str, str]:
    """Return every address that reviewers open to work, blind ones too, by the title of the tab."""
    found = label_streams(snapshot.studio)
    if snapshot.blind_project:
        blind = label_streams(snapshot.blind_project.studio)
        found |= {f"{title}{SUFFIX}": address for title, address in blind.items()}
    return found


def label_streams(studio: Studio) -> dict[str, str]:
    """Return the address that each reviewer opens to work in a project, by the title of the tab."""
    return {
        view.title: f"{studio.url}{tab_path(studio.project_id, view.id)}{LABELLING}"
        for view in studio.views()
        if view.title.startswith(PREFIX)
    }


def _forecast(last: Round | None) -> dict[str, int] | None:
    """Return the last round's forecast; None: it could not tell yet."""
    if last is None or last.reviews is None or last.audits is None or last.left is None:
        return None
    return {"reviews": last.reviews, "audits": last.audits, "left": last.left}


def _population(state: LedgerState, population: Population) -> dict[str, Any]:
    """Return what is promised of a frozen population, and what is known by now.

    Evidence is given as a share of what certifies the promise: 1 where there is enough.
    """
    known, promise = audit_status(state, population), promise_of(population)
    checks = Counter(one.state for one in checks_of(state, population))
    evidence = min(known.evidence / log(1 / promise.risk), 1.0)
    return {
        "number": population.number,
        "certified": population.kept_at is not None,
        "tasks": promise.size,
        "target_error": promise.error,
        "risk": promise.risk,
        "unchecked": known.unchecked,
        "share": known.unchecked / promise.size,
        "bound": known.bound,
        "allowed": promise.allowed,
        "evidence": evidence,
        "checks_answered": checks["answered"],
        "checks_waiting": checks["waiting"],
        "checks_lost": checks["lost"],
    }


def _to_come(snapshot: Snapshot) -> dict[str, int] | None:
    ahead = labels_to_come(snapshot.facts)
    if ahead is None:
        return None
    return dict(zip(("expected", "low", "high"), map(round, ahead), strict=True))
