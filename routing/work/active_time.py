"""Active time: how long each answer was worked on, with idle time cut off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from statistics import median

from routing.work.answers import WorkAnswer, by_worker


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """An answer with the time that counts as work.

    Attributes:
        answer: The answer.
        seconds: The time, at most the idle limit.
        is_estimated: Whether Label Studio measured none, so that the person's median stands in.
    """

    answer: WorkAnswer
    seconds: float
    is_estimated: bool = False

    @property
    def began_at(self) -> datetime:
        """When the work on it began, as if it was done in one go."""
        return self.answer.at - timedelta(seconds=self.seconds)


def timed(answers: Sequence[WorkAnswer], idle_seconds: float, guess: float) -> list[TimedAnswer]:
    """Return the time that each answer counts as work.

    Args:
        answers: Anybody's answers.
        idle_seconds: The longest time that one answer counts; what it took beyond is idle.
        guess: Seconds that an answer of somebody is taken to need of whom no time was measured.

    Returns:
        The answers in their order. A time that was not measured is the person's own median.
    """
    usual = {
        worker: _usual([one.lead_time for one in own], idle_seconds, guess)
        for worker, own in by_worker(answers).items()
    }
    return [
        TimedAnswer(one, usual[one.worker], is_estimated=True)
        if one.lead_time is None
        else TimedAnswer(one, _active(one.lead_time, idle_seconds))
        for one in answers
    ]


def hours_of(answers: Iterable[TimedAnswer]) -> float:
    """Return the hours of work in all."""
    return sum(one.seconds for one in answers) / 3600


def hours_a_day(answers: Iterable[TimedAnswer], zone: tzinfo | None) -> dict[date, float]:
    """Return the hours of work by day, the days in order; each answer on that of its saving.

    Args:
        answers: The answers.
        zone: The time zone whose midnight ends a day; None: this machine's.
    """
    found: dict[date, float] = {}
    for one in sorted(answers, key=lambda one: one.answer.at):
        day = one.answer.at.astimezone(zone).date()
        found[day] = found.get(day, 0.0) + one.seconds / 3600
    return found


def _usual(lead_times: Sequence[float | None], idle_seconds: float, guess: float) -> float:
    measured = [_active(one, idle_seconds) for one in lead_times if one is not None]
    return median(measured) if measured else min(guess, idle_seconds)


def _active(lead_time: float, idle_seconds: float) -> float:
    """Cut idle time off; a clock that was set back measured nothing."""
    return min(max(lead_time, 0.0), idle_seconds)
