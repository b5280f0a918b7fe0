"""Overlaps: for how many people each task is, so that Label Studio hands out what is owed alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from routing.ledger.journal import Step, chunks
from routing.ledger.records import LEFT_TO_MODEL, LedgerAnnotation, Write
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import TaskOverlap

KIND = "task.overlap"
"""The writes of one task's overlap."""

COMMON = "project.overlap"
"""The writes of the overlap of all tasks of a blind project."""

COMMON_REQUESTS = 2
"""What setting a common overlap takes: it is set, and read back."""

Workers: TypeAlias = Mapping[int, set[int]]
"""The users who submitted something, by task."""


@dataclass(frozen=True, slots=True)
class WantedOverlap:
    """What Label Studio should make of a task.

    Attributes:
        submitted: People who submitted something, whatever it says.
        owed: Votes that are still to come.
        is_asked_here: It is asked in this very project; what is asked blind waits in another.
    """

    submitted: int
    owed: int
    is_asked_here: bool

    @property
    def overlap(self) -> TaskOverlap:
        """For how many people it is to be."""
        return TaskOverlap(max(1, self.submitted + self.owed), is_labeled=not self.owed)

    def is_met_by(self, seen: TaskOverlap) -> bool:
        """Return whether nothing need be written.

        What waits for people has to be open for exactly as many, so that the last one closes it.
        What is done has to be closed, and to stay so where somebody edits their answer. What is
        answered here and asked elsewhere may be closed: so no stream hands it out with the
        pre-label.

        Args:
            seen: What Label Studio makes of it.
        """
        if not self.owed:
            return seen.is_labeled and seen.overlap <= self.overlap.overlap
        if not self.is_asked_here:
            return self.submitted > 0 or not seen.is_labeled
        return seen == self.overlap


def steps(snapshot: Snapshot, coming: Workers) -> Iterator[Step]:
    """Return the steps that bring overlaps to what is owed, and with them what is finished.

    What nobody owes anything any more is finished for Label Studio as well, whatever number of
    annotations the project asks for, and also where nobody is left to give a vote.

    Args:
        snapshot: The project, its decisions taken.
        coming: Whose annotations are about to be stored; they will put right whether a task is
            labelled.

    Yields:
        The steps; none where all is so.
    """
    wanted, seen = _wanted(snapshot, coming), _seen(snapshot, coming)
    if snapshot.is_blind:
        if any(one.kind == COMMON for one in snapshot.ledger.pending()):
            # A pass that was killed may have told it, and not have recorded what became of that.
            seen |= _read_back(snapshot)
        common = _common_overlap(snapshot.project.overlap, wanted, seen)
        if common is not None:
            yield _common_step(snapshot, common)
            seen = with_common_overlap(common, wanted, seen)
    now = snapshot.clock()
    for chunk in chunks(_unmet(wanted, seen), snapshot.tunables.recorded_writes):
        to_be = {task: wanted[task].overlap for task in chunk}
        writes = [
            Write(
                f"overlap:{task}:{one.overlap}",
                KIND,
                f"task {task}",
                {"overlap": seen[task].overlap, "is_labeled": seen[task].is_labeled},
                {"overlap": one.overlap},
                now,
            )
            for task, one in to_be.items()
        ]
        call = partial(
            snapshot.studio.set_overlaps,
            {task: one.overlap for task, one in to_be.items()},
            {task for task, one in to_be.items() if one.is_labeled},
            snapshot.progress,
        )
        yield Step(writes, call)


def workers(annotations: Iterable[LedgerAnnotation]) -> dict[int, set[int]]:
    """Return the users who submitted something among annotations, by task; skips are left out."""
    users: dict[int, set[int]] = {}
    for one in annotations:
        if not one.was_cancelled:
            users.setdefault(one.task, set()).add(one.worker_id)
    return users


def with_common_overlap(
    common: int, wanted: Mapping[int, WantedOverlap], seen: Mapping[int, TaskOverlap]
) -> dict[int, TaskOverlap]:
    """Return what Label Studio makes of a project's tasks once it is told a common overlap.

    Args:
        common: The overlap that the project is given, and did not have.
        wanted: What it should make of each task.
        seen: What it makes of each now.

    Returns:
        For how many people each task is then.
    """
    # Tasks for several people are a cohort of their own: where there is one, the others stay.
    has_cohort = common > 1 and any(one.overlap > 1 for one in seen.values())
    return {
        task: one
        if has_cohort and one.overlap == 1
        else TaskOverlap(common, wanted[task].submitted >= common)
        for task, one in seen.items()
    }


