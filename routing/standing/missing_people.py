"""Who is missing, in a sentence, where fewer people are left than an item is asked of. Pure."""

from collections.abc import Mapping

from routing.facts.project import ProjectFacts
from routing.facts.vote_demands import crowd
from routing.ledger.people import PersonEvent
from routing.people.states import ASKED, state_of


def missing_people(
    facts: ProjectFacts, states: Mapping[int, PersonEvent], names: Mapping[int, str]
) -> str:
    """Say whose votes wait since people are paused or excluded, and what can be done.

    Args:
        facts: What is known.
        states: The latest event of each person, by user.
        names: What people are called, by user.

    Returns:
        A sentence; empty where enough people are left, or nothing waits for more.
    """
    votes = facts.settings.policy.votes
    people = {one.worker: state_of(states, one.worker) for one in crowd(facts.reviewers)}
    present = {worker for worker, state in people.items() if state in ASKED}
    away = {worker: state for worker, state in people.items() if worker not in present}
    if len(present) >= votes or not {"paused", "excluded"} & set(away.values()):
        return ""
    owed = facts.votes_owed
    waiting = sum(
        max(0, owed.get(one.task, 0) - len(present - one.answered - one.skipped))
        for one in facts.vote_demands
        if not one.expert
    )
    if not waiting:
        return ""
    wait = "1 vote waits" if waiting == 1 else f"{waiting} votes wait"
    asked = "1 person" if votes == 1 else f"{votes} people"
    left = {0: "nobody is", 1: "1 is"}.get(len(present), f"{len(present)} are")
    missing = ", ".join(f"{names[worker]} is {state}" for worker, state in away.items())
    return (
        f"{wait} for somebody: every item is asked of {asked} (policy.votes), and {left} left"
        f" ({missing}). Name more reviewers, take somebody back (`tandem people resume NAME`), or"
        " ask for fewer votes."
    )
