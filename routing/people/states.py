"""What the states of people mean for who is asked, and how one state follows another. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from routing.facts.vote_demands import Reviewer
from routing.ledger.people import PersonEvent, PersonState, states_of

ASKED: tuple[PersonState, ...] = ("active", "watched")
"""The states in which somebody is asked anything in the main project."""


def state_of(states: Mapping[int, PersonEvent], worker: int) -> PersonState:
    """Return what somebody is; who has no event is active.

    Args:
        states: The latest event of each person, by user.
        worker: The user.
    """
    return states[worker].state if worker in states else "active"


def excluded(states: Mapping[int, PersonEvent]) -> frozenset[int]:
    """Return the users whose answers count no more."""
    return frozenset(worker for worker, one in states.items() if one.state == "excluded")


def as_asked(
    reviewers: Sequence[Reviewer], states: Mapping[int, PersonEvent]
) -> tuple[Reviewer, ...]:
    """Return the reviewers as their states have them asked.

    Whoever is paused, in training or excluded has no room, so what they are asked is withdrawn and
    moves on to others. Whoever is excluded is waited for no more either.

    Args:
        reviewers: Those of the settings.
        states: The latest event of each person, by user.
    """
    return tuple(
        one
        if (state := state_of(states, one.worker)) in ASKED
        else replace(one, capacity=0, is_excluded=state == "excluded")
        for one in reviewers
    )


def next_event(
    events: Sequence[PersonEvent],
    worker: int,
    state: PersonState,
    reason: str,
    at: datetime,
    *,
    by: str | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> PersonEvent:
    """Return the event that follows what became of somebody so far.

    Args:
        events: All that became of people.
        worker: Who changes.
        state: What they are from then on.
        reason: Why, in one line for the admin.
        at: When.
        by: Whose word it is; None: Tandem's own.
        evidence: The numbers behind it; None: it is somebody's word alone.
    """
    last = states_of(events).get(worker)
    return PersonEvent(worker, last.number + 1 if last else 1, state, by, reason, evidence, at)
