"""Votes that wait since people are paused or excluded, and who is missing. Pure."""

from collections.abc import Mapping

from routing.facts.project import ProjectFacts
from routing.facts.vote_demands import crowd
from routing.ledger.people import PersonEvent, PersonState
from routing.people.states import ASKED, state_of

AWAY: frozenset[PersonState] = frozenset({"paused", "excluded"})
"""The states in which somebody gives no vote before the admin says so."""


def missing_votes(facts: ProjectFacts, states: Mapping[int, PersonEvent]) -> int:
    """Count the votes that nobody can give while fewer people are left than an item is asked of.

    Args:
        facts: What is known.
        states: The latest event of each person, by user.

    Returns:
        Votes; 0 where enough people are left, or nobody is paused or excluded.
    """
    people = _crowd(facts, states)
    present = {worker for worker, state in people.items() if state in ASKED}
    if len(present) >= facts.settings.policy.votes or not AWAY & set(people.values()):
        return 0
    owed = facts.votes_owed
    return sum(
        max(0, owed.get(one.task, 0) - len(present - one.answered - one.skipped))
        for one in facts.vote_demands
        if not one.expert
    )


def missing_people(
    facts: ProjectFacts, states: Mapping[int, PersonEvent], names: Mapping[int, str]
) -> list[str]:
    """Say who is missing for the votes of `missing_votes`, and what can be done.

    Args:
        facts: What is known.
        states: The latest event of each person, by user.
        names: What people are called, by user.

    Returns:
        One line; none where no vote waits for that.
    """
    waiting, votes = missing_votes(facts, states), facts.settings.policy.votes
    if not waiting:
        return []
    people = _crowd(facts, states)
    away = {worker: state for worker, state in people.items() if state not in ASKED}
    wait = "1 vote waits" if waiting == 1 else f"{waiting} votes wait"
    asked = "1 person" if votes == 1 else f"{votes} people"
    present = len(people) - len(away)
    left = {0: "nobody is", 1: "1 is"}.get(present, f"{present} are")
    missing = ", ".join(f"{names[worker]} is {state}" for worker, state in away.items())
    return [
        f"{wait} for somebody: every item is asked of {asked} (policy.votes), and {left} left"
        f" ({missing}). Name more reviewers, take somebody back (`tandem people resume NAME`), or"
        " ask for fewer votes."
    ]


def _crowd(facts: ProjectFacts, states: Mapping[int, PersonEvent]) -> dict[int, PersonState]:
    """Return what each reviewer is, experts left out."""
    return {one.worker: state_of(states, one.worker) for one in crowd(facts.reviewers)}
