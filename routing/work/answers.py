"""Answers as work: who gave each, when, and how long it took, from wherever it was given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from routing.ledger.records import LedgerAnnotation, LedgerState
from routing.studio.models import StudioTask

WorkKind = Literal["label", "control", "training"]
"""What an answer was for: a label of the dataset, a control task, or training and its exam."""


@dataclass(frozen=True, slots=True)
class WorkAnswer:
    """An answer or a skip of one person.

    Attributes:
        worker: The user.
        task: The task, by its id in the project where it was answered; of a label, in the main
            project.
        kind: What it was for.
        at: When it was first saved.
        lead_time: Seconds that Label Studio measured; None: none.
        skipped: Whether they skipped it: the time counts, the answer does not.
    """

    worker: int
    task: int
    kind: WorkKind
    at: datetime
    lead_time: float | None
    skipped: bool = False


def work_of(
    main: LedgerState,
    blind_project: LedgerState | None = None,
    training: Iterable[StudioTask] = (),
    model: int | None = None,
) -> list[WorkAnswer]:
    """Return all that people did, each answer once, by time.

    What they did before Tandem decided anything was somebody else's matter, and is left out.

    Args:
        main: What is known of the main project, with the answers of its blind project.
        blind_project: What is known of that; its answers to tasks that stand for none of the main
            project's are answers to control tasks. None: there is none.
        training: The training project's tasks; none, where there is none.
        model: The model's user, whose annotations are no work.

    Returns:
        The answers.
    """
    labels = [_work(one, "label") for one in main.annotations if _is_work(one)]
    controls = [] if blind_project is None else _controls(main, blind_project)
    trained = [
        WorkAnswer(
            one.completed_by, task.id, "training", one.created_at, one.lead_time, one.was_cancelled
        )
        for task in training
        for one in task.annotations
        if one.completed_by is not None and one.completed_by != model
    ]
    return in_order([*labels, *controls, *trained])


def in_order(answers: Iterable[WorkAnswer]) -> list[WorkAnswer]:
    """Return answers by time; of the same moment, by person and task."""
    return sorted(answers, key=lambda one: (one.at, one.worker, one.kind, one.task))


def by_worker(answers: Sequence[WorkAnswer]) -> Mapping[int, list[WorkAnswer]]:
    """Return each person's answers, in the order in which they are."""
    found: dict[int, list[WorkAnswer]] = {}
    for one in answers:
        found.setdefault(one.worker, []).append(one)
    return found


def _controls(main: LedgerState, blind_project: LedgerState) -> list[WorkAnswer]:
    own = {id_ for id_, one in blind_project.tasks.items() if one.source not in main.tasks}
    return [
        _work(one, "control")
        for one in blind_project.annotations
        if one.task in own and _is_work(one)
    ]


def _is_work(one: LedgerAnnotation) -> bool:
    return one.kind == "person" and not one.earlier and one.deleted_at is None


def _work(one: LedgerAnnotation, kind: WorkKind) -> WorkAnswer:
    return WorkAnswer(
        one.worker_id, one.task, kind, one.created_at, one.lead_time, one.was_cancelled
    )
