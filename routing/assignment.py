"""Which reviewer is asked which task: pure, seeded, and never the same task twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from routing.policy import chance

End = Literal["done", "skipped", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Need:
    """What people owe one task.

    Attributes:
        task: Its id.
        votes: Votes that are missing; 0 where nobody need be asked any more.
        priority: The most urgent is the smallest.
        answered: Users who answered it.
        skipped: Users who skipped it, or whose answer says nothing that can be read.
    """

    task: int
    votes: int
    priority: float
    answered: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A user who reviews; `capacity` is how many tasks may wait for them at a time."""

    worker: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How the open assignments change.

    Attributes:
        new: Pairs of task and worker to be asked.
        ended: For each open pair that ends, what became of it.
        unassigned: Votes by task that nobody could be asked for.
    """

    new: list[tuple[int, int]] = field(default_factory=list)
    ended: dict[tuple[int, int], End] = field(default_factory=dict)
    unassigned: dict[int, int] = field(default_factory=dict)


def plan(
    needs: Sequence[Need],
    reviewers: Sequence[Reviewer],
    asked: Mapping[tuple[int, int], str],
    seed: int,
) -> Plan:
    """Plan who is asked what: what is open stays where it is, the rest goes to the least loaded.

    Args:
        needs: Every task that was given to people, settled ones too.
        reviewers: Who may be asked.
        asked: Every pair that was ever asked, with its state; a pair is asked only once, but
            one that was withdrawn may be asked again.
        seed: Decides among reviewers with equal load.
    """
    by_task = {need.task: need for need in needs}
    available = {reviewer.worker for reviewer in reviewers}
    result = Plan()
    keeping: dict[int, list[int]] = {}
    for (task, worker), state in sorted(asked.items()):
        if state != "open":
            continue
        end = _end(by_task.get(task), worker, available, len(keeping.get(task, [])))
        if end is None:
            keeping.setdefault(task, []).append(worker)
        else:
            result.ended[task, worker] = end
    load = Counter(worker for workers in keeping.values() for worker in workers)
    for need in sorted(needs, key=lambda one: (one.priority, one.task)):
        kept = keeping.get(need.task, [])
        missing = need.votes - len(kept)
        barred = {*kept, *need.answered, *need.skipped}
        free = [
            one.worker
            for one in reviewers
            if one.worker not in barred and load[one.worker] < one.capacity
        ]
        free.sort(key=lambda worker: (load[worker], chance(seed, f"reviewer {worker}", need.task)))
        chosen = free[: max(missing, 0)]
        result.new.extend((need.task, worker) for worker in chosen)
        load.update(chosen)
        if missing > len(chosen):
            result.unassigned[need.task] = missing - len(chosen)
    return result


def impossible(needs: Sequence[Need], reviewers: Sequence[Reviewer]) -> dict[int, int]:
    """Count the votes that nobody is left to give, by task: whoever could answered or skipped.

    Args:
        needs: What people owe.
        reviewers: Who may be asked; where none is named, a skipped task has nobody to move on to.
    """
    workers = {one.worker for one in reviewers}
    counts = {}
    for need in needs:
        left = len(workers - need.answered - need.skipped)
        able = left if workers or need.skipped else need.votes
        if need.votes > able:
            counts[need.task] = need.votes - able
    return counts


def _end(need: Need | None, worker: int, available: set[int], kept: int) -> End | None:
    """Tell what became of an open pair; None: it stays open."""
    if need is not None and worker in need.answered:
        return "done"
    if need is not None and worker in need.skipped:
        return "skipped"
    if need is None or worker not in available or kept >= need.votes:
        return "withdrawn"
    return None
