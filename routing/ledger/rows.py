"""Rows of the ledger, read as records of the same names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from aggregation.beliefs import PartBelief
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.lazy_json import LazyJson, object_reader
from routing.ledger.records import (
    Assignment,
    Decision,
    DecisionKind,
    LedgerAnnotation,
    LedgerPrediction,
)
from routing.ledger.schema import (
    AnnotationRow,
    AnnotatorLabelRow,
    AssignmentRow,
    CheckRow,
    DecisionRow,
    HeldOutRow,
    MemberRow,
    PopulationRow,
    PredictionRow,
    RoundRow,
    TaskRow,
    WriteRow,
)
from routing.ledger.stored_column import StoredColumn

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
    | type[AnnotatorLabelRow]
)

Record = TypeVar("Record", bound="DataclassInstance")

PREDICTION = tuple(
    one.name for one in fields(LedgerPrediction) if one.name not in ("distribution", "parts")
)
"""What is read of every prediction, its id first."""


HELD_OUT = tuple(one.name for one in fields(HeldOutBelief) if one.name != "parts")
"""What is read of every held-out belief, its task first."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Since when people may have been led by what Tandem asked of them.

    Attributes:
        decided: When Tandem first decided something about the project; None: it did not yet.
        asked: Whom each task was ever asked of: pairs of task and user.
    """

    decided: datetime | None
    asked: Collection[tuple[int, int]]

    def is_earlier(self, at: datetime) -> bool:
        """Return whether a moment was before Tandem decided anything."""
        return self.decided is None or at < self.decided


def undisputed(
    decided: Iterable[Decision], latest: Mapping[int, Decision]
) -> dict[int, DecisionKind]:
    """Return the kind of the last decision that was no dispute, of disputed tasks.

    Args:
        decided: All decisions, in the order of their numbers.
        latest: The latest decision of each task.
    """
    return {
        one.task: one.kind
        for one in decided
        if one.kind != "dispute" and one.task in latest and latest[one.task].kind == "dispute"
    }


def planned_votes(decided: Iterable[Decision]) -> dict[int, int]:
    """Return how many blind votes were planned of tasks before anybody answered.

    Args:
        decided: All decisions.

    Returns:
        Votes by task, of those that were first asked blind and of two people or more; audits are
        left out.
    """
    return {
        one.task: one.votes
        for one in decided
        if one.number == 1 and one.votes > 1 and one.kind in ("pilot", "blind")
    }


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


@dataclass(frozen=True, slots=True)
class Believed:
    """What a project's predictions believe, by their ids; it stays in the ledger until then."""

    distribution: Mapping[int, Mapping[str, float]]
    parts: Mapping[int, Mapping[str, PartBelief]]


def believed(engine: Engine, project: int) -> Believed:
    """Return what a project's predictions believe.

    Args:
        engine: The database.
        project: Label Studio's id of the project.
    """
    return Believed(
        StoredColumn(engine, project, PredictionRow.id, "distribution", object_reader(float)),
        StoredColumn(engine, project, PredictionRow.id, "parts", object_reader(_part)),
    )


def texts(engine: Engine, project: int) -> Mapping[int, str | None]:
    """Return the texts of a project's tasks, by their ids; they stay in the ledger until then.

    Args:
        engine: The database.
        project: Label Studio's id of the project.
    """
    return StoredColumn(engine, project, TaskRow.id, "text", lambda text: text)


def read_predictions(
    connection: Connection, project: int, believed: Believed, *which: ColumnElement[bool]
) -> list[LedgerPrediction]:
    """Read predictions, but for what each believes.

    Args:
        connection: A connection.
        project: Label Studio's id of the project.
        believed: What they believe.
        which: What the rows must be like.

    Returns:
        The predictions, by ascending id.
    """
    columns = [PredictionRow.__table__.columns[name] for name in PREDICTION]
    query = select(*columns).where(PredictionRow.project == project, *which)
    rows = connection.execute(query.order_by(PredictionRow.id))
    return [_prediction(believed, *row) for row in rows]


def read_held_out(connection: Connection, engine: Engine, project: int) -> list[HeldOutBelief]:
    """Read what is believed of the tasks that the model learned from, but for the parts.

    Args:
        connection: A connection.
        engine: The database, for the parts, which stay in the ledger until they are looked at.
        project: Label Studio's id of the project.

    Returns:
        The beliefs, by ascending task.
    """
    parts = StoredColumn(engine, project, HeldOutRow.task, "parts", object_reader(_part))
    columns = [HeldOutRow.__table__.columns[name] for name in HELD_OUT]
    query = select(*columns).where(HeldOutRow.project == project).order_by(HeldOutRow.task)
    return [_held_out(parts, *row) for row in connection.execute(query)]


def _held_out(parts: Mapping[int, Mapping[str, PartBelief]], *known: Any) -> HeldOutBelief:
    task, *_ = known
    values = [*known, LazyJson(parts, task)]
    return HeldOutBelief(*values)


def _prediction(believed: Believed, *known: Any) -> LedgerPrediction:
    id_, *_ = known
    values = [*known, LazyJson(believed.distribution, id_), LazyJson(believed.parts, id_)]
    return LedgerPrediction(*values)


def _part(known: Mapping[str, Any]) -> PartBelief:
    return PartBelief(**known)


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
    its_task = and_(TaskRow.project == AnnotationRow.project, TaskRow.id == AnnotationRow.task)
    query = (
        select(*columns, TaskRow.predicted_at)
        .outerjoin(TaskRow, its_task)
        .where(AnnotationRow.project == project, *which)
    )
    rows = connection.execute(query.order_by(AnnotationRow.id))
    return [_annotation(beginnings, **row._mapping) for row in rows]


def _annotation(
    beginnings: Beginnings, predicted_at: datetime | None, **row: Any
) -> LedgerAnnotation:
    is_person = row["kind"] == "person"
    is_earlier = is_person and beginnings.is_earlier(row["created_at"])
    is_asked = (row["task"], row["worker_id"]) in beginnings.asked
    return LedgerAnnotation(
        stray=is_person and not is_earlier and not is_asked,
        earlier=is_earlier,
        blind=is_person and (predicted_at is None or row["updated_at"] < predicted_at),
        **row,
    )
