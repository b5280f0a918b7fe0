"""What the ledger remembers, as the controller reads and writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from aggregation.beliefs import PartBelief
from labeling.controls import Region
from routing.guarantee.audit_test import CheckKind
from routing.guarantee.frozen_population import AuditTestName
from routing.guarantee.task_group import TaskGroup
from routing.ledger.annotator_label import AnnotatorLabel
from routing.ledger.held_out_belief import HeldOutBelief

DecisionKind = Literal["pilot", "accept", "review", "blind", "audit", "dispute"]
CheckState = Literal["waiting", "answered", "lost"]
AssignmentState = Literal["open", "done", "skipped", "withdrawn"]
AnnotationKind = Literal["person", "model", "nobody"]
"""Whose answer an annotation is; *nobody*: its user was deleted before Tandem saw it."""

LEFT_TO_MODEL: tuple[DecisionKind, ...] = ("accept",)
GIVEN_TO_PEOPLE: tuple[DecisionKind, ...] = ("pilot", "review", "blind", "audit", "dispute")
BLIND_ALONE: tuple[DecisionKind, ...] = ("pilot", "blind", "audit")
"""Labelled by blind votes alone, so that the model has no say in how it is checked."""
BLIND: tuple[DecisionKind, ...] = (*BLIND_ALONE, "dispute")
"""Asked in the blind project, where no pre-label is shown; of a dispute all votes count."""


@dataclass(frozen=True, slots=True)
class LedgerTask:
    """A task as last seen.

    Attributes:
        source: Of a task of a blind project, the main project's task that it stands for.
        unreadable: Why its text cannot be read; None where it can.
        group_value: What its data say in the field of `policy.groups`; None: nothing.
        needs: What they say in the field of `policy.needs`; None: nothing.
    """

    id: int
    overlap: int
    is_labeled: bool
    updated_at: datetime
    source: int | None = None
    unreadable: str | None = None
    group_value: str | None = None
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerPrediction:
    """A prediction as last seen.

    Attributes:
        answer: A `Candidate.value`; None where the result is no answer of the form.
        confidence: Probability that the answer is right.
        raw_score: The same before calibration; None where another model than Tandem's answered.
        calibrator: The calibrator behind the confidence; None where another model answered.
        distribution: Probability of every candidate; empty where another model answered.
        parts: What is believed of each control's answer, by its name; empty where another model
            answered.
    """

    id: int
    task: int
    model_version: str
    answer: str | None
    confidence: float | None
    raw_score: float | None
    calibrator: str | None
    distribution: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, PartBelief] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerAnnotation:
    """An annotation as last seen.

    Attributes:
        worker_id: The user whose answer it is: who saved it last, where a person changed what
            the model's user had stored; else the user that it belongs to.
        worker: That user's name.
        answer: A `Candidate.value`; None where it was skipped or is no answer of the form.
        kind: Whether a person or the model's own user answered; nobody's answer is kept, and has
            no say.
        stray: A person answered what was never assigned to them, once Tandem assigned something.
        deleted_at: When it was found to be gone from Label Studio.
        earlier: A person answered before Tandem decided anything about the project.
        blind: A person answered where no pre-label was shown: before the task had any prediction.
            What was answered in the blind project is known to be so when it joins the others.
        excluded: It was an answer of somebody who is excluded now, so it says nothing any more.
        ground_truth: It is marked as the right answer.
    """

    id: int
    task: int
    worker_id: int
    worker: str
    answer: str | None
    result: Sequence[Region]
    kind: AnnotationKind
    stray: bool
    was_cancelled: bool
    lead_time: float | None
    created_at: datetime
    updated_at: datetime
    unique_id: str | None
    parent_prediction: int | None
    deleted_at: datetime | None = None
    earlier: bool = False
    blind: bool = False
    excluded: bool = False
    ground_truth: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Who labels a task, and why; of one task's decisions the highest `number` counts.

    Attributes:
        number: 1 for a task's first decision, then counting up.
        votes: People that are to answer it in all.
        confidence: The model's, when it was decided.
    """

    task: int
    number: int
    kind: DecisionKind
    votes: int
    reason: str
    model_version: str | None
    confidence: float | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task that a user is asked to answer; once a pair, whatever became of it."""

    task: int
    worker: int
    state: AssignmentState
    assigned_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """One write into Label Studio, recorded before it is tried.

    Attributes:
        key: Names the write; the same key never means another write.
        kind: The verb, such as `annotation.create`.
        target: What is written to, such as `task 12`.
        before: What stood there.
        after: What is to stand there.
        applied_at: When it was done, or found to need no doing any more; None: not known to be.
    """

    key: str
    kind: str
    target: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    planned_at: datetime
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One turn of the loop: what the model learned, and the forecast that follows.

    Attributes:
        answers: People's answers that it learned from.
        reviews: Reviews that are still worth their price, as forecast; None: there is no forecast.
        audits: Audits that are then needed, as forecast.
        left: Tasks whose label the model is then to keep, as forecast.
        reason: What comes next, and why.
        label_config: What was asked then; None: it was not remembered.
    """

    number: int
    model_version: str
    answers: int
    reviews: int | None
    audits: int | None
    left: int | None
    reason: str
    at: datetime
    label_config: str | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """The tasks of a project that one promise is about, since their labels were frozen.

    Attributes:
        number: 1 for a project's first population, then counting up.
        size: Tasks, answered ones included.
        error: The share of them that may be wrong.
        risk: The probability with which the promise may be broken.
        seed: Seed of the audits' order.
        planned: Audits that were expected at the freeze.
        texts: SHA-256 over the texts, in hex.
        reason: Why it was frozen then.
        kept_at: When the promise was certified; None: not yet.
        label_config: What was asked at the freeze; None: it was not remembered.
        accepted_config: A later label config that stands for it, by the admin's word or, where it
            was not remembered, as the first one seen since; None: there is none.
        asking: How people were asked and their answers put together at the freeze: the settings'
            `votes`, `max_votes` and `method`; None: it was not remembered.
        overruled: By its certificate: `guarantee.frozen_population.Overruled`; None: there is none.
        group_field: The field by which its tasks are a group; None: all that were open are in it.
        group_value: What they say in that field; None: nothing.
        test: The audit test that was announced; see `guarantee.frozen_population`.
    """

    number: int
    size: int
    error: float
    risk: float
    seed: int
    planned: int
    texts: str
    model_version: str
    reason: str
    frozen_at: datetime
    kept_at: datetime | None = None
    label_config: str | None = None
    accepted_config: str | None = None
    asking: Mapping[str, Any] | None = None
    overruled: Sequence[Mapping[str, Any]] | None = None
    group_field: str | None = None
    group_value: str | None = None
    test: AuditTestName = "games"

    @property
    def group(self) -> TaskGroup | None:
        """The group that it is; None: all that were open are in it."""
        return None if self.group_field is None else TaskGroup(self.group_field, self.group_value)


