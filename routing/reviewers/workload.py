"""Workload: who is asked for the votes that people owe."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from routing.facts.project import ProjectFacts
from routing.facts.vote_demands import VoteDemand
from routing.ledger.records import Assignment, LedgerState
from routing.reviewers.assignment import overdue, plan_assignments
from routing.reviewers.matching import Matching


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


def demands_here(facts: ProjectFacts, *, is_blind: bool) -> list[VoteDemand]:
    """Return what people owe of what is asked in this very project.

    Args:
        facts: What is known of the project.
        is_blind: It is the blind project, where blind tasks are asked, and nothing else.

    Returns:
        One demand per task, by ascending id.
    """
    return [
        demand for demand in facts.vote_demands if (demand.task in facts.asked_blind) == is_blind
    ]


def assignment_changes(
    facts: ProjectFacts,
    elsewhere: Sequence[Assignment],
    at: datetime,
    matching: Matching | None = None,
    *,
    is_blind: bool,
) -> AssignmentChanges:
    """Plan who is asked what from now on.

    Args:
        facts: What is known of the project.
        elsewhere: What its people are asked in the other project, which takes of their capacity.
        at: The moment.
        matching: What people's answers are worth; None: it does not matter.
        is_blind: It is the blind project.

    Returns:
        The changes; none of them is made yet.
    """
    busy = Counter(one.worker for one in elsewhere if one.state == "open")
    reviewers = [
        replace(one, capacity=max(0, one.capacity - busy[one.worker])) for one in facts.reviewers
    ]
    policy = facts.settings.policy
    known = {(one.task, one.worker): one for one in facts.state.assignments}
    opened = {pair: one.assigned_at for pair, one in known.items() if one.state == "open"}
    plan = plan_assignments(
        demands_here(facts, is_blind=is_blind),
        reviewers,
        {pair: one.state for pair, one in known.items()},
        policy.seed,
        overdue(opened, at, policy.patience_days),
        None if matching is None else matching.worth,
        is_opinion=facts.equivalence.asks_for_opinion,
    )
    new = [Assignment(*pair, "open", at) for pair in plan.new if pair not in known]
    reopened = [
        replace(known[pair], state="open", assigned_at=at, ended_at=None)
        for pair in plan.new
        if pair in known
    ]
    ended = [replace(known[pair], state=end, ended_at=at) for pair, end in plan.ended.items()]
    return AssignmentChanges(new, [*ended, *reopened], _waiting_for_room(facts, plan.unassigned))


def with_assignment_changes(state: LedgerState, changes: AssignmentChanges) -> LedgerState:
    """Return the state as it is once assignments are told.

    Args:
        state: What is known.
        changes: New assignments, and those that changed.
    """
    known = {(one.task, one.worker): one for one in state.assignments}
    known.update({(one.task, one.worker): one for one in [*changes.changed, *changes.new]})
    return replace(state, assignments=list(known.values()))


def _waiting_for_room(facts: ProjectFacts, unassigned: Mapping[int, int]) -> dict[int, int]:
    """Count the votes that wait for a tab with room; a tab that all share has room for all."""
    if not facts.reviewers:
        return {}
    able = facts.votes_owed
    return {task: min(count, able[task]) for task, count in unassigned.items() if task in able}
