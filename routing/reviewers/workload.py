"""Workload: what people owe each task, and who is asked for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from routing.decisions import value_of_information
from routing.decisions.policy import BLIND, GIVEN_TO_PEOPLE
from routing.ledger.records import Assignment, LedgerState
from routing.reviewers import assignment
from routing.snapshot.observe import Snapshot


@dataclass(frozen=True, slots=True)
class AssignmentChanges:
    """How the assignments change.

    Attributes:
        new: Pairs that are asked for the first time.
        changed: Pairs that ended, or are asked again after they were withdrawn.
        unassigned: Votes by task that wait for a reviewer with room.
    """

    new: Sequence[Assignment]
    changed: Sequence[Assignment]
    unassigned: dict[int, int]


def vote_demands(state: LedgerState, most: int | None = None) -> list[assignment.VoteDemand]:
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
        assignment.VoteDemand(
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


def vote_demands_here(snapshot: Snapshot) -> list[assignment.VoteDemand]:
    """Tell what people owe of what is asked in this very project: blind tasks in its own alone."""
    decisions = snapshot.state.decisions
    return [
        demand
        for demand in _vote_demands(snapshot)
        if (decisions[demand.task].kind in BLIND) == snapshot.is_blind
    ]


def given_up(snapshot: Snapshot) -> dict[int, int]:
    """Count the votes that nobody is left to give, since all answered or skipped, by task."""
    return assignment.impossible(_vote_demands(snapshot), snapshot.people.reviewers)


def owed(snapshot: Snapshot) -> dict[int, int]:
    """Count the votes that people owe and that somebody is left to give, by task."""
    lost = given_up(snapshot)
    left = {
        demand.task: demand.votes - lost.get(demand.task, 0) for demand in _vote_demands(snapshot)
    }
    return {task: count for task, count in left.items() if count}


def assignment_changes(
    snapshot: Snapshot, elsewhere: Sequence[Assignment] = ()
) -> AssignmentChanges:
    """Plan who is asked what from now on.

    Args:
        snapshot: The project.
        elsewhere: What its people are asked in the other project, which takes of their capacity.
    """
    busy = Counter(one.worker for one in elsewhere if one.state == "open")
    reviewers = [
        replace(one, capacity=max(0, one.capacity - busy[one.worker]))
        for one in snapshot.people.reviewers
    ]
    known = {(one.task, one.worker): one for one in snapshot.state.assignments}
    opened = {pair: one.assigned_at for pair, one in known.items() if one.state == "open"}
    now = snapshot.clock()
    plan = assignment.plan(
        vote_demands_here(snapshot),
        reviewers,
        {pair: one.state for pair, one in known.items()},
        snapshot.settings.policy.seed,
        assignment.overdue(opened, now, snapshot.settings.policy.patience_days),
    )
    new = [Assignment(*pair, "open", now) for pair in plan.new if pair not in known]
    reopened = [
        replace(known[pair], state="open", assigned_at=now, ended_at=None)
        for pair in plan.new
        if pair in known
    ]
    ended = [replace(known[pair], state=end, ended_at=now) for pair, end in plan.ended.items()]
    return AssignmentChanges(new, [*ended, *reopened], _waiting_for_room(snapshot, plan.unassigned))


def _vote_demands(snapshot: Snapshot) -> list[assignment.VoteDemand]:
    people = sum(not one.expert for one in snapshot.people.reviewers)
    return vote_demands(snapshot.state, value_of_information.cap(snapshot.settings.policy, people))


def _waiting_for_room(snapshot: Snapshot, unassigned: Mapping[int, int]) -> dict[int, int]:
    """Count the votes that wait for a tab with room; a tab that all share has room for all."""
    if not snapshot.people.reviewers:
        return {}
    able = owed(snapshot)
    return {task: min(count, able[task]) for task, count in unassigned.items() if task in able}


def with_assignment_changes(snapshot: Snapshot, changed_assignments: AssignmentChanges) -> Snapshot:
    """Give the snapshot as it is once the assignments are told."""
    known = {(one.task, one.worker): one for one in snapshot.state.assignments}
    known.update(
        {
            (one.task, one.worker): one
            for one in [*changed_assignments.changed, *changed_assignments.new]
        }
    )
    return replace(snapshot, state=replace(snapshot.state, assignments=list(known.values())))
