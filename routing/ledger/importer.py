"""The mirror: Label Studio's tasks written into the ledger, and what is gone marked as gone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, delete, select, update

from routing.ledger.converters import Reading, annotation_row, item_of, prediction_row, task_row
from routing.ledger.database import put
from routing.ledger.schema import AnnotationRow, AssignmentRow, PredictionRow, TaskRow
from routing.studio.models import StudioTask

Dependent: TypeAlias = type[PredictionRow] | type[AnnotationRow]
"""A table of what depends on tasks."""


def mirror_tasks(
    connection: Connection,
    project: int,
    tasks: Sequence[StudioTask],
    reading: Reading,
    at: datetime,
) -> None:
    """Record some tasks as they are now; those known from a later look stay as they are.

    Args:
        connection: A transaction.
        project: Label Studio's id of the project.
        tasks: Tasks with all that depends on them.
        reading: How they are read.
        at: When what they no longer hold was found to be gone.
    """
    fresh = _newest(connection, project, tasks)
    seen = {task.id: item_of(task, reading.form) for task in fresh}
    items = {task: item if isinstance(item, str) else None for task, item in seen.items()}
    predictions = [
        prediction_row(one, items[task.id], reading) for task in fresh for one in task.predictions
    ]
    annotations = [
        annotation_row(one, items[task.id], reading) for task in fresh for one in task.annotations
    ]
    ids = [task.id for task in fresh]
    gone = _known(connection, project, PredictionRow, ids) - {row["id"] for row in predictions}
    connection.execute(delete(PredictionRow).where(*_among(PredictionRow, project, gone)))
    gone = _known(connection, project, AnnotationRow, ids) - {row["id"] for row in annotations}
    _mark_deleted(connection, _among(AnnotationRow, project, gone), at)
    put(connection, TaskRow, project, [task_row(task, seen[task.id]) for task in fresh])
    put(connection, PredictionRow, project, predictions)
    put(connection, AnnotationRow, project, annotations)


def forget_tasks(connection: Connection, project: int, ids: Sequence[int], at: datetime) -> None:
    """Record that some tasks are gone, with all that depended on them.

    Args:
        connection: A transaction.
        project: Label Studio's id of the project.
        ids: The tasks.
        at: When they were found to be gone.
    """
    connection.execute(delete(TaskRow).where(*_among(TaskRow, project, ids)))
    predictions = _known(connection, project, PredictionRow, ids)
    connection.execute(delete(PredictionRow).where(*_among(PredictionRow, project, predictions)))
    annotations = _known(connection, project, AnnotationRow, ids)
    _mark_deleted(connection, _among(AnnotationRow, project, annotations), at)
    connection.execute(
        update(AssignmentRow)
        .where(AssignmentRow.project == project, AssignmentRow.task.in_(ids))
        .where(AssignmentRow.state == "open")
        .values(state="withdrawn", ended_at=at)
    )


def _newest(connection: Connection, project: int, tasks: Sequence[StudioTask]) -> list[StudioTask]:
    """Keep of each task the latest look at it, unless an even later one is known."""
    ids = [task.id for task in tasks]
    columns = select(TaskRow.id, TaskRow.updated_at).where(*_among(TaskRow, project, ids))
    seen_at = {row.id: row.updated_at for row in connection.execute(columns)}
    newest: dict[int, StudioTask] = {}
    for task in tasks:
        if seen_at.setdefault(task.id, task.updated_at) <= task.updated_at:
            seen_at[task.id] = task.updated_at
            newest[task.id] = task
    return list(newest.values())


def _known(
    connection: Connection, project: int, table: Dependent, tasks: Sequence[int]
) -> set[int]:
    of_tasks = select(table.id).where(table.project == project, table.task.in_(tasks))
    return set(connection.scalars(of_tasks))


def _mark_deleted(
    connection: Connection, which: Sequence[ColumnElement[bool]], at: datetime
) -> None:
    connection.execute(
        update(AnnotationRow)
        .where(*which, AnnotationRow.deleted_at.is_(None))
        .values(deleted_at=at)
    )


def _among(
    table: type[TaskRow] | Dependent, project: int, ids: Iterable[int]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.project == project, table.id.in_(list(ids))
