"""Reading the ledger: what is known of a project now, of one task ever, and what was written."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, func, select
from sqlalchemy.orm import InstrumentedAttribute

from routing.ledger.annotator_label import AnnotatorLabel
from routing.ledger.cursor import Cursor
from routing.ledger.database import reading
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.identity import LedgerIdentity
from routing.ledger.records import (
    Assignment,
    Decision,
    LedgerAnnotation,
    LedgerPrediction,
    LedgerState,
    LedgerTask,
    Member,
    Population,
    RecordedCheck,
    Round,
    Write,
)
from routing.ledger.rows import (
    Beginnings,
    Believed,
    Record,
    Table,
    believed,
    pairs_of,
    planned_votes,
    read,
    read_annotations,
    read_held_out,
    read_predictions,
    texts,
    undisputed,
)
from routing.ledger.schema import (
    AnnotationRow,
    AnnotatorLabelRow,
    AssignmentRow,
    CheckRow,
    CursorRow,
    DecisionRow,
    IdentityRow,
    MemberRow,
    PopulationRow,
    PredictionRow,
    RoundRow,
    TaskRow,
    WriteRow,
)
from routing.ledger.synthetic_tasks import synthetic_tasks
from routing.ledger.task_history import TaskHistory

COUNTED = (
    TaskRow,
    PredictionRow,
    AnnotationRow,
    DecisionRow,
    AssignmentRow,
    WriteRow,
    RoundRow,
    PopulationRow,
    MemberRow,
    CheckRow,
)

Identified = TypeVar("Identified", LedgerPrediction, LedgerAnnotation)

MANY = 5_000
"""Tasks that one question names at most: databases take so many values, and not many more."""


class LedgerReader:
    """The part of `Ledger` that reads.

    Args:
        engine: The database.
        project_id: The project.
    """

    def __init__(self, engine: Engine, project_id: int) -> None:
        self.engine = engine
        self.project = project_id

    def state(self) -> LedgerState:
        """Read all that counts now; see `routing.ledger.synthetic_tasks` for what does not."""
        with reading(self.engine) as connection:
            apart = synthetic_tasks(connection, self.project)
            found = self._tasks(connection)
            tasks = {one.id: one for one in found}
            asked = self._read(connection, Assignment, AssignmentRow, by=AssignmentRow.assigned_at)
            decided = self._read(connection, Decision, DecisionRow, by=DecisionRow.number)
            earlier = self._beginnings(connection, asked)
            return LedgerState(
                tasks=tasks,
                predictions=_without(
                    apart, read_predictions(connection, self.project, self._believed())
                ),
                annotations=_without(
                    apart,
                    read_annotations(
                        connection, self.project, earlier, AnnotationRow.deleted_at.is_(None)
                    ),
                ),
                decisions=(latest := {one.task: one for one in decided if one.task in tasks}),
                undisputed=undisputed(decided, latest),
                planned_votes=planned_votes(decided),
                assignments=[one for one in asked if one.task in tasks],
                rounds=self._read(connection, Round, RoundRow, by=RoundRow.number),
                populations=self._read(
                    connection, Population, PopulationRow, by=PopulationRow.number
                ),
                members={
                    one.task: one
                    for one in self._read(connection, Member, MemberRow, by=MemberRow.task)
                },
                checks=sorted(
                    self._read(connection, RecordedCheck, CheckRow, by=CheckRow.number),
                    key=lambda one: one.population,
                ),
                held_out=self._held_out(connection),
                annotator_labels={
                    one.task: one
                    for one in self._read(
                        connection, AnnotatorLabel, AnnotatorLabelRow, by=AnnotatorLabelRow.task
                    )
                },
                texts=texts(self.engine, self.project),
            )

    def held_out(self) -> Mapping[int, HeldOutBelief]:
        """Read what is believed of the tasks that the model learned from, by task."""
        with reading(self.engine) as connection:
            return self._held_out(connection)

    def renewed(self, state: LedgerState, tasks: Sequence[int]) -> LedgerState:
        """Return a state with some tasks, and what Label Studio holds of them, read anew.

        Args:
            state: What was read before; all that was decided and asked since is in it.
            tasks: The tasks; none of them was known and is gone.

        Returns:
            The state; the very same where there are no tasks.
        """
        if not tasks:
            return state
        found: list[LedgerTask] = []
        predictions: list[LedgerPrediction] = []
        annotations: list[LedgerAnnotation] = []
        beliefs = self._believed()
        with reading(self.engine) as connection:
            apart = synthetic_tasks(connection, self.project)
            beginnings = self._beginnings(connection, state.assignments)
            for start in range(0, len(tasks), MANY):
                among = tasks[start : start + MANY]
                found += self._tasks(connection, TaskRow.id.in_(among))
                predictions += read_predictions(
                    connection, self.project, beliefs, PredictionRow.task.in_(among)
                )
                annotations += read_annotations(
                    connection,
                    self.project,
                    beginnings,
                    AnnotationRow.deleted_at.is_(None),
                    AnnotationRow.task.in_(among),
                )
        anew = set(tasks)
        others = {task: one for task, one in state.tasks.items() if task not in apart}
        return replace(
            state,
            tasks=dict(sorted({**others, **{one.id: one for one in found}}.items())),
            predictions=_anew(state.predictions, anew, _without(apart, predictions)),
            annotations=_anew(state.annotations, anew, _without(apart, annotations)),
            texts=texts(self.engine, self.project),
        )

    def synthetic_tasks(self) -> Mapping[int, int]:
        """Count what Label Studio predicts of each synthetic task, by task."""
        with reading(self.engine) as connection:
            return synthetic_tasks(connection, self.project)

    def cursor(self) -> Cursor | None:
        """Read how far Label Studio was read; None: it never was."""
        with reading(self.engine) as connection:
            found = connection.execute(
                select(CursorRow.updated_at, CursorRow.reading).where(
                    CursorRow.project == self.project
                )
            ).first()
        return Cursor(*found) if found else None

    def seen_at(self, tasks: Collection[int]) -> dict[int, datetime]:
        """Return the `updated_at` that some tasks had when they were read, by task, as known."""
        found: dict[int, datetime] = {}
        ids, columns = list(tasks), select(TaskRow.id, TaskRow.updated_at)
        with reading(self.engine) as connection:
            for start in range(0, len(ids), MANY):
                among = TaskRow.id.in_(ids[start : start + MANY])
                rows = connection.execute(columns.where(TaskRow.project == self.project, among))
                found.update((task, at) for task, at in rows)
        return found

    def identity(self) -> LedgerIdentity | None:
        """Read the ledger's identity; None: it has none yet."""
        with reading(self.engine) as connection:
            found = connection.execute(
                select(IdentityRow.id, IdentityRow.since).where(IdentityRow.project == self.project)
            ).first()
        return LedgerIdentity(found.id, found.since) if found else None

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever done by this ledger; looking at the project does not count."""
        if self.identity() is not None:
            return False
        rows = self.counts()
        return not any(rows[table] for table in ("decision", "round", "population"))

    @property
    def address(self) -> str:
        """Where the ledger is, without a password."""
        return self.engine.url.render_as_string(hide_password=True)

    def history(self, task: int) -> TaskHistory:
        """Read all that is known of one task, deleted annotations included."""
        with reading(self.engine) as connection:
            asked = self._read(
                connection,
                Assignment,
                AssignmentRow,
                AssignmentRow.task == task,
                by=AssignmentRow.assigned_at,
            )
            return TaskHistory(
                predictions=read_predictions(
                    connection, self.project, self._believed(), PredictionRow.task == task
                ),
                annotations=read_annotations(
                    connection,
                    self.project,
                    self._beginnings(connection, asked),
                    AnnotationRow.task == task,
                ),
                decisions=self._read(
                    connection,
                    Decision,
                    DecisionRow,
                    DecisionRow.task == task,
                    by=DecisionRow.number,
                ),
                assignments=asked,
            )

    def counts(self) -> dict[str, int]:
        """Count the rows of each table."""
        with reading(self.engine) as connection:
            return {
                table.__tablename__: connection.scalar(
                    select(func.count()).select_from(table).where(table.project == self.project)
                )
                or 0
                for table in COUNTED
            }

    def pending(self) -> list[Write]:
        """List the writes that are not known to be done, in the order of their planning."""
        with reading(self.engine) as connection:
            return self._read(
                connection, Write, WriteRow, WriteRow.applied_at.is_(None), by=WriteRow.planned_at
            )

    def writes(self, kind: str) -> list[Write]:
        """List all writes of a kind, done or pending, in the order of their planning."""
        with reading(self.engine) as connection:
            return self._read(
                connection, Write, WriteRow, WriteRow.kind == kind, by=WriteRow.planned_at
            )

    def _read(
        self,
        connection: Connection,
        record: type[Record],
        table: Table,
        *which: ColumnElement[bool],
        by: InstrumentedAttribute[Any],
    ) -> list[Record]:
        return read(connection, self.project, record, table, *which, by=by)

    def _tasks(self, connection: Connection, *which: ColumnElement[bool]) -> list[LedgerTask]:
        """Read tasks that are not synthetic, by ascending id."""
        own = TaskRow.is_synthetic.is_(False)
        return self._read(connection, LedgerTask, TaskRow, own, *which, by=TaskRow.id)

    def _held_out(self, connection: Connection) -> dict[int, HeldOutBelief]:
        return {one.task: one for one in read_held_out(connection, self.engine, self.project)}

    def _believed(self) -> Believed:
        return believed(self.engine, self.project)

    def _beginnings(self, connection: Connection, asked: Iterable[Assignment]) -> Beginnings:
        return Beginnings(
            decided=connection.scalar(
                select(func.min(DecisionRow.decided_at)).where(DecisionRow.project == self.project)
            ),
            asked=pairs_of(asked),
        )


def _without(apart: Collection[int], read: Sequence[Identified]) -> Sequence[Identified]:
    """Return what does not hang on tasks that are set apart."""
    return [one for one in read if one.task not in apart] if apart else read


def _anew(
    known: Sequence[Identified], tasks: Collection[int], read: Sequence[Identified]
) -> list[Identified]:
    """Return what is known with what hangs on some tasks as it was just read, by ascending id."""
    found = [one for one in known if one.task not in tasks]
    found.extend(read)
    return sorted(found, key=lambda one: one.id)
