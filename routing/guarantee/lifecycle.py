"""Stages of a promise: its labels are frozen, audits drawn and taken down, and it is certified.

Each is recorded in the ledger before anything follows from it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from routing import facts
from routing.decisions.decide import course_of, errors_of, in_doubt, promise_of, version_of
from routing.guarantee.audit_plan import next_batch
from routing.guarantee.audit_test import Look
from routing.guarantee.certificate_file import certificate_of, events_of
from routing.guarantee.populations import (
    checks_of,
    freeze,
    frozen_of,
    in_audit,
    look,
    new_checks,
    open_tasks,
    proven,
    settled_checks,
    unchecked,
)
from routing.ledger.records import Checked, Population
from routing.reviewers.workload import owed
from routing.snapshot import Scene


def advance(scene: Scene, *, dry_run: bool = False) -> Scene:
    """Bring every population as far as people's answers allow.

    Args:
        scene: What is known; the open population's predictions are of the last round's version.
        dry_run: Record nothing.

    Returns:
        The scene with its populations, members and checks as they are then.
    """
    scene = _take_down(scene, dry_run=dry_run)
    scene = _freeze_if_due(scene, dry_run=dry_run)
    for population in in_audit(scene.state):
        scene = _certify_or_audit(scene, population, dry_run=dry_run)
    return scene


def _take_down(scene: Scene, *, dry_run: bool) -> Scene:
    """Record what people said of what was checked, and what left a population by itself."""
    now = datetime.now(UTC)
    left = [
        check
        for population in in_audit(scene.state)
        for check in _departures(scene, population, now)
    ]
    scene = _with_checks(scene, left, dry_run=dry_run)
    frozen = {task: one.label for task, one in scene.state.members.items()}
    people = facts.settled_by_people(scene.state, scene.agreement)
    done = facts.said_of(frozen, people, scene.agreement)
    waited_for = owed(scene).keys() | in_doubt(scene)
    asked = {check.task for check in scene.state.checks if check.task in scene.state.decisions}
    settled = settled_checks(
        scene.state,
        {task: one for task, one in done.items() if task not in waited_for},
        frozenset(task for task in asked if task not in waited_for and task not in done),
    )
    return _with_checks(scene, settled, dry_run=dry_run)


def _departures(scene: Scene, population: Population, now: datetime) -> list[Checked]:
    """List the frozen tasks that somebody answered unasked, or that were deleted."""
    given = facts.votes(scene.state)
    gone = [
        member.task
        for member in unchecked(scene.state, population)
        if member.task not in scene.state.tasks or member.task in given
    ]
    return new_checks(scene.state, population, gone, "review", now)


def _freeze_if_due(scene: Scene, *, dry_run: bool) -> Scene:
    """Freeze the open population once reviewing more of it no longer pays."""
    course = course_of(scene)
    if course is None or course.reviews:
        return scene
    present = facts.predictions(scene.state, version_of(scene))
    labels = {task: (present[task].answer or "", error) for task, error in errors_of(scene).items()}
    undecided = set(open_tasks(scene.state)) - scene.state.decisions.keys()
    if undecided - labels.keys():
        return scene
    population, members = freeze(
        scene.state,
        labels,
        promise_of(scene),
        planned=course.plan.audits,
        seed=scene.settings.policy.seed,
        model_version=version_of(scene),
        reason=course.reason,
        at=datetime.now(UTC),
    )
    if not dry_run:
        scene.ledger.freeze(population, members)
    state = replace(
        scene.state,
        populations=[*scene.state.populations, population],
        members={**scene.state.members, **{one.task: one for one in members}},
    )
    return replace(scene, state=state)


def _certify_or_audit(scene: Scene, population: Population, *, dry_run: bool) -> Scene:
    """Certify a promise that is kept; else draw the next audits, once the last are answered."""
    known = look(scene.state, population)
    if known.is_kept:
        kept = replace(population, kept_at=datetime.now(UTC))
        if not dry_run:
            scene.ledger.keep(kept)
        populations = [
            kept if one.number == kept.number else one for one in scene.state.populations
        ]
        return replace(scene, state=replace(scene.state, populations=populations))
    if any(one.state == "waiting" for one in checks_of(scene.state, population)):
        return scene
    return _with_checks(scene, _next_checks(scene, population, known), dry_run=dry_run)


def _next_checks(scene: Scene, population: Population, known: Look) -> list[Checked]:
    """Draw the next audits, and choose what is reviewed beside them."""
    state, now = scene.state, datetime.now(UTC)
    frozen = frozen_of(state, population)
    errors = {one.task: one.error or 0.0 for one in unchecked(state, population)}
    events = events_of(frozen, proven(state, population))
    batch = next_batch(
        certificate_of(frozen),
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


def _with_checks(scene: Scene, checks: Sequence[Checked], *, dry_run: bool) -> Scene:
    if not checks:
        return scene
    if not dry_run:
        scene.ledger.check(checks)
    known = {(one.population, one.number): one for one in [*scene.state.checks, *checks]}
    ordered = [one for _, one in sorted(known.items())]
    return replace(scene, state=replace(scene.state, checks=ordered))
