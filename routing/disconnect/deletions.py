"""Deletions: in bulk where all of a kind on a task go, else one by one; each is recorded."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from routing.clock import Clock
from routing.ledger.journal import Step, chunks
from routing.ledger.records import Write
from routing.studio.models import StudioAnnotation, StudioPrediction

CHUNK = 200
"""Deletions that are recorded together."""

Dependent: TypeAlias = StudioAnnotation | StudioPrediction
"""What depends on a task."""


def deletions(
    clock: Clock,
    noun: str,
    whole: Sequence[Dependent],
    clear: Callable[[Sequence[int]], object],
    single: Sequence[Dependent],
    delete: Callable[[Sequence[int]], object],
) -> list[Step]:
    """Return the steps that delete what depends on tasks.

    Args:
        clock: Tells what the time is.
        noun: What is deleted.
        whole: What is all of its kind on its tasks, and so goes in bulk.
        clear: Deletes all of the kind on some tasks.
        single: The rest.
        delete: Deletes some, by their own ids.

    Returns:
        The steps.
    """

    def step(part: Sequence[Dependent], call: Callable[[], object]) -> Step:
        writes = [writing(clock, f"{noun}.delete", f"{noun} {one.id}") for one in part]
        return Step(writes, call)

    in_bulk = [
        step(part, partial(clear, sorted({one.task for one in part})))
        for part in chunks(whole, CHUNK)
    ]
    one_by_one = [
        step(part, partial(delete, [one.id for one in part])) for part in chunks(single, CHUNK)
    ]
    return in_bulk + one_by_one


def writing(clock: Clock, kind: str, target: str, after: Mapping[str, Any] | None = None) -> Write:
    """Return a write of a disconnection, which never repeats an earlier one.

    Args:
        clock: Tells what the time is.
        kind: The verb.
        target: What is written to.
        after: What is to stand there.

    Returns:
        The write.
    """
    now = clock()
    return Write(f"disconnect:{kind}:{target}:{now.isoformat()}", kind, target, {}, after, now)
