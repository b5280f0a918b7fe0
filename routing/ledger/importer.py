"""The mirror: Label Studio's tasks written into the ledger, and what is gone marked as gone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from routing.ledger.converters import (
    NOBODY,
    Author,
    Reading,
    annotation_row,
    item_of,
    prediction_row,
    task_row,
)
from routing.ledger.database import put
from routing.ledger.schema import AnnotationRow, AssignmentRow, PredictionRow, TaskRow
from routing.studio.models import StudioPrediction, StudioTask

Dependent: TypeAlias = type[PredictionRow] | type[AnnotationRow]
"""A table of what depends on tasks."""


def mirror_tasks(
    connection: Connection,
    project: int,
    tasks: Sequence[StudioTask],
    reading: Reading,
    at: datetime,
    present: datetime | None = None,
) -> None:
    """Record some tasks as they are now; those known from a later look stay as they are.

    Args:
        connection: A transaction.
        project: Label Studio's id of the project.
        tasks: Tasks with all that depends on them.
        reading: How they are read.
        at: When what they no longer hold was found to be gone.
        present: What Label Studio's clock said then; None: it is not known.
    """
    fresh = _newest(connection, project, tasks, present)
    read = {task.id: item_of(task, reading.form) for task in fresh}
    items = {task: item.text for task, item in read.items()}
    predictions = [
        prediction_row(one, items[task.id], reading) for task in fresh for one in task.predictions
    ]
    ids = [task.id for task in fresh]
    authors = _authors(connection, project, ids)
    annotations = [
        annotation_row(one, items[task.id], reading, authors.get(one.id, NOBODY))
        for task in fresh
        for one in task.annotations
    ]
    gone = _known(connection, project, PredictionRow, ids) - {row["id"] for row in predictions}
    connection.execute(delete(PredictionRow).where(*_among(PredictionRow, project, gone)))
    gone = _known(connection, project, AnnotationRow, ids) - {row["id"] for row in annotations}
    _mark_deleted(connection, _among(AnnotationRow, project, gone), at)
    predicted = _predicted(connection, project, tasks)
    rows = [
        task_row(
            task,
            read[task.id],
            predicted.get(task.id),
            reading.group_value(task.data),
            reading.needs(task.data),
        )
        for task in fresh
    ]
    put(connection, TaskRow, project, rows)
    for task in predicted.keys() - ids:
        of_task = update(TaskRow).where(*_among(TaskRow, project, [task]))
        connection.execute(of_task.values(predicted_at=predicted[task]))
    put(connection, PredictionRow, project, predictions)
    put(connection, AnnotationRow, project, annotations)


def mirror_predictions(
    connection: Connection,
    project: int,
    predictions: Sequence[StudioPrediction],
    texts: Mapping[int, str | None],
    reading: Reading,
) -> None:
    """Record some predictions of tasks that are known, beside those that are known already.

    Args:
        connection: A transaction.
        project: Label Studio's id of the project.
        predictions: The predictions.
        texts: The text of each task among them, or what stands for its texts.
        reading: How they are read.
    """
    first: dict[int, datetime] = {}
    for one in predictions:
        first[one.task] = min(one.created_at, first.get(one.task, one.created_at))
    if first:
        never_predicted = update(TaskRow).where(
            TaskRow.project == project,
            TaskRow.id == bindparam("of_task"),
            TaskRow.predicted_at.is_(None),
        )
        connection.execute(
            never_predicted.values(predicted_at=bindparam("at")),
            [{"of_task": task, "at": at} for task, at in first.items()],
        )
    rows = [prediction_row(one, texts[one.task], reading) for one in predictions]
    put(connection, PredictionRow, project, rows)


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


def _newest(
    connection: Connection, project: int, tasks: Sequence[StudioTask], present: datetime | None
) -> list[StudioTask]:
    """Keep of each task the latest look at it, unless an even later one is known.

    What is known of a time to come is from before Label Studio's clock was set back.
    """
    ids = [task.id for task in tasks]
    columns = select(TaskRow.id, TaskRow.updated_at).where(*_among(TaskRow, project, ids))
    seen_at = {
        row.id: row.updated_at
        for row in connection.execute(columns)
        if present is None or row.updated_at <= present
    }
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


def _predicted(
    connection: Connection, project: int, tasks: Sequence[StudioTask]
) -> dict[int, datetime]:
    """Return when tasks got their first prediction, by this look or by another one."""
    columns = select(TaskRow.id, TaskRow.predicted_at).where(
        *_among(TaskRow, project, [task.id for task in tasks]), TaskRow.predicted_at.is_not(None)
    )
    first = {row.id: row.predicted_at for row in connection.execute(columns)}
    for one in (prediction for task in tasks for prediction in task.predictions):
        first[one.task] = min(one.created_at, first.get(one.task, one.created_at))
    return first


def _authors(connection: Connection, project: int, tasks: Sequence[int]) -> dict[int, Author]:
    """Return whose answers the annotations of some tasks were at an earlier look."""
    columns = select(
        AnnotationRow.id, AnnotationRow.worker_id, AnnotationRow.worker, AnnotationRow.kind
    ).where(AnnotationRow.project == project, AnnotationRow.task.in_(tasks))
    return {
        row.id: Author(row.worker_id, row.worker, row.kind) for row in connection.execute(columns)
    }


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