def _common_overlap(
    present: int, wanted: Mapping[int, WantedOverlap], seen: Mapping[int, TaskOverlap]
) -> int | None:
    """Choose the overlap of a whole project that leaves the fewest tasks to be told one by one.

    Label Studio has no other way to tell many tasks at once. Who is asked what is decided by tabs,
    so a number that is meant for some may be given to all.

    Returns:
        The overlap; None: it takes no fewer requests than without.
    """
    one_by_one = len(_unmet(wanted, seen))
    if one_by_one <= COMMON_REQUESTS:
        return None
    requests = {
        common: COMMON_REQUESTS + len(_unmet(wanted, with_common_overlap(common, wanted, seen)))
        for common in sorted({1, *(one.overlap.overlap for one in wanted.values())} - {present})
    }
    best = min(requests, key=requests.__getitem__, default=None)
    return best if best is not None and requests[best] < one_by_one else None


def _common_step(snapshot: Snapshot, common: int) -> Step:
    """Return the step that tells the project an overlap, and records what became of its tasks."""

    def tell_all() -> None:
        snapshot.studio.set_common_overlap(common)
        _read_back(snapshot)

    number = len(snapshot.ledger.writes(COMMON)) + 1
    target, before = f"project {snapshot.project.id}", {"overlap": snapshot.project.overlap}
    after = {"overlap": common}
    writing = Write(f"{COMMON}:{number}", COMMON, target, before, after, snapshot.clock())
    return Step([writing], tell_all)


def _read_back(snapshot: Snapshot) -> dict[int, TaskOverlap]:
    """Read and record for how many people each task is, which no `updated_at` shows."""
    overlaps = snapshot.studio.overlaps()
    known = {task: one for task, one in overlaps.items() if task in snapshot.state.tasks}
    snapshot.ledger.record_overlaps(known)
    return known


def _unmet(wanted: Mapping[int, WantedOverlap], seen: Mapping[int, TaskOverlap]) -> list[int]:
    return [task for task, one in wanted.items() if not one.is_met_by(seen[task])]


def _seen(snapshot: Snapshot, coming: Workers) -> dict[int, TaskOverlap]:
    """Return what Label Studio makes of each task once it stored what is coming."""
    here = workers(one for one in snapshot.standing if one.task in coming)
    seen = {
        task: TaskOverlap(one.overlap, one.is_labeled) for task, one in snapshot.state.tasks.items()
    }
    for task, people in coming.items():
        if task in seen:
            overlap = seen[task].overlap
            seen[task] = TaskOverlap(overlap, len(here.get(task, set()) | people) >= overlap)
    return seen


def _wanted(snapshot: Snapshot, coming: Workers) -> dict[int, WantedOverlap]:
    """Return what is wanted of each task that was decided, and of all tasks of a blind project.

    Whoever submitted something in this project counts for Label Studio, whatever it says, so the
    votes that are owed are added to them. What is left to the model waits for its annotation, which
    it does not get where its label is no answer of the form any more. What the model's user states
    beside people's answers changes nothing of a task that is done.
    """
    here, owed = workers(snapshot.standing), {**_checked(snapshot), **snapshot.facts.votes_owed}
    people = workers(one for one in snapshot.standing if one.kind != "model")
    elsewhere = frozenset() if snapshot.is_blind else snapshot.facts.asked_blind
    wanted = {}
    for task in snapshot.state.tasks:
        decision = snapshot.state.decisions.get(task)
        is_stated = task not in owed and decision is not None and decision.kind not in LEFT_TO_MODEL
        submitted = (people if is_stated else here).get(task, set()) | coming.get(task, set())
        if decision is None:
            is_ours = snapshot.is_blind
        else:
            is_ours = decision.kind not in LEFT_TO_MODEL or bool(submitted)
        if is_ours:
            wanted[task] = WantedOverlap(len(submitted), owed.get(task, 0), task not in elsewhere)
    return wanted


def _checked(snapshot: Snapshot) -> dict[int, int]:
    """Count who is waited for by tasks that nothing was decided of: control tasks are such."""
    given = {(one.task, one.worker_id) for one in snapshot.standing}
    return Counter(
        one.task
        for one in snapshot.state.assignments
        if one.state == "open"
        and one.task not in snapshot.state.decisions
        and (one.task, one.worker) not in given
    )
