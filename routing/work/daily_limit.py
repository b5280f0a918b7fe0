"""The daily limit: who worked as long as anybody may on one day is asked nothing more on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from routing.facts.vote_demands import Reviewer
from routing.work.active_time import hours_of, timed
from routing.work.answers import WorkAnswer


def within_hours(
    reviewers: Sequence[Reviewer],
    answers: Sequence[WorkAnswer],
    now: datetime,
    *,
    most: float | None,
    idle_seconds: float,
    guess: float,
) -> Sequence[Reviewer]:
    """Return the reviewers with no room for whoever worked long enough today.

    Args:
        reviewers: Who may be asked.
        answers: What they did.
        now: The moment; its time zone tells when the day began.
        most: Hours of work after which nobody is asked more on that day; None: any.
        idle_seconds: The longest time that one answer counts as work.
        guess: Seconds that an answer takes of whom no time was measured.

    Returns:
        The same people in the same order; until midnight, the capacity of some is 0.
    """
    if most is None:
        return reviewers
    return tuple(
        replace(one, capacity=0)
        if hours_today(answers, one.worker, now, idle_seconds, guess) >= most
        else one
        for one in reviewers
    )


def hours_today(
    answers: Sequence[WorkAnswer], worker: int, now: datetime, idle_seconds: float, guess: float
) -> float:
    """Return the hours that somebody worked since midnight.

    Args:
        answers: What people did.
        worker: The user.
        now: The moment; its time zone tells when the day began.
        idle_seconds: The longest time that one answer counts as work.
        guess: Seconds that an answer takes where none of theirs was measured.
    """
    own = timed([one for one in answers if one.worker == worker], idle_seconds, guess)
    today = now.date()
    return hours_of(one for one in own if one.answer.at.astimezone(now.tzinfo).date() == today)
