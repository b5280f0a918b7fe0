"""Mixing: which control tasks stand among whose blind work. Pure, seeded."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from routing.guarantee.hash_random import hash_uniform

WATCHED = 5
"""Control tasks that may wait for who is watched, whatever else does."""

Pair = tuple[int, int]
"""A control task's number, and the user who is asked it."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """What one person works on.

    Attributes:
        worker: The user.
        share: The share of their answers that control tasks are to be, in [0, 1].
        since: Items that they were given since their last control task.
        waiting: Blind items that wait for their answer.
        is_watched: They get control tasks also where no blind item waits.
    """

    worker: int
    share: float
    since: int
    waiting: int
    is_watched: bool = False


def new_pairs(
    people: Sequence[Mixed],
    available: Sequence[int],
    asked: Mapping[Pair, bool],
    barred: Collection[Pair],
    *,
    exposures: int,
    seed: int,
) -> list[Pair]:
    """Choose who is given which control task from now on.

    Of n items since the last one, `share` · n control tasks are due, rounded at random so that it
    is right on average. No more than half as many wait as blind items wait beside them. Nobody is
    ever given one twice.

    Args:
        people: Who is asked, and how much each works on.
        available: The numbers of the control tasks in use that the blind project holds.
        asked: Every pair there ever was, and whether it waits for an answer.
        barred: Pairs that must not be, such as of a task that the person answered already.
        exposures: People whom one control task is given at most.
        seed: Decides among control tasks.

    Returns:
        New pairs, by the order of `people`.
    """
    shown = Counter(control for control, _ in asked)
    given = Counter(worker for _, worker in asked)
    waiting = Counter(worker for (_, worker), is_waiting in asked.items() if is_waiting)
    pairs: list[Pair] = []
    for one in people:
        chance = hash_uniform(seed, f"controls of {one.worker}", given[one.worker])
        due = floor(one.share * one.since + chance)
        most = max((one.waiting + 1) // 2, WATCHED if one.is_watched else 0)
        due = min(due, most - waiting[one.worker])
        fitting = [
            control
            for control in available
            if shown[control] < exposures
            and (control, one.worker) not in asked
            and (control, one.worker) not in barred
        ]
        fitting.sort(key=lambda control: hash_uniform(seed, f"control for {one.worker}", control))
        chosen = fitting[: max(0, due)]
        shown.update(chosen)
        pairs += [(control, one.worker) for control in chosen]
    return pairs
