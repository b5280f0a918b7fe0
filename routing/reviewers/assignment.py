"""Which reviewer is asked which task: pure, seeded, and never the same task twice.

Who is asked goes by what their answer is worth for its price, within a fair share of the work: tabs
hold at most `MOST_OF_MEAN` and at least `LEAST_OF_MEAN` of what is open for a reviewer in the mean,
once that is more than `FEW`. A share of the votes, `EXPLORED`, goes by lot among those with a fair
share, so that who is new, or was misjudged, shows what they can do. Where nothing is known of
people's worth, whoever has the least to do is asked. Opinions are asked for in balanced panels.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from routing.facts.vote_demands import Reviewer, VoteDemand
from routing.guarantee.hash_random import hash_uniform
from routing.reviewers.panels import likeness

End = Literal["done", "skipped", "withdrawn"]
Pair = tuple[int, int]
"""A task and the worker who is asked it."""
Worth = Callable[[int, Sequence[int]], Sequence[float]]
"""What an answer of each of some workers is worth for a task."""

EXPLORED = 0.1
"""The share of votes that are asked for by lot."""
MOST_OF_MEAN, LEAST_OF_MEAN = 1.5, 0.5
"""Open tasks of one reviewer, as a share of what one has open in the mean."""
FEW = 5
"""Open tasks that are nobody's unfair share."""


@dataclass(frozen=True, slots=True)
class AssignmentPlan:
    """How the open assignments change.

    Attributes:
        new: Pairs of task and worker to be asked.
        ended: For each open pair that ends, what became of it.
        unassigned: Votes by task that nobody could be asked for.
    """

    new: list[Pair] = field(default_factory=list)
    ended: dict[Pair, End] = field(default_factory=dict)
    unassigned: dict[int, int] = field(default_factory=dict)


def plan_assignments(
    vote_demands: Sequence[VoteDemand],
    reviewers: Sequence[Reviewer],
    asked: Mapping[Pair, str],
    seed: int,
    overdue: Iterable[Pair] = (),
    worth: Worth | None = None,
    *,
    is_opinion: bool = False,
) -> AssignmentPlan:
    """Plan who is asked what: what is open stays where it is, the rest is shared out.

    What is more than a reviewer's capacity is withdrawn, the least urgent first. What is overdue
    moves on as soon as somebody else has room for it; until then it stays.

    Args:
        vote_demands: Every task that was given to people, settled ones too.
        reviewers: Who may be asked.
        asked: Every pair that was ever asked, with its state; a pair is asked only once, but
            one that was withdrawn may be asked again where nobody else is free.
        seed: Decides among reviewers with equal load.
        overdue: Open pairs that waited for too long, as `overdue` lists them.
        worth: What answers are worth for a task, as `Matching.worth` returns it; None: not known.
        is_opinion: Whether an opinion is asked for, of panels whose groups are in balance.

    Returns:
        The difference to what is open now.
    """
    pairs = _OpenPairs(vote_demands, reviewers, asked, seed, worth, is_opinion=is_opinion)
    pairs.end_what_is_over()
    pairs.end_what_is_too_much()
    pairs.fill()
    late = sorted(set(overdue))
    # Whoever is relieved has room again, which may be just what another task waits for.
    while pairs.move_on(late):
        pairs.fill()
    return pairs.plan()


def overdue(
    opened: Mapping[Pair, datetime], now: datetime, patience_days: float | None
) -> frozenset[Pair]:
    """List the open pairs that waited for longer than the patience.

    Args:
        opened: When each open pair was asked.
        now: The present time.
        patience_days: How long a pair may wait; None: for ever.

    Returns:
        The pairs whose task may move on to somebody else.
    """
    if patience_days is None:
        return frozenset()
    patience = timedelta(days=patience_days)
    return frozenset(pair for pair, at in opened.items() if now - at > patience)


