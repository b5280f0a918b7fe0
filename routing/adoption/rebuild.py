"""What can be known of the past of a project from what Label Studio holds now. Pure.

Who answered what, and which answers were given blind, is seen. What people were asked is seen where
it stands in the blind project, in a tab of Tandem's, or was answered. What was frozen, audited and
forecast is seen nowhere: such a project has no frozen population, and begins a new one with all
that people have not answered.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.ledger.records import (
    Assignment,
    Decision,
    LedgerAnnotation,
    LedgerState,
    LedgerTask,
    Write,
)
from routing.snapshot.task_mapping import COPY, counterparts

BLIND_REASON = "asked blind before the ledger was rebuilt"
OPEN_REASON = "answered or asked before the ledger was rebuilt"

Tabs = Mapping[int, Collection[int]]
"""The tasks that stand in the tabs of each worker."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What Label Studio holds.

    Attributes:
        main: The main project, without the answers of the blind one.
        tabs: Its tabs of Tandem's.
        blind: The blind project; None: there is none.
        blind_tabs: The blind project's tabs.
        pilot: The tasks that people begin with.
        at: The moment.
    """

    main: LedgerState
    tabs: Tabs
    blind: LedgerState | None
    blind_tabs: Tabs
    pilot: Collection[int]
    at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """What is known again.

    Attributes:
        decisions: What was asked of people.
        assignments: Who was asked what in the main project.
        blind_assignments: Who was asked what in the blind project.
        copies: Which answers were copied from the blind project, as writes that were done.
        accepted: Annotations that the model's user has.
    """

    decisions: Sequence[Decision]
    assignments: Sequence[Assignment]
    blind_assignments: Sequence[Assignment]
    copies: Sequence[Write]
    accepted: int


def rebuild(seen: Seen) -> Past:
    """Return what is known again of a project's past.

    Args:
        seen: What Label Studio holds.

    Returns:
        What is to be recorded.
    """
    twins = counterparts(seen.blind) if seen.blind else {}
    copies = _copies(seen, {twin: task for task, twin in twins.items()})
    copied = {(one.after["task"], one.after["completed_by"]) for one in copies if one.after}
    given = [
        one
        for one in seen.main.annotations
        if one.kind == "person" and (one.task, one.worker_id) not in copied
    ]
    return Past(
        decisions=[*_asked_blind(seen, given, twins), *_asked_openly(seen, given, twins)],
        assignments=_assignments(given, seen.tabs, seen.at),
        blind_assignments=_assignments(
            seen.blind.annotations if seen.blind else [], seen.blind_tabs, seen.at
        ),
        copies=copies,
        accepted=sum(one.kind == "model" for one in seen.main.annotations),
    )


def _copies(seen: Seen, sources: Mapping[int, int]) -> list[Write]:
    """List the blind answers that stand in the main project too, in the name of who gave them."""
    standing = {
        (one.task, one.worker_id): one.answer
        for one in seen.main.annotations
        if one.answer is not None
    }
    blind = seen.blind.annotations if seen.blind else ()
    return [
        Write(
            f"copy:{one.id}",
            COPY,
            f"task {sources[one.task]}",
            None,
            {"task": sources[one.task], "completed_by": one.worker_id, "answer": one.answer},
            seen.at,
            seen.at,
        )
        for one in blind
        if one.answer is not None
        and one.task in sources
        and standing.get((sources[one.task], one.worker_id)) == one.answer
    ]


def _asked_blind(
    seen: Seen, given: Sequence[LedgerAnnotation], twins: Mapping[int, int]
) -> list[Decision]:
    """Return a decision for each task that has a counterpart in the blind project.

    What others had answered beside the pre-label was asked blind since it is disputed.
    """
    if seen.blind is None:
        return []
    wanted = _wanted(seen.blind.tasks, seen.blind.annotations, _votes(seen.blind.annotations))
    sources = {twin: task for task, twin in twins.items()}
    blind = {(sources.get(one.task), one.worker_id) for one in seen.blind.annotations}
    others = _votes([one for one in given if (one.task, one.worker_id) not in blind])
    return [
        Decision(
            task=task,
            number=1,
            kind="pilot" if task in seen.pilot else "dispute" if task in others else "blind",
            votes=wanted[twin] + (0 if task in seen.pilot else others[task]),
            reason=BLIND_REASON,
            model_version=None,
            confidence=None,
            decided_at=seen.at,
        )
        for task, twin in sorted(twins.items())
        if task in seen.main.tasks
    ]


def _asked_openly(
    seen: Seen, given: Sequence[LedgerAnnotation], twins: Mapping[int, int]
) -> list[Decision]:
    """Return a decision for each other task that people answered, or that stands in a tab."""
    votes = _votes(given)
    wanted = _wanted(seen.main.tasks, seen.main.annotations, votes)
    waiting = {task for tasks in seen.tabs.values() for task in tasks}
    asked = (waiting | votes.keys()) & seen.main.tasks.keys()
    return [
        Decision(
            task=task,
            number=1,
            kind="review",
            votes=wanted[task] if task in waiting else votes[task],
            reason=OPEN_REASON,
            model_version=None,
            confidence=None,
            decided_at=seen.at,
        )
        for task in sorted(asked - twins.keys())
    ]


def _votes(annotations: Sequence[LedgerAnnotation]) -> Counter[int]:
    """Count the people who answered each task."""
    pairs = {
        (one.task, one.worker_id)
        for one in annotations
        if one.kind == "person" and one.answer is not None
    }
    return Counter(task for task, _ in pairs)


def _wanted(
    tasks: Mapping[int, LedgerTask], annotations: Sequence[LedgerAnnotation], votes: Counter[int]
) -> dict[int, int]:
    """Return how many are to answer each task: who did, and who is still waited for.

    Its overlap counts whoever submitted something, whatever it says.
    """
    pairs = {(one.task, one.worker_id) for one in annotations if not one.was_cancelled}
    submitted = Counter(task for task, _ in pairs)
    return {
        task: max(1, votes[task] + max(0, one.overlap - submitted[task]))
        for task, one in tasks.items()
    }


def _assignments(given: Sequence[LedgerAnnotation], tabs: Tabs, at: datetime) -> list[Assignment]:
    """Return who was asked what: whoever answered or skipped, and whoever has it in a tab."""
    ended = {
        (one.task, one.worker_id): Assignment(
            one.task,
            one.worker_id,
            "skipped" if one.was_cancelled else "done",
            one.created_at,
            one.updated_at,
        )
        for one in given
        if one.kind == "person"
    }
    waiting = {
        (task, worker): Assignment(task, worker, "open", at)
        for worker, tasks in tabs.items()
        for task in tasks
    }
    return list({**waiting, **ended}.values())
