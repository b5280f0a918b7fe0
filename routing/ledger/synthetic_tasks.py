"""Synthetic tasks: mirrored, and left out of all that is read of a project.

A task whose data say `"synthetic": true` shows a text that a model wrote. Nobody is promised
anything about it: it is in no population, no pilot, no audit, no dataset and no evaluation, nothing
is asked of people about it, and nothing is learned from what they say of it. This is so since the
ledger's state does not hold it, nor what hangs on it; a task that is marked later leaves as one
that is gone does.
"""

from sqlalchemy import Connection, and_, func, select

from routing.ledger.schema import PredictionRow, TaskRow


def synthetic_tasks(connection: Connection, project: int) -> dict[int, int]:
    """Count the predictions that Label Studio holds of each synthetic task.

    Args:
        connection: A connection.
        project: Label Studio's id of the project.

    Returns:
        How many there are, by task; empty where no task is synthetic.
    """
    of_task = and_(PredictionRow.project == TaskRow.project, PredictionRow.task == TaskRow.id)
    query = (
        select(TaskRow.id, func.count(PredictionRow.id).label("predictions"))
        .outerjoin(PredictionRow, of_task)
        .where(TaskRow.project == project, TaskRow.is_synthetic)
        .group_by(TaskRow.id)
    )
    return {row.id: row.predictions for row in connection.execute(query)}
