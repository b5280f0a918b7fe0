"""The ledger's tables. Every row belongs to one project of one Label Studio."""

from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Date, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from routing.ledger.column_types import Instant, RepeatedText

Json = dict[str, Any]

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
        list[str]: JSON,
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
    group_value: Mapped[Repeated | None]
    needs: Mapped[Repeated | None]
    is_synthetic: Mapped[bool]


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
    ground_truth: Mapped[bool]


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
    group_field: Mapped[str | None]
    group_value: Mapped[str | None]
    test: Mapped[str]


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


class LabelCheckRow(Base):
    """Suspected labels that were given to people, and how suspect all others were."""

    __tablename__ = "label_check"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    picks: Mapped[list[Json]]
    others: Mapped[Json]


class PersonEventRow(Base):
    """A change of what somebody is asked; never changed, only followed by another."""

    __tablename__ = "person_event"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    by: Mapped[str | None]
    reason: Mapped[str]
    evidence: Mapped[Json | None]
    at: Mapped[datetime]


class ControlTaskRow(Base):
    """An item whose answer is known, as it is shown to people to check their work."""

    __tablename__ = "control_task"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    data: Mapped[Json]
    accepted: Mapped[list[str]]
    explanation: Mapped[str | None]
    origin: Mapped[str]
    probability: Mapped[float]
    task: Mapped[int | None]
    source: Mapped[int | None]
    known_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_because: Mapped[str | None]


class ControlAnswerRow(Base):
    """What somebody first said of a control task; never changed."""

    __tablename__ = "control_answer"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    control: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[str | None]
    was_skipped: Mapped[bool]
    at: Mapped[datetime]


class ControlDecisionRow(Base):
    """What somebody decided of a control task whose known answer was in doubt; never changed."""

    __tablename__ = "control_decision"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    control: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str]
    answer: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]


class InstructionRow(Base):
    """An instruction that people were given, from when on."""

    __tablename__ = "instruction"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    at: Mapped[datetime]


class LessonRow(Base):
    """How the lesson of a round did, and how stable the labels of open tasks were under it."""

    __tablename__ = "lesson"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answers: Mapped[int]
    judged: Mapped[int]
    wrong: Mapped[int]
    compared: Mapped[int]
    kappa: Mapped[float | None]
    mean_error: Mapped[float | None]


class ChanceLookRow(Base):
    """What a round's look at the strategy's gain over chance said."""

    __tablename__ = "chance_look"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    strategy: Mapped[str]
    gain: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    draws: Mapped[int]
    is_worse: Mapped[bool]


class AnnotatorLabelRow(Base):
    """What the annotator said of a text, and was paid for it; never changed."""

    __tablename__ = "annotator_label"

    project: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model: Mapped[Repeated]
    label: Mapped[Repeated]
    is_drawn: Mapped[bool]
    price: Mapped[float]
    worth: Mapped[float]
    at: Mapped[datetime]
