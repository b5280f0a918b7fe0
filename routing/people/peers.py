"""What peers said blind of the same items, as far as it was planned before anybody answered. Pure.

A person's ordinary answers are held against what the others say of the same items
(`aggregation.quality.peer_test`). Votes that were asked later depend on what people said first, so
that only those count which the first decision of a task asked for. Audits are left out: who is
asked what must not depend on what audits find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerAnnotation

if TYPE_CHECKING:
    from aggregation.quality.peer_votes import PlannedVote


@dataclass(frozen=True, slots=True)
class PeerVotes:
    """The planned blind votes of a project.

    Attributes:
        by_task: Of each task, in the order in which they were given.
        others: With how many others each answer is compared; 0: with nobody.
    """

    by_task: "Mapping[int, Sequence[PlannedVote]]" = field(default_factory=dict)
    others: int = 0

    @property
    def votes(self) -> "list[PlannedVote]":
        """All of them."""
        return [vote for votes in self.by_task.values() for vote in votes]

    def beside(self, worker: int) -> "list[PlannedVote]":
        """Return all votes on the tasks that somebody answered."""
        return [
            vote
            for votes in self.by_task.values()
            if any(one.worker == worker for one in votes)
            for vote in votes
        ]


NO_PEERS = PeerVotes()


def peer_votes(facts: ProjectFacts) -> PeerVotes:
    """Return what peers said blind, where one answer of a few is asked for.

    Args:
        facts: What is known of the project.

    Returns:
        None of them where the form asks for something else, or for one vote a task.
    """
    others = facts.settings.policy.votes - 1
    if others < 1 or not facts.equivalence.form.is_one_choice:
        return NO_PEERS
    # Here, since scipy would slow every command's start.
    from aggregation.quality.peer_votes import PlannedVote

    given: dict[int, list[LedgerAnnotation]] = {}
    for one in facts.state.annotations:
        is_answer = one.kind == "person" and one.answer is not None and not one.was_cancelled
        if one.task in facts.state.planned_votes and one.blind and is_answer:
            given.setdefault(one.task, []).append(one)
    by_task = {
        task: [
            PlannedVote(task, one.worker_id, one.answer or "", one.created_at)
            for one in sorted(answers, key=lambda one: (one.created_at, one.id))
        ][: facts.state.planned_votes[task]]
        for task, answers in given.items()
    }
    return PeerVotes(by_task, others)
