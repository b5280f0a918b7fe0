"""The ledger of one project: what was seen, decided, asked of people, and written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from routing.ledger.database import add, connect, put, upgrade, writing
from routing.ledger.importer import forget_tasks, mirror_tasks
from routing.ledger.records import (
    Assignment,
    Checked,
    Decision,
    LedgerAnnotation,
    LedgerPart,
    LedgerPrediction,
    LedgerState,
    LedgerTask,
    Member,
    Population,
    Reading,
    Round,
    TaskHistory,
    Write,
)
from routing.ledger.schema import (
    AnnotationRow,
    AssignmentRow,
    Base,
    CheckRow,
    CursorRow,
    DecisionRow,
    MemberRow,
    PopulationRow,
    PredictionRow,
    RoundRow,
    TaskRow,
    WriteRow,
)
from routing.studio.models import StudioTask

CHUNK = 500
"""Tasks mirrored in one transaction."""

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

Table: TypeAlias = (
    type[TaskRow]
    | type[PredictionRow]
    | type[AnnotationRow]
    | type[DecisionRow]
    | type[AssignmentRow]
    | type[WriteRow]
    | type[RoundRow]
    | type[PopulationRow]
    | type[MemberRow]
    | type[CheckRow]
)

Item = TypeVar("Item")
Record = TypeVar("Record")


class Ledger:
    """What the controller knows of one project. Recording the same thing twice changes nothing.

    One database serves many projects of one Label Studio.

    Args:
        url: A SQLAlchemy URL of SQLite or PostgreSQL.
        project_id: The project.

    Raises:
        SettingsError: The URL cannot be used.
    """

    def __init__(self, url: str, project_id: int) -> None:
        self.engine = connect(url)
        self.project = project_id

    def beside(self, project_id: int) -> "Ledger":
        """Give the ledger of another project in the same database, on the same connections."""
        other = copy(self)
        other.project = project_id
        return other

    def upgrade(self) -> None:
        """Bring the database to the schema of this release, from empty too.

        Raises:
            SettingsError: It cannot be reached, or was made by a newer release.
        """
        upgrade(self.engine)

    def close(self) -> None:
        """Give the database's connections back."""
        self.engine.dispose()

    def mirror(
        self, tasks: Iterable[StudioTask], reading: Reading, cursor: datetime | None = None
    ) -> None:
        """Record tasks as Label Studio has them now, in any order.

        What is known of these tasks and not among what they hold has been deleted there:
        predictions are forgotten, annotations marked. A task that was seen later already
        stays as it is.

        Args:
            tasks: Tasks with all that depends on them; may be lazy.
            reading: How they are read.
            cursor: How far Label Studio has been read once all tasks are recorded.
        """
        for chunk in _chunks(tasks):
            with writing(self.engine) as connection:
                mirror_tasks(connection, self.project, chunk, reading)
        if cursor is not None:
            with writing(self.engine) as connection:
                put(connection, CursorRow, self.project, [{"updated_at": cursor}])

    def forget_tasks(self, ids: Iterable[int]) -> None:
        """Record that Label Studio no longer holds some tasks; what was decided stays known."""
        for chunk in _chunks(ids):
            with writing(self.engine) as connection:
                forget_tasks(connection, self.project, chunk)

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Append decisions; a task's decision whose number is there already stays."""
        self._add(DecisionRow, decisions)

    def assign(self, new: Sequence[Assignment], ended: Sequence[Assignment] = ()) -> None:
        """Record assignments; a pair that is there already stays, unless it is among `ended`.

        Args:
            new: Tasks asked of people from now on.
            ended: Known assignments, with the state that they ended in, and when.
        """
        with writing(self.engine) as connection:
            add(connection, AssignmentRow, self.project, [asdict(one) for one in new])
            put(connection, AssignmentRow, self.project, [asdict(one) for one in ended])

    def plan(self, writes: Sequence[Write]) -> None:
        """Record writes before they are tried; a key that is there already stays as it is."""
        self._add(WriteRow, writes)

    def applied(self, keys: Iterable[str]) -> None:
        """Record that writes were done; one known to be done keeps its time."""
        done = [{"done": key} for key in keys]
        if done:
            with writing(self.engine) as connection:
                connection.execute(
                    update(WriteRow)
                    .where(WriteRow.project == self.project, WriteRow.key == bindparam("done"))
                    .where(WriteRow.applied_at.is_(None))
                    .values(applied_at=datetime.now(UTC)),
                    done,
                )

    def pending(self) -> list[Write]:
        """List the writes that are not known to be done, in the order of their planning."""
        with self.engine.connect() as connection:
            return self._read(
                connection, Write, WriteRow, WriteRow.applied_at.is_(None), by=WriteRow.planned_at
            )

    def settle(self) -> None:
        """Record that what is pending need not be done any more.

        To be called by a pass that saw all of Label Studio and did all that was wanting: what an
        earlier pass left pending is then in place, or no longer wanted.
        """
        self.applied(one.key for one in self.pending())

    def writes(self, kind: str) -> list[Write]:
        """List all writes of a kind, done or pending, in the order of their planning."""
        with self.engine.connect() as connection:
            return self._read(
                connection, Write, WriteRow, WriteRow.kind == kind, by=WriteRow.planned_at
            )

    def record_round(self, round_: Round) -> None:
        """Record a turn of the loop; one whose number is there already stays."""
        self._add(RoundRow, [round_])

    def freeze(self, population: Population, members: Sequence[Member]) -> None:
        """Record a population with all its members; one whose number is there already stays."""
        with writing(self.engine) as connection:
            add(connection, PopulationRow, self.project, [asdict(population)])
            add(connection, MemberRow, self.project, [asdict(one) for one in members])

    def keep(self, population: Population) -> None:
        """Record when a population's promise was certified."""
        with writing(self.engine) as connection:
            put(connection, PopulationRow, self.project, [asdict(population)])

    def check(self, checks: Sequence[Checked]) -> None:
        """Record checks: new ones, and what became of those that waited."""
        with writing(self.engine) as connection:
            put(connection, CheckRow, self.project, [asdict(one) for one in checks])

    def state(self) -> LedgerState:
        """Read all that counts now."""
        with self.engine.connect() as connection:
            found = self._read(connection, LedgerTask, TaskRow, by=TaskRow.id)
            tasks = {one.id: one for one in found}
            asked = self._read(connection, Assignment, AssignmentRow, by=AssignmentRow.assigned_at)
            decided = self._read(connection, Decision, DecisionRow, by=DecisionRow.number)
            answered = self._annotations(connection, asked, AnnotationRow.deleted_at.is_(None))
            return LedgerState(
                tasks=tasks,
                predictions=self._predictions(connection),
                annotations=answered,
                decisions={one.task: one for one in decided if one.task in tasks},
                assignments=[one for one in asked if one.task in tasks],
                rounds=self._read(connection, Round, RoundRow, by=RoundRow.number),
                cursor=connection.scalar(
                    select(CursorRow.updated_at).where(CursorRow.project == self.project)
                ),
                populations=self._read(
                    connection, Population, PopulationRow, by=PopulationRow.number
                ),
                members={
                    one.task: one
                    for one in self._read(connection, Member, MemberRow, by=MemberRow.task)
                },
                checks=sorted(
                    self._read(connection, Checked, CheckRow, by=CheckRow.number),
                    key=lambda one: one.population,
                ),
            )

    def history(self, task: int) -> TaskHistory:
        """Read all that is known of one task, deleted annotations included."""
        with self.engine.connect() as connection:
            asked = self._read(
                connection,
                Assignment,
                AssignmentRow,
                AssignmentRow.task == task,
                by=AssignmentRow.assigned_at,
            )
            return TaskHistory(
                predictions=self._predictions(connection, PredictionRow.task == task),
                annotations=self._annotations(connection, asked, AnnotationRow.task == task),
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
        with self.engine.connect() as connection:
            return {
                table.__tablename__: connection.scalar(
                    select(func.count()).select_from(table).where(table.project == self.project)
                )
                or 0
                for table in COUNTED
            }

    def _add(self, table: type[Base], records: Sequence[Decision | Write | Round]) -> None:
        with writing(self.engine) as connection:
            add(connection, table, self.project, [asdict(one) for one in records])

    def _read(
        self,
        connection: Connection,
        record: Callable[..., Record],
        table: Table,
        *which: ColumnElement[bool],
        by: InstrumentedAttribute[Any],
    ) -> list[Record]:
        """Read rows as records, which have the same names but for the project."""
        columns = [column for column in table.__table__.columns if column.name != "project"]
        rows = select(*columns).where(table.project == self.project, *which).order_by(by)
        return [record(**row._mapping) for row in connection.execute(rows)]

    def _predictions(
        self, connection: Connection, *which: ColumnElement[bool]
    ) -> list[LedgerPrediction]:
        """Read predictions, and what each believes of its controls."""

        def record(parts: dict[str, Any], **row: Any) -> LedgerPrediction:
            told = {name: LedgerPart(**part) for name, part in parts.items()}
            return LedgerPrediction(parts=told, **row)

        return self._read(connection, record, PredictionRow, *which, by=PredictionRow.id)

    def _annotations(
        self,
        connection: Connection,
        asked: Sequence[Assignment],
        which: ColumnElement[bool],
    ) -> list[LedgerAnnotation]:
        """Read annotations, and tell strays by what was ever assigned."""
        pairs = {(one.task, one.worker) for one in asked}

        def record(**row: Any) -> LedgerAnnotation:
            is_stray = row["kind"] == "person" and (row["task"], row["worker_id"]) not in pairs
            return LedgerAnnotation(stray=is_stray, **row)

        return self._read(connection, record, AnnotationRow, which, by=AnnotationRow.id)


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
