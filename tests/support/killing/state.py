"""All that a project's pass leaves behind, in a form that two runs can be compared by."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from routing.ledger import Ledger
from routing.ledger.control_tasks import control_tasks, first_answers
from routing.ledger.people import person_events
from routing.studio import Studio

REPAIR = "prediction.delete"
"""Takes back what was imported twice: only a pass that was killed can need it."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database, either of which may be in use, as one transaction."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA busy_timeout=30000")
        old.backup(new)


def state_of(
    studio: Studio, ledger: Ledger, named: Callable[[int], int | str] = int
) -> dict[str, Any]:
    """Return what Label Studio and the ledger hold, without times and ids of what a pass makes.

    Args:
        studio: The project.
        ledger: The project's.
        named: Tells what a task is called, where its id is not always the same.
    """
    tasks = list(studio.tasks())
    known = ledger.state()
    return {
        "predictions": Counter(
            (named(one.task), one.model_version, one.score, str(one.result))
            for task in tasks
            for one in task.predictions
        ),
        "annotations": Counter(
            (named(one.task), one.completed_by, str(one.result), one.parent_prediction is not None)
            for task in tasks
            for one in task.annotations
        ),
        "overlaps": {named(task.id): (task.overlap, task.is_labeled) for task in tasks},
        "tabs": Counter(
            (one.title, one.ordering, tuple(sorted(str(named(task)) for task in one.task_ids)))
            for one in studio.views()
        ),
        "versions": (studio.project().model_version, [one.title for one in studio.backends()]),
        "users": sorted(one.email for one in studio.users()),
        "decisions": {
            named(task): (
                one.number,
                one.kind,
                one.votes,
                one.reason,
                one.model_version,
                one.confidence,
            )
            for task, one in known.decisions.items()
        },
        "assignments": {(named(one.task), one.worker): one.state for one in known.assignments},
        "people": [
            replace(one, at=LONG_AGO)
            for one in sorted(person_events(ledger), key=lambda one: (one.worker, one.number))
        ],
        "control tasks": [
            replace(one, source=one.source and 0, known_at=LONG_AGO, retired_at=None)
            for one in control_tasks(ledger)
        ],
        "answers to control tasks": sorted(
            (one.control, one.worker, one.answer, one.was_skipped) for one in first_answers(ledger)
        ),
        "rounds": [replace(one, at=LONG_AGO) for one in known.rounds],
        "populations": [
            replace(one, frozen_at=LONG_AGO, kept_at=one.kept_at and LONG_AGO)
            for one in known.populations
        ],
        "members": known.members,
        "checks": [replace(one, at=LONG_AGO) for one in known.checks],
        "mirror": Counter((named(one.task), one.model_version) for one in known.predictions),
        "kept answers": Counter(
            (named(one.task), one.worker, one.answer) for one in known.annotations
        ),
        "rows": {name: count for name, count in ledger.counts().items() if name != "write"},
        "writes": _writes(ledger),
        "pending": ledger.pending(),
    }


def _writes(ledger: Ledger) -> Counter[tuple[str, str]]:
    with ledger.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT kind, target FROM write").all()
    return Counter((kind, target) for kind, target in rows if kind != REPAIR)
