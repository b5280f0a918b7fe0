"""Stages of a promise: its labels are frozen, audits drawn and taken down, and it is certified.

Each is recorded in the ledger before anything follows from it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from routing.decisions.decide import errors_of, in_doubt, next_round_of, promise_of, version_of
from routing.facts import project as facts
from routing.facts.populations import (
    audit_status,
    checks_of,
    freeze,
    frozen_of,
    in_audit,
    new_checks,
    open_tasks,
    proven,
    settled_checks,
    unchecked,
)
from routing.guarantee.audit_test import AuditStatus
from routing.guarantee.certificate_file import audit_test_of, events_of
from routing.ledger.records import Checked, Population
from routing.planning.audit_batch import next_batch
from routing.reviewers.workload import owed
from routing.snapshot.observe import Snapshot


def advance(snapshot: Snapshot, *, dry_run: bool = False) -> Snapshot:
    """Bring every population as far as people's answers allow.

    Args:
        snapshot: What is known; the open population's predictions are of the last round's version.
        dry_run: Record nothing.

    Returns:
        The snapshot with its populations, members and checks as they are then.
    """
    snapshot = _take_down(snapshot, dry_run=dry_run)
    snapshot = _freeze_if_due(snapshot, dry_run=dry_run)
    for population in in_audit(snapshot.state):
        snapshot = _certify_or_audit(snapshot, population, dry_run=dry_run)
    return snapshot


def _take_down(snapshot: Snapshot, *, dry_run: bool) -> Snapshot:
    """Record what people said of what was checked, and what left a population by itself."""
    now = snapshot.clock()
    left = [
        check
        for population in in_audit(snapshot.state)
        for check in _departures(snapshot, population, now)
    ]
    snapshot = _with_checks(snapshot, left, dry_run=dry_run)
    frozen = {task: one.label for task, one in snapshot.state.members.items()}
    people = facts.settled_by_people(snapshot.state, snapshot.equivalence)
    done = facts.said_of(frozen, people, snapshot.equivalence)
    waited_for = owed(snapshot).keys() | in_doubt(snapshot)
    asked = {
        check.task for check in snapshot.state.checks if check.task in snapshot.state.decisions
    }
    settled = settled_checks(
        snapshot.state,
        {task: one for task, one in done.items() if task not in waited_for},
        frozenset(task for task in asked if task not in waited_for and task not in done),
    )
    return _with_checks(snapshot, settled, dry_run=dry_run)


def _departures(snapshot: Snapshot, population: Population, now: datetime) -> list[Checked]:
    """List the frozen tasks that somebody answered unasked, or that were deleted."""
    given = facts.votes(snapshot.state)
    gone = [
        member.task
        for member in unchecked(snapshot.state, population)
        if member.task not in snapshot.state.tasks or member.task in given
    ]
    return new_checks(snapshot.state, population, gone, "review", now)


def _freeze_if_due(snapshot: Snapshot, *, dry_run: bool) -> Snapshot:
    """Freeze the open population once reviewing more of it no longer pays."""
    next_round = next_round_of(snapshot)
    if next_round is None or next_round.reviews:
        return snapshot
    present = facts.predictions(snapshot.state, version_of(snapshot))
    labels = {
        task: (present[task].answer or "", error) for task, error in errors_of(snapshot).items()
    }
    undecided = set(open_tasks(snapshot.state)) - snapshot.state.decisions.keys()
    if undecided - labels.keys():
        return snapshot
    population, members = freeze(
        snapshot.state,
        labels,
        promise_of(snapshot),
        planned=next_round.plan.audits,
        seed=snapshot.settings.policy.seed,
        model_version=version_of(snapshot),
        reason=next_round.reason,
        at=snapshot.clock(),
    )
    if not dry_run:
        snapshot.ledger.freeze(population, members)
    state = replace(
        snapshot.state,
        populations=[*snapshot.state.populations, population],
        members={**snapshot.state.members, **{one.task: one for one in members}},
    )
    return replace(snapshot, state=state)


def _certify_or_audit(snapshot: Snapshot, population: Population, *, dry_run: bool) -> Snapshot:
    """Certify a promise that is kept; else draw the next audits, once the last are answered."""
    known = audit_status(snapshot.state, population)
    if known.is_kept:
        kept = replace(population, kept_at=snapshot.clock())
        if not dry_run:
            snapshot.ledger.keep(kept)
        populations = [
            kept if one.number == kept.number else one for one in snapshot.state.populations
        ]
        return replace(snapshot, state=replace(snapshot.state, populations=populations))
    if any(one.state == "waiting" for one in checks_of(snapshot.state, population)):
        return snapshot
    return _with_checks(snapshot, _next_checks(snapshot, population, known), dry_run=dry_run)


def _next_checks(snapshot: Snapshot, population: Population, known: AuditStatus) -> list[Checked]:
    """Draw the next audits, and choose what is reviewed beside them."""
    state, now = snapshot.state, snapshot.clock()
    frozen = frozen_of(state, population)
    errors = {one.task: one.error or 0.0 for one in unchecked(state, population)}
    events = events_of(frozen, proven(state, population))
    batch = next_batch(
        audit_test_of(frozen),
        known,
        [event for event in events if event.kind == "audit"],
        np.array(list(errors.values())),
    )
    audits = [task for task in frozen.order if task in errors][: batch.audits]
    doubtful = sorted(errors.keys() - set(audits), key=lambda task: (-errors[task], task))
    checks = new_checks(state, population, audits, "audit", now)
    reviewed = replace(state, checks=[*state.checks, *checks])
    return [
        *checks,
        *new_checks(reviewed, population, doubtful[: batch.reviews], "review", now),
    ]


def _with_checks(snapshot: Snapshot, checks: Sequence[Checked], *, dry_run: bool) -> Snapshot:
    if not checks:
        return snapshot
    if not dry_run:
        snapshot.ledger.check(checks)
    known = {(one.population, one.number): one for one in [*snapshot.state.checks, *checks]}
    ordered = [one for _, one in sorted(known.items())]
    return replace(snapshot, state=replace(snapshot.state, checks=ordered))