class _OpenPairs:
    """The open pairs while they are planned."""

    def __init__(
        self,
        vote_demands: Sequence[VoteDemand],
        reviewers: Sequence[Reviewer],
        asked: Mapping[Pair, str],
        seed: int,
        worth: Worth | None,
        *,
        is_opinion: bool,
    ) -> None:
        self._vote_demands = sorted(vote_demands, key=lambda one: (one.priority, one.task))
        self._reviewers = reviewers
        self._by_worker = {one.worker: one for one in reviewers}
        self._worth = worth
        self._is_opinion = is_opinion
        self._asked = asked
        self._seed = seed
        self._kept: dict[int, list[int]] = {}
        for (task, worker), state in sorted(asked.items()):
            if state == "open":
                self._kept.setdefault(task, []).append(worker)
        self._load = Counter(worker for workers in self._kept.values() for worker in workers)
        self._ended: dict[Pair, End] = {}

    def end_what_is_over(self) -> None:
        """End what was answered or skipped, and what nobody waits for from this worker."""
        by_task = {demand.task: demand for demand in self._vote_demands}
        for task, workers in self._kept.items():
            demand, staying = by_task.get(task), 0
            for worker in list(workers):
                end = _end(demand, self._by_worker.get(worker), worker, staying)
                if end is None:
                    staying += 1
                else:
                    self._end(task, worker, end)

    def end_what_is_too_much(self) -> None:
        """Withdraw what is more than a reviewer's capacity, the least urgent first."""
        room = {one.worker: one.capacity for one in self._reviewers}
        for demand in reversed(self._vote_demands):
            for worker in list(self._kept.get(demand.task, ())):
                if self._load[worker] > room[worker]:
                    self._end(demand.task, worker, "withdrawn")

    def fill(self) -> None:
        """Ask for the votes that are missing, the most urgent first."""
        for demand in self._vote_demands:
            missing = max(0, demand.votes - len(self._kept.get(demand.task, ())))
            # One by one, since whoever is asked makes others fitter to be asked beside them.
            for _ in range(missing):
                free = self._free(demand)
                if not free:
                    break
                self._ask(demand.task, free[0])

    def move_on(self, late: Sequence[Pair]) -> bool:
        """Move overdue pairs on to others who are free; return whether any moved."""
        by_task = {demand.task: demand for demand in self._vote_demands}
        moved = []
        for task, worker in late:
            if worker not in self._kept.get(task, ()):
                continue
            free = self._free(by_task[task])
            if free:
                self._ask(task, free[0])
                moved.append((task, worker))
        # Only now, so that nobody takes over within one turn by the room that it gave them.
        for task, worker in moved:
            self._end(task, worker, "withdrawn")
        return bool(moved)

    def plan(self) -> AssignmentPlan:
        """Return the difference to what was open before."""
        open_now = [
            (demand.task, w)
            for demand in self._vote_demands
            for w in self._kept.get(demand.task, ())
        ]
        missing = {
            one.task: one.votes - len(self._kept.get(one.task, ())) for one in self._vote_demands
        }
        return AssignmentPlan(
            new=[pair for pair in open_now if self._asked.get(pair) != "open"],
            ended=self._ended,
            unassigned={task: votes for task, votes in missing.items() if votes > 0},
        )

    def _free(self, demand: VoteDemand) -> list[int]:
        """List who could be asked: first whom it was never withdrawn from, then the fittest."""
        barred = {*self._kept.get(demand.task, ()), *demand.answered, *demand.skipped}
        free = [
            one.worker
            for one in self._reviewers
            if one.may_be_asked(demand)
            and one.worker not in barred
            and self._load[one.worker] < one.capacity
        ]
        fitness = self._fitness(demand, free)
        return sorted(
            free,
            key=lambda worker: (
                (demand.task, worker) in self._asked,
                *fitness[worker],
                hash_uniform(self._seed, f"reviewer {worker}", demand.task),
            ),
        )

    def _fitness(self, demand: VoteDemand, free: Sequence[int]) -> dict[int, tuple[float, ...]]:
        """Return by what each comes sooner or later, the smallest first; equal ones by lot."""
        if self._is_opinion:
            panel = self._panel(demand)
            return {
                worker: (likeness(self._by_worker[worker], panel), self._load[worker])
                for worker in free
            }
        if self._worth is None or not free:
            return {worker: (self._load[worker],) for worker in free}
        share = self._fair_share(demand)
        given = len(demand.answered) + len(self._kept.get(demand.task, ()))
        if hash_uniform(self._seed, f"explored {given}", demand.task) < EXPLORED:
            return {worker: (share(worker),) for worker in free}
        worth = self._worth(demand.task, free)
        return {
            worker: (share(worker), -value / self._by_worker[worker].price, self._load[worker])
            for worker, value in zip(free, worth, strict=True)
        }

    def _panel(self, demand: VoteDemand) -> list[Reviewer]:
        """Return who answered a task, or is asked it."""
        members = {*demand.answered, *self._kept.get(demand.task, ())}
        return [one for one in self._reviewers if one.worker in members]

    def _fair_share(self, demand: VoteDemand) -> Callable[[int], int]:
        """Return what tells whether somebody has too little to do, 0, a fair share, or too much."""
        loads = [self._load[one.worker] for one in self._reviewers if one.may_be_asked(demand)]
        mean = sum(loads) / max(len(loads), 1)

        def share(worker: int) -> int:
            load = self._load[worker]
            if mean >= FEW and load < LEAST_OF_MEAN * mean:
                return 0
            return 2 if load >= max(FEW, MOST_OF_MEAN * mean) else 1

        return share

    def _ask(self, task: int, worker: int) -> None:
        self._kept.setdefault(task, []).append(worker)
        self._load[worker] += 1
        self._ended.pop((task, worker), None)

    def _end(self, task: int, worker: int, end: End) -> None:
        self._kept[task].remove(worker)
        self._load[worker] -= 1
        if self._asked.get((task, worker)) == "open":
            self._ended[task, worker] = end


def _end(
    demand: VoteDemand | None, reviewer: Reviewer | None, worker: int, staying: int
) -> End | None:
    """Return what became of an open pair; None: it stays open."""
    if demand is not None and worker in demand.answered:
        return "done"
    if demand is not None and worker in demand.skipped:
        return "skipped"
    if demand is None or reviewer is None or staying >= demand.votes:
        return "withdrawn"
    if not reviewer.may_be_asked(demand):
        return "withdrawn"
    return None