@dataclass(frozen=True, slots=True)
class Member:
    """A task of a population.

    Attributes:
        label: The model's label at the freeze; None: people had answered by then.
        error: Predicted probability that this label is wrong; None with `label`.
    """

    task: int
    population: int
    label: str | None
    error: float | None


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A frozen label that people were asked about; the order of the numbers is the proof's.

    Attributes:
        number: 1 for a population's first check, then counting up.
        state: `lost`: nobody can tell any more.
        answer: What people said, once `state` is `answered`.
    """

    population: int
    number: int
    task: int
    kind: CheckKind
    state: CheckState
    answer: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LedgerState:
    """All that counts now: what is gone, overruled or deleted is left out.

    Attributes:
        tasks: By id.
        decisions: The latest of each task, by task id.
        planned_votes: Votes that tasks' first decisions asked for blind, audits left out, by id;
            where it was one, nothing.
        undisputed: The kind of the last decision that was no dispute, of disputed tasks, by id.
        populations: In the order of their numbers.
        members: By task id, tasks that are gone included.
        checks: In the order of population and number.
        held_out: By task id, of the tasks that the model learned from in the last round.
        annotator_labels: What the annotator said, by task id, tasks that are gone included.
        texts: What tasks show, by task id; None where it cannot be read. It is read when it is
            asked for, ascending ids the fastest.
    """

    tasks: Mapping[int, LedgerTask]
    predictions: Sequence[LedgerPrediction]
    annotations: Sequence[LedgerAnnotation]
    decisions: Mapping[int, Decision]
    assignments: Sequence[Assignment]
    rounds: Sequence[Round]
    populations: Sequence[Population] = ()
    members: Mapping[int, Member] = field(default_factory=dict)
    checks: Sequence[RecordedCheck] = ()
    held_out: Mapping[int, HeldOutBelief] = field(default_factory=dict)
    texts: Mapping[int, str | None] = field(default_factory=dict, compare=False)
    undisputed: Mapping[int, DecisionKind] = field(default_factory=dict)
    planned_votes: Mapping[int, int] = field(default_factory=dict)
    annotator_labels: Mapping[int, AnnotatorLabel] = field(default_factory=dict)

    def asked_as(self, task: int) -> DecisionKind:
        """Return what a decided task was asked as, before its label was disputed."""
        return self.undisputed.get(task, self.decisions[task].kind)
