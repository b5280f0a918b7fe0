"""Rows of the ledger, read as records of the same names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Text, cast, select
from sqlalchemy.orm import InstrumentedAttribute

from routing.ledger.lazy_json import LazyJson
from routing.ledger.records import Assignment, LedgerAnnotation, LedgerPart, LedgerPrediction
from routing.ledger.schema import (
    AnnotationRow,
    AssignmentRow,
    CheckRow,
    DecisionRow,
    MemberRow,
    PopulationRow,
    PredictionRow,
    RoundRow,
    TaskRow,
    WriteRow,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

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

Record = TypeVar("Record", bound="DataclassInstance")

PREDICTION = tuple(one.name for one in fields(LedgerPrediction))


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Since when people may have been led: by a pre-label, or by what Tandem asked of them.

    Attributes:
        predicted: When each task got its first prediction; those that never had one are left out.
        decided: When Tandem first decided something about the project; None: it did not yet.
        asked: Whom each task was ever asked of: pairs of task and user.
    """

    predicted: Mapping[int, datetime]
    decided: datetime | None
    asked: Collection[tuple[int, int]]

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


def pairs_of(assignments: Iterable[Assignment]) -> set[tuple[int, int]]:
    """Return whom each task was asked of: pairs of task and user."""
    return {(one.task, one.worker) for one in assignments}


def read(
    connection: Connection,
    project: int,
    record: type[Record],
    table: Table,
    *which: ColumnElement[bool],
    by: InstrumentedAttribute[Any],
) -> list[Record]:
    """Read rows as records, whose fields are named as the table's columns.

    Args:
        connection: A connection.
        project: Label Studio's id of the project.
        record: What a row is read as.
        table: The table.
        which: What the rows must be like.
        by: What they are ordered by.

    Returns:
        The records, in that order.
    """
    columns = [table.__table__.columns[one.name] for one in fields(record)]
    query = select(*columns).where(table.project == project, *which).order_by(by)
    return [record(*row) for row in connection.execute(query)]


def read_predictions(
    connection: Connection, project: int, *which: ColumnElement[bool]
) -> list[LedgerPrediction]:
    """Read predictions; what each believes stays JSON until somebody looks at it.

    Args:
        connection: A connection.
        project: Label Studio's id of the project.
        which: What the rows must be like.

    Returns:
        The predictions, by ascending id.
    """
    table, believed = PredictionRow.__table__.columns, {"distribution", "parts"}
    columns = [cast(table[one], Text) if one in believed else table[one] for one in PREDICTION]
    query = select(*columns).where(PredictionRow.project == project, *which)
    return [_prediction(*row) for row in connection.execute(query.order_by(PredictionRow.id))]


def _prediction(*row: Any) -> LedgerPrediction:
    known: dict[str, Any] = dict(zip(PREDICTION, row, strict=True))
    known["distribution"] = LazyJson(known["distribution"], float)
    known["parts"] = LazyJson(known["parts"], _part)
    return LedgerPrediction(**known)


def _part(known: Mapping[str, Any]) -> LedgerPart:
    return LedgerPart(**known)


def read_annotations(
    connection: Connection, project: int, beginnings: Beginnings, *which: ColumnElement[bool]
) -> list[LedgerAnnotation]:
    """Read annotations, and tell strays by whom each task was ever asked of.

    Args:
        connection: A connection.
        project: Label Studio's id of the project.
        beginnings: Since when people may have been led.
        which: What the rows must be like.

    Returns:
        The annotations, by ascending id.
    """
    columns = [one for one in AnnotationRow.__table__.columns if one.name != "project"]
    query = select(*columns).where(AnnotationRow.project == project, *which)
    rows = connection.execute(query.order_by(AnnotationRow.id))
    return [_annotation(beginnings, row._mapping) for row in rows]


def _annotation(beginnings: Beginnings, row: Mapping[Any, Any]) -> LedgerAnnotation:
    is_person = row["kind"] == "person"
    is_earlier = is_person and beginnings.is_earlier(row["created_at"])
    is_asked = (row["task"], row["worker_id"]) in beginnings.asked
    return LedgerAnnotation(
        stray=is_person and not is_earlier and not is_asked,
        earlier=is_earlier,
        blind=is_person and beginnings.is_blind(row["task"], row["updated_at"]),
        **row,
    )
