"""Admission: who is sent to the training, and who is let out of it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from routing.facts.vote_demands import Reviewer
from routing.ledger.people import PersonEvent, PersonState, states_of


def admissions(
    reviewers: Sequence[Reviewer],
    events: Sequence[PersonEvent],
    answered: Collection[int],
    *,
    is_on: bool,
    at: datetime,
) -> list[PersonEvent]:
    """Return the events by which people come into the training, or leave it unfinished.

    Who is new is sent there: who has answered nothing and of whom nothing is recorded. Experts are
    not. Where the setting is off, who is still in training works like anybody else.

    Args:
        reviewers: Who may be asked.
        events: What became of people so far.
        answered: Who has answered in the project already.
        is_on: Whether there is a training.
        at: The present moment.

    Returns:
        The new events.
    """
    states, new = states_of(events), []
    for one in reviewers:
        latest = states.get(one.worker)
        if is_on and latest is None and not one.expert and one.worker not in answered:
            reason = "new: is asked nothing before the training is over"
            new.append(next_event(one.worker, events, "in training", reason, None, at))
        elif not is_on and latest is not None and latest.state == "in training":
            reason = "there is no training any more"
            new.append(next_event(one.worker, events, "active", reason, None, at))
    return new


def next_event(
    worker: int,
    events: Sequence[PersonEvent],
    state: PersonState,
    reason: str,
    evidence: Mapping[str, Any] | None,
    at: datetime,
) -> PersonEvent:
    """Return the next event of a person, on Tandem's own word.

    Args:
        worker: The user.
        events: What became of people so far.
        state: What they are from then on.
        reason: Why, in one line for the admin.
        evidence: The numbers behind it.
        at: When.
    """
    number = max((one.number for one in events if one.worker == worker), default=0) + 1
    return PersonEvent(worker, number, state, None, reason, evidence, at)


def in_training(reviewers: Sequence[Reviewer], events: Sequence[PersonEvent]) -> list[int]:
    """List the reviewers who are in training now, in the settings' order."""
    states = states_of(events)
    found = ((one.worker, states.get(one.worker)) for one in reviewers)
    return [worker for worker, latest in found if latest and latest.state == "in training"]


def trained(reviewers: Sequence[Reviewer], events: Sequence[PersonEvent]) -> list[int]:
    """List the reviewers who are in training, or were, in the settings' order."""
    ever = {one.worker for one in events if one.state == "in training"}
    return [one.worker for one in reviewers if one.worker in ever]
