"""The ledger's tables. Every row belongs to one project of one Label Studio."""

import sys
from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

Json = dict[str, Any]


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, on databases with time zones and on those without (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; refuse a moment without a zone, which could mean anything."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class RepeatedText(TypeDecorator[str]):
    """A text that many rows have, such as a label: as it is read, they share one string."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the string that is there already."""
        return None if value is None else sys.intern(value)


Repeated = Annotated[str, mapped_column(RepeatedText)]


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        int: BigInteger,
        str: Text,
        datetime: Instant,
        date: Date,
        Json: JSON(none_as_null=True),
        list[Json]: JSON,
        dict[str, float]: JSON,
    }


class TaskRow(Base):
    """A task of Label Studio, as last seen."""

    __tablename__ = "task"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str | None]
    overlap: Mapped[int]
    is_labeled: Mapped[bool]
    updated_at: Mapped[datetime]
    source: Mapped[int | None]
    unreadable: Mapped[str | None]
    predicted_at: Mapped[datetime | None]


class PredictionRow(Base):
    """A prediction of Label Studio, as last seen."""

    __tablename__ = "prediction"
    __table_args__ = (Index("ix_prediction_task", "project", "task"),)

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int]
    model_version: Mapped[Repeated]
    answer: Mapped[Repeated | None]
    confidence: Mapped[float | None]
    raw_score: Mapped[float | None]
    distribution: Mapped[dict[str, float]]
    calibrator: Mapped[Repeated | None]
    parts: Mapped[Json]


class HeldOutRow(Base):
    """What the model believes of a task that it learned from, as if it had not."""

    __tablename__ = "held_out"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model_version: Mapped[Repeated]
    answer: Mapped[Repeated]
    confidence: Mapped[float]
    calibrated: Mapped[bool]
    parts: Mapped[Json]


class AnnotationRow(Base):
    """An annotation of Label Studio, as last seen; kept when it is deleted there."""

    __tablename__ = "annotation"
    __table_args__ = (Index("ix_annotation_task", "project", "task"),)

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int]
    worker_id: Mapped[int]
    worker: Mapped[Repeated]
    answer: Mapped[Repeated | None]
    result: Mapped[list[Json]]
    kind: Mapped[Repeated]
    was_cancelled: Mapped[bool]
    lead_time: Mapped[float | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    unique_id: Mapped[str | None]
    parent_prediction: Mapped[int | None]
    deleted_at: Mapped[datetime | None]


class DecisionRow(Base):
    """A decision about a task; never changed, only followed by another."""

    __tablename__ = "decision"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Repeated]
    votes: Mapped[int]
    reason: Mapped[Repeated]
    model_version: Mapped[Repeated | None]
    confidence: Mapped[float | None]
    decided_at: Mapped[datetime]


class AssignmentRow(Base):
    """A task that a user was asked to answer."""

    __tablename__ = "assignment"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[Repeated]
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WriteRow(Base):
    """A write into Label Studio, before and after."""

    __tablename__ = "write"
    __table_args__ = (
        Index("ix_write_applied_at", "project", "applied_at"),
        Index("ix_write_kind", "project", "kind", "planned_at"),
    )

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    target: Mapped[str]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    planned_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class RoundRow(Base):
    """One turn of the loop."""

    __tablename__ = "round"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model_version: Mapped[str]
    answers: Mapped[int]
    reviews: Mapped[int | None]
    audits: Mapped[int | None]
    left: Mapped[int | None]
    reason: Mapped[str]
    at: Mapped[datetime]
    label_config: Mapped[str | None]


class PopulationRow(Base):
    """A population whose labels were frozen."""

    __tablename__ = "population"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    error: Mapped[float]
    risk: Mapped[float]
    seed: Mapped[int]
    planned: Mapped[int]
    texts: Mapped[str]
    model_version: Mapped[str]
    reason: Mapped[str]
    frozen_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    label_config: Mapped[str | None]
    accepted_config: Mapped[str | None]
    asking: Mapped[Json | None]
    overruled: Mapped[list[Json] | None]


class MemberRow(Base):
    """A task of a population, with the label that it was frozen with; never changed."""

    __tablename__ = "member"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    population: Mapped[int]
    label: Mapped[Repeated | None]
    error: Mapped[float | None]


class CheckRow(Base):
    """A frozen label that people were asked about, in the order of the asking."""

    __tablename__ = "checked"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    population: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int]
    kind: Mapped[Repeated]
    state: Mapped[Repeated]
    answer: Mapped[Repeated | None]
    at: Mapped[datetime]


class PassRow(Base):
    """A pass: one run of `tandem sync`."""

    __tablename__ = "pass"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    writes: Mapped[int]
    error: Mapped[str | None]
    requests: Mapped[int | None]


class IdentityRow(Base):
    """What tells the ledger of a project from every other."""

    __tablename__ = "identity"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str]
    since: Mapped[date]


class CursorRow(Base):
    """How far a project was read."""

    __tablename__ = "cursor"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    updated_at: Mapped[datetime]
    reading: Mapped[str | None]


class ForecastRow(Base):
    """The human labels to come, as last forecast; worked out anew where its digest is another."""

    __tablename__ = "forecast"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    expected: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
