"""Deciding who labels what: from what was seen, learned and frozen to new decisions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from routing.decisions.policy import (
    ProposedDecision,
    accept,
    ask,
    ask_again,
    dispute,
    doubt,
    number_after,
    review,
)
from routing.decisions.round_status import RoundStatus
from routing.facts.populations import errors_after_audits, unchecked
from routing.facts.project import ProjectFacts
from routing.ledger.records import Decision, LedgerState
from routing.planning.review_rounds import Choose, most_doubtful, pilot

DRAWN = "drawn by chance among the open tasks"
"""Why a task of a round's random share is reviewed; by it, the draws of a round are found again."""


def propose_decisions(
    status: RoundStatus, choose: Choose = most_doubtful
) -> list[ProposedDecision]:
    """Propose a decision on every task whose present one changes; what was accepted stays so.

    Args:
        status: Where the round stands.
        choose: Says which of the tasks that the plan wants reviewed come first.

    Returns:
        The decisions, by ascending task.
    """
    state = status.facts.state
    new = {**_on_frozen_tasks(status), **_on_open_tasks(status, choose)}
    proposals = (
        _another_vote(status, task) if task in state.decisions else new.get(task)
        for task in sorted(state.tasks)
    )
    return [proposal for proposal in proposals if proposal is not None]


def _another_vote(status: RoundStatus, task: int) -> ProposedDecision | None:
    """Ask for one more vote as people themselves leave it in doubt; else, dispute the label."""
    one, crowd, policy = status.evidence(task), status.crowd, status.facts.settings.policy
    return ask_again(one, crowd, policy) or dispute(one, crowd, policy)


def of_predicted(
    proposed: Sequence[ProposedDecision], facts: ProjectFacts
) -> list[ProposedDecision]:
    """Return the proposals that need no model: on tasks that have a prediction or a decision.

    Args:
        proposed: All proposals.
        facts: What is known.

    Returns:
        Those on such tasks, in order.
    """
    known = facts.predictions.latest.keys() | facts.state.decisions.keys()
    return [one for one in proposed if one.task in known]


def _on_frozen_tasks(status: RoundStatus) -> dict[int, ProposedDecision]:
    """Ask about what is checked, and leave to the model what is certified, unless it is doubted."""
    state, policy = status.facts.state, status.facts.settings.policy
    proposals = {}
    for check in state.checks:
        if check.task in state.tasks and check.state == "waiting":
            reason = f"check {check.number} of population {check.population}"
            proposals[check.task] = ask(status.evidence(check.task), check.kind, policy, reason)
    for population in state.populations:
        if population.kept_at is not None:
            reason = f"certified with population {population.number}"
            errors = errors_after_audits(state, population)
            for member in unchecked(state, population):
                if member.task in state.tasks:
                    one = status.evidence(member.task)
                    doubted = doubt(one, errors[member.task], status.crowd, policy)
                    proposals[member.task] = doubted or accept(one, reason)
    return proposals


def _on_open_tasks(status: RoundStatus, choose: Choose) -> dict[int, ProposedDecision]:
    """Begin with the pilot; then have reviewed what the next round says."""
    facts, policy = status.facts, status.facts.settings.policy
    tasks, predicted = facts.open_tasks, facts.predictions.latest
    proposals = {
        task: ask(status.evidence(task), "pilot", policy, "picked at random to learn from")
        for task in pilot(tasks, policy)
    }
    if proposals.keys() - facts.state.decisions.keys():
        return proposals
    next_round = status.next_round_by(choose)
    if next_round is None:
        return proposals
    for task in next_round.reviews:
        reason = DRAWN if task in next_round.drawn else next_round.reason
        proposals[task] = review(status.evidence(task), policy, reason)
    for task in tasks:
        if task not in predicted or predicted[task].confidence is None:
            one = ask(status.evidence(task), "review", policy, "no model's answer")
            proposals.setdefault(task, one)
    return proposals


def to_decisions(
    facts: ProjectFacts, proposed: Sequence[ProposedDecision], at: datetime
) -> list[Decision]:
    """Return proposed decisions as decisions, each with its task's next number.

    A decision is about the version that the task was first decided on by, however often people are
    asked again: the frozen one, or that of the prediction whose confidence it states.

    Args:
        facts: What they rest on.
        proposed: What is to be done.
        at: The moment.

    Returns:
        As many decisions, in the same order.
    """
    return [
        Decision(
            task=proposal.task,
            number=number_after(facts.state.decisions, proposal.task),
            kind=proposal.kind,
            votes=proposal.votes,
            reason=proposal.reason,
            model_version=_version_behind(facts, proposal.task),
            confidence=proposal.confidence,
            decided_at=at,
        )
        for proposal in proposed
    ]


def with_decisions(state: LedgerState, decisions: Sequence[Decision]) -> LedgerState:
    """Return the state as it is once decisions are taken.

    Args:
        state: What is known.
        decisions: New ones, each in place of its task's former one.
    """
    latest = {**state.decisions, **{one.task: one for one in decisions}}
    disputed = [one.task for one in decisions if one.kind == "dispute"]
    asked = {task: state.asked_as(task) for task in disputed if task in state.decisions}
    return replace(state, decisions=latest, undisputed={**state.undisputed, **asked})


def _version_behind(facts: ProjectFacts, task: int) -> str | None:
    former, member = facts.state.decisions.get(task), facts.state.members.get(task)
    if former is not None:
        return former.model_version
    if member is not None:
        numbered = {one.number: one.model_version for one in facts.state.populations}
        return numbered[member.population]
    present = facts.predictions.latest.get(task)
    return present.model_version if present else facts.model_version
