"""What Label Studio's own database holds, read past Label Studio."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.support.chaos.people import Standing

_TWICE = {
    "predictions of a version": "SELECT task_id, model_version FROM prediction"
    " GROUP BY 1, 2 HAVING count(*) > 1",
    "answers of a person": "SELECT task_id, completed_by_id FROM task_completion"
    " WHERE NOT was_cancelled GROUP BY 1, 2 HAVING count(*) > 1",
    "tasks of a text": "SELECT project_id, json_extract(data, '$.text') FROM task"
    " GROUP BY 1, 2 HAVING count(*) > 1",
    "tabs": "SELECT project_id, json_extract(data, '$.title') FROM data_manager_view"
    " GROUP BY 1, 2 HAVING count(*) > 1",
    "webhooks": "SELECT project_id, url FROM webhook GROUP BY 1, 2 HAVING count(*) > 1",
    "connections": "SELECT project_id, url FROM ml_mlbackend GROUP BY 1, 2 HAVING count(*) > 1",
    "projects": "SELECT title, description FROM project GROUP BY 1, 2 HAVING count(*) > 1",
    "users": "SELECT email FROM htx_user GROUP BY 1 HAVING count(*) > 1",
}


def twice(database: Path) -> dict[str, list[Any]]:
    """List what is there more than once and should not be, by what it is.

    Args:
        database: Label Studio's, on SQLite.
    """
    with _reading(database) as connection:
        found = {what: connection.execute(query).fetchall() for what, query in _TWICE.items()}
    return {what: rows for what, rows in found.items() if rows}


def standing_of(database: Path, people: set[int]) -> dict[int, tuple[Standing, int | None]]:
    """Return what stands of people's annotations, and who saved each last.

    Args:
        database: Label Studio's, on SQLite.
        people: Their users.
    """
    with _reading(database) as connection:
        rows = connection.execute(
            "SELECT id, task_id, completed_by_id, was_cancelled, result, updated_by_id"
            " FROM task_completion"
        ).fetchall()
    return {
        number: (Standing(task, person, None if skipped else _label(json.loads(result))), by)
        for number, task, person, skipped, result, by in rows
        if person in people
    }


def count(database: Path, table: str) -> int:
    """Count the rows of a table.

    Args:
        database: Label Studio's, on SQLite.
        table: The table.
    """
    with _reading(database) as connection:
        [[rows]] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(rows)


def hold_predictions(database: Path, stored: int) -> None:
    """Have a database take seconds over one more prediction, once so many are stored.

    Args:
        database: Label Studio's, on SQLite, with some tens of tasks.
        stored: The predictions.
    """
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute(
            "CREATE TRIGGER hold BEFORE INSERT ON prediction"
            f" WHEN (SELECT count(*) FROM prediction) = {stored}"
            " BEGIN SELECT count(*) FROM task a, task b, task c, task d, task e; END"
        )


def let_predictions_go(database: Path) -> None:
    """Undo `hold_predictions`."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("DROP TRIGGER hold")


def _label(result: Any) -> str:
    return str(result[0]["value"]["choices"][0])


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        yield connection
