"""Duties: what people owe each task, and who is asked for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from routing.decisions import value_of_information
from routing.decisions.policy import BLIND, GIVEN_TO_PEOPLE
from routing.ledger.records import Assignment, LedgerState
from routing.reviewers import assignment
from routing.snapshot import Scene


@dataclass(frozen=True, slots=True)
class Duties:
    """How the assignments change.

    Attributes:
        new: Pairs that are asked for the first time.
        changed: Pairs that ended, or are asked again after they were withdrawn.
        unassigned: Votes by task that wait for a reviewer with room.
    """

    new: Sequence[Assignment]
    changed: Sequence[Assignment]
    unassigned: dict[int, int]


def needs(state: LedgerState, most: int | None = None) -> list[assignment.Need]:
    """Tell what people owe each task that was given to them, wherever they are asked it.

    What is asked blind is owed until as many answered it blind; who answered it beside the
    pre-label can no longer do so, and counts as one who skipped.

    Args:
        state: What is known.
        most: The cap of votes an item, as `votes.cap` gives it: what is asked beyond it waits for
            an expert; None: nothing does.
    """
    blind = {task for task, decision in state.decisions.items() if decision.kind in BLIND}
    answered: dict[int, set[int]] = {}
    skipped: dict[int, set[int]] = {}
    for one in state.annotations:
        if one.kind == "person":
            counts = one.answer is not None and (one.blind or one.task not in blind)
            by_task = answered if counts else skipped
            by_task.setdefault(one.task, set()).add(one.worker_id)
    return [
        assignment.Need(
            task=task,
            votes=max(0, decision.votes - len(answered.get(task, ()))),
            priority=decision.confidence or 0.0 if decision.kind == "review" else 0.0,
            answered=frozenset(answered.get(task, ())),
            skipped=frozenset(skipped.get(task, ())),
            expert=most is not None
            and decision.votes > most
            and len(answered.get(task, ())) >= most,
        )
        for task, decision in sorted(state.decisions.items())
        if decision.kind in GIVEN_TO_PEOPLE
    ]


def needs_here(scene: Scene) -> list[assignment.Need]:
    """Tell what people owe of what is asked in this project: blind tasks in the companion alone."""
    decisions = scene.state.decisions
    return [
        need for need in _needs(scene) if (decisions[need.task].kind in BLIND) == scene.is_blind
    ]


def given_up(scene: Scene) -> dict[int, int]:
    """Count the votes that nobody is left to give, since all answered or skipped, by task."""
    return assignment.impossible(_needs(scene), scene.people.reviewers)


def owed(scene: Scene) -> dict[int, int]:
    """Count the votes that people owe and that somebody is left to give, by task."""
    lost = given_up(scene)
    left = {need.task: need.votes - lost.get(need.task, 0) for need in _needs(scene)}
    return {task: count for task, count in left.items() if count}


def duties_of(scene: Scene, elsewhere: Sequence[Assignment] = ()) -> Duties:
    """Plan who is asked what from now on.

    Args:
        scene: The project.
        elsewhere: What its people are asked in the other project, which takes of their capacity.
    """
    busy = Counter(one.worker for one in elsewhere if one.state == "open")
    reviewers = [
        replace(one, capacity=max(0, one.capacity - busy[one.worker]))
        for one in scene.people.reviewers
    ]
    known = {(one.task, one.worker): one for one in scene.state.assignments}
    opened = {pair: one.assigned_at for pair, one in known.items() if one.state == "open"}
    now = datetime.now(UTC)
    plan = assignment.plan(
        needs_here(scene),
        reviewers,
        {pair: one.state for pair, one in known.items()},
        scene.settings.policy.seed,
        assignment.overdue(opened, now, scene.settings.policy.patience_days),
    )
    new = [Assignment(*pair, "open", now) for pair in plan.new if pair not in known]
    reopened = [
        replace(known[pair], state="open", assigned_at=now, ended_at=None)
        for pair in plan.new
        if pair in known
    ]
    ended = [replace(known[pair], state=end, ended_at=now) for pair, end in plan.ended.items()]
    return Duties(new, [*ended, *reopened], _waiting_for_room(scene, plan.unassigned))


def _needs(scene: Scene) -> list[assignment.Need]:
    people = sum(not one.expert for one in scene.people.reviewers)
    return needs(scene.state, value_of_information.cap(scene.settings.policy, people))


def _waiting_for_room(scene: Scene, unassigned: Mapping[int, int]) -> dict[int, int]:
    """Count the votes that wait for a tab with room; a tab that all share has room for all."""
    if not scene.people.reviewers:
        return {}
    able = owed(scene)
    return {task: min(count, able[task]) for task, count in unassigned.items() if task in able}


def with_duties(scene: Scene, duties: Duties) -> Scene:
    """Give the scene as it is once the duties are told."""
    known = {(one.task, one.worker): one for one in scene.state.assignments}
    known.update({(one.task, one.worker): one for one in [*duties.changed, *duties.new]})
    return replace(scene, state=replace(scene.state, assignments=list(known.values())))
