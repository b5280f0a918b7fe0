"""Admission: who is sent to the training, and who is let out of it. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime

from routing.facts.vote_demands import Reviewer
from routing.ledger.people import PersonEvent, states_of
from routing.people.states import next_event


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
            new.append(next_event(events, one.worker, "in training", reason, at))
        elif not is_on and latest is not None and latest.state == "in training":
            reason = "there is no training any more"
            new.append(next_event(events, one.worker, "active", reason, at))
    return new


def in_training(reviewers: Sequence[Reviewer], events: Sequence[PersonEvent]) -> list[int]:
    """List the reviewers who are in training now, in the settings' order."""
    states = states_of(events)
    found = ((one.worker, states.get(one.worker)) for one in reviewers)
    return [worker for worker, latest in found if latest and latest.state == "in training"]


def trained(reviewers: Sequence[Reviewer], events: Sequence[PersonEvent]) -> list[int]:
    """List the reviewers who are in training, or were, in the settings' order."""
    ever = {one.worker for one in events if one.state == "in training"}
    return [one.worker for one in reviewers if one.worker in ever]
