"""Copies: blind answers brought into the main project, in the names of those who gave them.

So the main project is complete for whoever reads it without Tandem. A copy is made once, and never
beside another answer of the same person; what becomes of it then is that person's affair.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from routing.ledger.journal import Step, chunks
from routing.ledger.records import LedgerAnnotation, Write
from routing.snapshot.snapshot import Snapshot
from routing.snapshot.task_mapping import COPY
from routing.studio.models import NewAnnotation


def missing_copies(snapshot: Snapshot) -> list[LedgerAnnotation]:
    """List the blind answers that the main project does not have yet, the latest of a person."""
    standing = {(one.task, one.worker_id) for one in snapshot.standing}
    latest = {
        (one.task, one.worker_id): one
        for one in sorted(snapshot.state.annotations, key=lambda one: (one.updated_at, one.id))
        if one.blind and one.kind == "person" and one.answer is not None
    }
    done = {one.key for one in snapshot.ledger.writes(COPY) if one.applied_at is not None}
    return [
        one
        for pair, one in sorted(latest.items())
        if pair not in standing and key(one.id) not in done
    ]


def steps(snapshot: Snapshot, missing: Sequence[LedgerAnnotation]) -> Iterator[Step]:
    """Return the steps that copy blind answers.

    Args:
        snapshot: The main project's.
        missing: What is to be copied.

    Yields:
        Steps, in an order that Label Studio counts answers rightly in.
    """
    now, size = snapshot.clock(), snapshot.tunables.recorded_writes
    for chunk in (chunk for turn in _turns(missing) for chunk in chunks(turn, size)):
        writes = [
            Write(
                key(one.id),
                COPY,
                f"task {one.task}",
                None,
                {"task": one.task, "completed_by": one.worker_id, "answer": one.answer},
                now,
            )
            for one in chunk
        ]
        new = [_copy(snapshot.project.id, one) for one in chunk]
        yield Step(writes, partial(snapshot.studio.create_annotations, new, snapshot.progress))


def unique_id(project: int, annotation: int) -> str:
    """Name the copy of a blind project's annotation, so that making it twice is making it once.

    Args:
        project: Label Studio's id of the main project.
        annotation: Label Studio's id of the annotation.

    Returns:
        A UUID.
    """
    return str(uuid5(NAMESPACE_URL, f"tandem:{project}:blind:{annotation}"))


def key(annotation: int) -> str:
    """Name the write that copies a blind project's annotation."""
    return f"copy:{annotation}"


def _turns(answers: Iterable[LedgerAnnotation]) -> list[list[LedgerAnnotation]]:
    """Put the answers to one task into different turns.

    Label Studio counts a task's answers as each comes in, to know whether it is labelled; of two
    that come in together each may find itself the only one.
    """
    turns: list[list[LedgerAnnotation]] = []
    turn_of: Counter[int] = Counter()
    for one in answers:
        if turn_of[one.task] == len(turns):
            turns.append([])
        turns[turn_of[one.task]].append(one)
        turn_of[one.task] += 1
    return turns


def _copy(project: int, one: LedgerAnnotation) -> NewAnnotation:
    return NewAnnotation(
        task=one.task,
        result=one.result,
        completed_by=one.worker_id,
        unique_id=unique_id(project, one.id),
        lead_time=one.lead_time,
    )
