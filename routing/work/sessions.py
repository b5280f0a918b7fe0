"""Sessions of work: from one long break to the next, and how pace and quality drift within them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from aggregation.quality.anchoring import anchoring
from aggregation.quality.intervals import Interval
from routing.work.active_time import TimedAnswer, hours_of

BREAK = timedelta(minutes=30)
"""A longer pause than this ends a session."""

LONG_ENOUGH = 10
"""Answers from which on a session has an earlier and a later half to compare."""


@dataclass(frozen=True, slots=True)
class WorkSession:
    """Answers of one person without a long break between them.

    Attributes:
        answers: In the order of time; one at least.
    """

    answers: Sequence[TimedAnswer]

    @property
    def began_at(self) -> datetime:
        """When the work on its first answer began."""
        return self.answers[0].began_at

    @property
    def ended_at(self) -> datetime:
        """When its last answer was saved."""
        return self.answers[-1].answer.at

    @property
    def hours(self) -> float:
        """The hours of work in it; breaks count as none."""
        return hours_of(self.answers)

    @property
    def halves(self) -> tuple[Sequence[TimedAnswer], Sequence[TimedAnswer]]:
        """Its earlier and its later half; the answer in the middle is in neither."""
        half = len(self.answers) // 2
        return self.answers[:half], self.answers[len(self.answers) - half :]


@dataclass(frozen=True, slots=True)
class Drift:
    """How a person's work changes from the earlier half of their sessions to the later.

    Attributes:
        sessions: Sessions that were long enough.
        early_seconds: The median time of an answer in the earlier halves.
        late_seconds: The same in the later ones.
        early_right: Share of answers that say the consensus in the earlier halves; None: of no
            answer in one of the halves it is known.
        late_right: The same in the later ones.
        change: Interval of the later share less the earlier one, within [-1, 1].
    """

    sessions: int
    early_seconds: float
    late_seconds: float
    early_right: float | None = None
    late_right: float | None = None
    change: Interval | None = None

    @property
    def is_tiring(self) -> bool:
        """Whether quality falls within sessions, by more than chance explains."""
        return self.change is not None and self.change.high < 0


def sessions(answers: Sequence[TimedAnswer]) -> list[WorkSession]:
    """Return one person's sessions, in the order of time.

    Args:
        answers: Their answers, in any order.
    """
    found: list[list[TimedAnswer]] = []
    for one in sorted(answers, key=lambda one: one.answer.at):
        if not found or one.began_at - found[-1][-1].answer.at > BREAK:
            found.append([])
        found[-1].append(one)
    return [WorkSession(one) for one in found]


def drift(worked: Sequence[WorkSession], right: Mapping[int, bool]) -> Drift | None:
    """Compare the later halves of a person's sessions with the earlier ones.

    Args:
        worked: Their sessions.
        right: Whether their label says what the consensus does, by task, where it is known.

    Returns:
        The comparison, its interval at 95% by Newcombe's method; None: no session was long enough.
    """
    long = [one for one in worked if len(one.answers) >= LONG_ENOUGH]
    if not long:
        return None
    early = [answer for one in long for answer in one.halves[0]]
    late = [answer for one in long for answer in one.halves[1]]
    pace = median(one.seconds for one in early), median(one.seconds for one in late)
    then, now = _known(early, right), _known(late, right)
    if not then or not now:
        return Drift(len(long), *pace)
    compared = anchoring(shown=now, blind=then)
    return Drift(len(long), *pace, compared.blind, compared.shown, compared.interval)


def _known(answers: Sequence[TimedAnswer], right: Mapping[int, bool]) -> list[bool]:
    return [
        right[one.answer.task]
        for one in answers
        if one.answer.kind == "label" and not one.answer.skipped and one.answer.task in right
    ]
