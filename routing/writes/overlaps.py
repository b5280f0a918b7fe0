"""Overlaps: for how many people each task is, so that Label Studio hands out what is owed alone."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from routing.ledger.journal import Step, chunks
from routing.ledger.records import LEFT_TO_MODEL, LedgerAnnotation, Write
from routing.snapshot.snapshot import Snapshot

KIND = "task.overlap"

Workers: TypeAlias = Mapping[int, set[int]]
"""The users who submitted something, by task."""


def steps(snapshot: Snapshot, coming: Workers) -> Iterator[Step]:
    """Return the steps that bring overlaps to what is owed, and with them what is finished.

    What nobody owes anything any more is finished for Label Studio as well, whatever number of
    annotations the project asks for, and also where nobody is left to give a vote. Label Studio
    leaves whether a task is labelled as it was when its overlap changes, so a pass that was killed
    between the two leaves a task in nobody's stream.

    Args:
        snapshot: The project, its decisions taken.
        coming: Whose annotations are about to be stored; they will put right whether a task is
            labelled.

    Yields:
        The steps; none where all is so.
    """
    tasks, now = snapshot.state.tasks, snapshot.clock()
    owed = snapshot.facts.votes_owed
    desired = _desired(snapshot, coming)
    changed = [
        task
        for task, overlap in desired.items()
        if tasks[task].overlap != overlap
        or (task not in coming and tasks[task].is_labeled == (task in owed))
    ]
    for chunk in chunks(changed, snapshot.tunables.recorded_writes):
        writes = [
            Write(
                f"overlap:{task}:{desired[task]}",
                KIND,
                f"task {task}",
                {"overlap": tasks[task].overlap, "is_labeled": tasks[task].is_labeled},
                {"overlap": desired[task]},
                now,
            )
            for task in chunk
        ]
        call = partial(
            snapshot.studio.set_overlaps,
            {task: desired[task] for task in chunk},
            {task for task in chunk if task not in owed},
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


def _desired(snapshot: Snapshot, coming: Workers) -> dict[int, int]:
    """Return the overlap of each task that was decided, and of all tasks of a blind project.

    Whoever submitted something in this project counts for Label Studio, whatever it says, so the
    votes that are owed are added to them. What is left to the model waits for its annotation, which
    it does not get where its label is no answer of the form any more. What the model's user states
    beside people's answers changes nothing of a task that is done.
    """
    here, owed = workers(snapshot.standing), snapshot.facts.votes_owed
    people = workers(one for one in snapshot.standing if one.kind != "model")
    overlaps = {}
    for task in snapshot.state.tasks:
        decision = snapshot.state.decisions.get(task)
        is_stated = task not in owed and decision is not None and decision.kind not in LEFT_TO_MODEL
        submitted = (people if is_stated else here).get(task, set()) | coming.get(task, set())
        if decision is None:
            is_ours = snapshot.is_blind
        else:
            is_ours = decision.kind not in LEFT_TO_MODEL or bool(submitted)
        if is_ours:
            overlaps[task] = max(1, len(submitted) + owed.get(task, 0))
    return overlaps
