"""From people's votes to what they tell of one person: the input of the test with peers.

Only *planned* votes count: the first ones that a task was asked for, as many as its first decision
says. Votes that were asked later, since people differed or an expert was wanted, depend on what
this person said. All planned votes are asked whatever the first of them say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.majority import majority_shares
from aggregation.quality.peer_test import Observation, PeerComparison
from aggregation.quality.skill_test import Comparison

GROUPS = 2
"""How many groups of others must have answered a control task before it tells of majorities."""


@dataclass(frozen=True, slots=True)
class PlannedVote:
    """A blind vote that was planned before anybody answered the task.

    Attributes:
        task: The task.
        worker: Who gave it.
        label: What they said; what counts as the same must be the same text.
        at: When it was first given.
    """

    task: int
    worker: int
    label: str
    at: datetime


_Known = tuple[datetime, Observation]
_Given = TypeVar("_Given", PlannedVote, ControlAnswer)


def observations(
    worker: int,
    controls: Sequence[ControlAnswer],
    planned: Sequence[PlannedVote],
    *,
    others: int,
) -> list[Observation]:
    """Return what is known of somebody's skill, in the order in which it became known.

    Args:
        worker: Who it is about.
        controls: Everybody's answers to control tasks, one of a person each.
        planned: Everybody's planned blind votes, one of a person a task.
        others: With how many others each ordinary answer is compared: the planned votes a task less
            one. Tasks with fewer are left out; where there are more, the first count.

    Returns:
        Their own known answers, their comparisons with peers, and what the others said of control
        tasks. What is known by agreement tells nothing of majorities, and is left out there.
    """
    found = [*_own(worker, controls)]
    if others > 0:
        found += [*_peers(worker, planned, others), *_majorities(worker, controls, others)]
    return [one for _, one in sorted(found, key=lambda known: known[0])]


def _own(worker: int, controls: Sequence[ControlAnswer]) -> Iterable[_Known]:
    for one in controls:
        if one.worker == worker:
            yield one.at, Comparison(one.is_right, one.probability)


def _peers(worker: int, planned: Sequence[PlannedVote], others: int) -> Iterable[_Known]:
    by_task: dict[int, list[PlannedVote]] = {}
    for vote in planned:
        by_task.setdefault(vote.task, []).append(vote)
    for votes in by_task.values():
        own = next((one for one in votes if one.worker == worker), None)
        rest = _first([one for one in votes if one.worker != worker], others)
        if own is None or len(rest) < others:
            continue
        said = [one.label for one in rest]
        majority = next((label for label in said if said.count(label) * 2 > others), None)
        if majority is not None:
            known_at = max(own.at, rest[-1].at)
            yield known_at, PeerComparison(agrees=own.label == majority)


def _majorities(worker: int, controls: Sequence[ControlAnswer], others: int) -> Iterable[_Known]:
    by_control: dict[int, list[ControlAnswer]] = {}
    for one in controls:
        if one.worker != worker and one.probability == 1:
            by_control.setdefault(one.control, []).append(one)
    for answers in by_control.values():
        first = _first(answers, GROUPS * others)
        if len(first) == GROUPS * others:
            said = [(one.answer, one.is_right) for one in first]
            yield first[-1].at, majority_shares(said, others)


def _first(given: list[_Given], most: int) -> list[_Given]:
    return sorted(given, key=lambda one: (one.at, one.worker))[:most]
