"""Reading the ledger: what is known of a project now, of one task ever, and what was written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, func, select
from sqlalchemy.orm import InstrumentedAttribute

from routing.ledger.database import reading
from routing.ledger.identity import LedgerIdentity
from routing.ledger.records import (
    Assignment,
    Decision,
    LedgerAnnotation,
    LedgerPart,
    LedgerPrediction,
    LedgerState,
    LedgerTask,
    Member,
    Population,
    RecordedCheck,
    Round,
    TaskHistory,
    Write,
)
from routing.ledger.schema import (
    AnnotationRow,
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

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Since when people may have been led: by a pre-label, or by what Tandem asked of them.

    Attributes:
        predicted: When each task got its first prediction; those that never had one are left out.
        decided: When Tandem first decided something about the project; None: it did not yet.
    """

    predicted: Mapping[int, datetime]
    decided: datetime | None

    def is_earlier(self, at: datetime) -> bool:
        """Return whether a moment was before Tandem decided anything."""
        return self.decided is None or at < self.decided

    def is_blind(self, task: int, at: datetime) -> bool:
        """Return whether a task had no prediction yet at a moment.

        Args:
            task: The task.
            at: The moment.
        """
        first = self.predicted.get(task)
        return first is None or at < first


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
        """Read all that counts now."""
        with reading(self.engine) as connection:
            found = self._read(connection, LedgerTask, TaskRow, by=TaskRow.id)
            tasks = {one.id: one for one in found}
            asked = self._read(connection, Assignment, AssignmentRow, by=AssignmentRow.assigned_at)
            decided = self._read(connection, Decision, DecisionRow, by=DecisionRow.number)
            earlier = Beginnings(
                predicted={one.id: one.predicted_at for one in found if one.predicted_at},
                decided=min((one.decided_at for one in decided), default=None),
            )
            answered = self._annotations(
                connection, asked, earlier, AnnotationRow.deleted_at.is_(None)
            )
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
                    self._read(connection, RecordedCheck, CheckRow, by=CheckRow.number),
                    key=lambda one: one.population,
                ),
            )

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
            seen = self._read(connection, LedgerTask, TaskRow, TaskRow.id == task, by=TaskRow.id)
            earlier = Beginnings(
                predicted={one.id: one.predicted_at for one in seen if one.predicted_at},
                decided=connection.scalar(
                    select(func.min(DecisionRow.decided_at)).where(
                        DecisionRow.project == self.project
                    )
                ),
            )
            return TaskHistory(
                predictions=self._predictions(connection, PredictionRow.task == task),
                annotations=self._annotations(
                    connection, asked, earlier, AnnotationRow.task == task
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
        beginnings: Beginnings,
        which: ColumnElement[bool],
    ) -> list[LedgerAnnotation]:
        """Read annotations, and tell strays by what was ever assigned."""
        pairs = {(one.task, one.worker) for one in asked}

        def record(**row: Any) -> LedgerAnnotation:
            is_person = row["kind"] == "person"
            is_earlier = is_person and beginnings.is_earlier(row["created_at"])
            is_asked = (row["task"], row["worker_id"]) in pairs
            return LedgerAnnotation(
                stray=is_person and not is_earlier and not is_asked,
                earlier=is_earlier,
                blind=is_person and beginnings.is_blind(row["task"], row["updated_at"]),
                **row,
            )

        return self._read(connection, record, AnnotationRow, which, by=AnnotationRow.id)
