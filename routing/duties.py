"""Duties: what people owe each task, and who is asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from routing import assignment
from routing.ledger.records import Assignment, LedgerState
from routing.observe import Scene
from routing.policy import GIVEN_TO_PEOPLE


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


def needs(state: LedgerState) -> list[assignment.Need]:
    """Tell what people owe each task that was given to them."""
    answered: dict[int, set[int]] = {}
    skipped: dict[int, set[int]] = {}
    for one in state.annotations:
        if one.kind == "person":
            by_task = skipped if one.answer is None else answered
            by_task.setdefault(one.task, set()).add(one.worker_id)
    return [
        assignment.Need(
            task=task,
            votes=max(0, decision.votes - len(answered.get(task, ()))),
            priority=decision.confidence or 0.0 if decision.kind == "review" else 0.0,
            answered=frozenset(answered.get(task, ())),
            skipped=frozenset(skipped.get(task, ())),
        )
        for task, decision in sorted(state.decisions.items())
        if decision.kind in GIVEN_TO_PEOPLE
    ]


def given_up(scene: Scene) -> dict[int, int]:
    """Count the votes that nobody is left to give, since all answered or skipped, by task."""
    return assignment.impossible(needs(scene.state), scene.people.reviewers)


def owed(scene: Scene) -> dict[int, int]:
    """Count the votes that people owe and that somebody is left to give, by task."""
    lost = given_up(scene)
    votes = {need.task: need.votes - lost.get(need.task, 0) for need in needs(scene.state)}
    return {task: count for task, count in votes.items() if count}


def duties_of(scene: Scene) -> Duties:
    """Plan who is asked what from now on."""
    known = {(one.task, one.worker): one for one in scene.state.assignments}
    plan = assignment.plan(
        needs(scene.state),
        scene.people.reviewers,
        {pair: one.state for pair, one in known.items()},
        scene.settings.policy.seed,
    )
    now = datetime.now(UTC)
    new = [Assignment(*pair, "open", now) for pair in plan.new if pair not in known]
    reopened = [
        replace(known[pair], state="open", ended_at=None) for pair in plan.new if pair in known
    ]
    ended = [replace(known[pair], state=end, ended_at=now) for pair, end in plan.ended.items()]
    return Duties(new, [*ended, *reopened], _waiting_for_room(scene, plan.unassigned))


def _waiting_for_room(scene: Scene, unassigned: Mapping[int, int]) -> dict[int, int]:
    able = owed(scene)
    return {task: min(count, able[task]) for task, count in unassigned.items() if task in able}


def with_duties(scene: Scene, duties: Duties) -> Scene:
    """Give the scene as it is once the duties are told."""
    known = {(one.task, one.worker): one for one in scene.state.assignments}
    known.update({(one.task, one.worker): one for one in [*duties.changed, *duties.new]})
    return replace(scene, state=replace(scene.state, assignments=list(known.values())))
