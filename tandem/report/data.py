"""The numbers of the report, apart from how they look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.ledger.records import Round
from routing.standing.annotator import AnnotatorStanding
from routing.standing.learning import LearningStanding
from routing.standing.standing import PersonStanding
from tandem.report.errors import LabelErrors
from tandem.report.groups import GroupTable
from tandem.report.instructions import InstructionAgreement
from tandem.report.label_skills import SkillTable
from tandem.report.people import HumanReliability
from tandem.report.people_groups import ControlGroups
from tandem.report.promise import PromiseStatus


@dataclass(frozen=True, slots=True)
class Activity:
    """What a reviewer did beside answering.

    Attributes:
        worker: The name that their answers are counted under.
        skipped: Items that they skipped.
        strays: Items that they answered without being asked.
    """

    worker: str
    skipped: int = 0
    strays: int = 0


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """One way to label the project, measured against gold labels.

    Attributes:
        name: Such as `Model alone`.
        accuracy: Share of right labels over all items, in [0, 1].
        human_labels: Answers of people that were paid for.
        cost: In the currency of the costs.
        hours: Of people's work.
    """

    name: str
    accuracy: float
    human_labels: int
    cost: float
    hours: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Items, by who labelled them, and the answers that people gave.

    Attributes:
        items: All items.
        model: Labelled by the model alone.
        people: Labelled by people alone.
        both: Labelled by people and the model's belief together.
        unresolved: Without a label so far.
        human_labels: Answers of people, one per person and item.
    """

    items: int
    model: int
    people: int
    both: int
    unresolved: int
    human_labels: int

    @property
    def automated(self) -> float:
        """Share of all items that the model labelled alone."""
        return self.model / self.items if self.items else 0.0


@dataclass(frozen=True, slots=True)
class Spending:
    """What the labels cost, beside what people alone would have cost; hours are of people's work.

    Attributes:
        votes_alone: Votes an item that people alone would have given.
        seconds_per_label: What the hours of people alone rest on.
        timed: Share of people's answers whose time was measured rather than assumed.
    """

    currency: str
    cost: float
    cost_alone: float
    hours: float
    hours_alone: float
    votes_alone: int
    seconds_per_label: float
    timed: float

    @property
    def saved(self) -> float:
        """Money not spent; negative where Tandem was dearer."""
        return self.cost_alone - self.cost


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """Items whose confidence lies from `low` to `high`, by who was to decide them."""

    low: float
    high: float
    accepted: int
    reviewed: int
    undecided: int


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Checked items of similar confidence: what was claimed, what was right, its interval."""

    count: int
    confidence: float
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CalibrationSummary:
    """How honest the model's confidence is, on the items that people checked.

    Attributes:
        auroc: None where it is not defined.
    """

    checked: int
    accuracy: float
    ece: float
    brier: float
    log_loss: float
    auroc: float | None
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The model left alone with the surest `coverage` of all items is right this often.

    `low` and `high` are the 95% interval of a sample of as many checked items.
    """

    coverage: float
    accuracy: float
    low: float
    high: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often people said a row's label and the model a column's."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ControlQuality:
    """How one control does; None where too little is known.

    Attributes:
        name: The control's name.
        tag: Its tag, such as `Choices`.
        asked: What it asks for, in words.
        counts: Whether a task is wrong where its answer is.
        answers: People's answers to it.
        alpha: Krippendorff's alpha of these.
        similarity: Mean similarity of two people's answers to one item, in [0, 1].
        checked: Items where people or the model answered it, of those that both have looked at.
        same: Share of the checked ones where both say the same.
        model_similarity: Mean similarity of the model's answer to people's, 0 where one of them has
            none.
        confidence: The model's mean confidence in its answers.
        ece: Expected calibration error of that confidence, on the checked items.
    """

    name: str
    tag: str
    asked: str
    counts: bool
    answers: int
    alpha: float | None
    similarity: float | None
    checked: int
    same: float | None
    model_similarity: float | None
    confidence: float | None
    ece: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `total`, with its 95% interval; None where there was nothing to count."""

    value: float
    low: float
    high: float
    total: int


@dataclass(frozen=True, slots=True)
class ReviewerQuality:
    """One person's part.

    Attributes:
        with_others: Agreement with the majority of the other voters.
        with_model: Agreement with the model's answer.
        skill: Expected share of right votes, by the aggregator.
        seconds: Median time an answer took.
    """

    worker: str
    votes: int
    with_others: Share | None
    with_model: Share | None
    skill: float | None
    seconds: float | None
    skipped: int
    strays: int


@dataclass(frozen=True, slots=True)
class AgreementSummary:
    """How far people agree with each other; None with a `note` that says why it is not known."""

    shared: int
    raw: float | None
    alpha: float | None
    note: str


@dataclass(frozen=True, slots=True)
class HardItem:
    """An item that the labels are least sure of; votes are pairs of worker and label."""

    task: int
    text: str
    label: str | None
    confidence: float | None
    model_label: str | None
    model_confidence: float | None
    votes: tuple[tuple[str, str], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything that the report says; parts that nothing is known of are None or empty.

    Attributes:
        standing: Where the promise stands.
        measure: How good people are as a measure of it.
        calibrated: Whether people's answers stand behind the model's confidence.
        mean_confidence: Mean posterior of all labels: how many are expected to be right.
        controls: How each control does; empty where all that is asked is one choice.
        sentences: Where each population stands, in a plain sentence, the largest first.
        next_step: Who must do what next; empty: it is not told.
        groups: The frozen populations by groups of their tasks.
        errors: What became of labels that were suspected to be wrong; None: none was.
        people_groups: Who differs from whom; empty where nobody's groups are declared.
        people: What became of whom, and what known answers say of them.
        label_skills: What each says of every label; None: one label is not all that is asked.
        person_lines: Who is watched, paused or excluded, and why, a line each.
        instructions: How far people agreed under each version of the instruction; empty where it
            never changed.
        learning: How often the model is wrong, and what more labels bring; None: it learned from no
            answer yet.
        learning_lines: The same, a sentence or two a line.
        annotator: What the annotator was asked, and how good it is; None: it labelled nothing.
        annotator_lines: The same, a sentence or two a line.
    """

    title: str
    at: datetime
    model_version: str | None
    standing: PromiseStatus
    measure: HumanReliability
    calibrated: bool
    counts: Counts
    mean_confidence: float | None
    spending: Spending
    confidences: Sequence[ConfidenceBin]
    calibration: CalibrationSummary | None
    curve: Sequence[CurvePoint]
    confusion: Confusion | None
    controls: Sequence[ControlQuality]
    reviewers: Sequence[ReviewerQuality]
    agreement: AgreementSummary
    hardest: Sequence[HardItem]
    rounds: Sequence[Round]
    comparison: Sequence[MethodComparison]
    caveats: Sequence[str]
    sentences: Sequence[str] = ()
    next_step: str = ""
    groups: Sequence[GroupTable] = ()
    errors: LabelErrors | None = None
    people_groups: Sequence[ControlGroups] = ()
    people: Sequence[PersonStanding] = ()
    label_skills: SkillTable | None = None
    person_lines: Sequence[str] = ()
    instructions: Sequence[InstructionAgreement] = ()
    learning: LearningStanding | None = None
    learning_lines: Sequence[str] = ()
    annotator: AnnotatorStanding | None = None
    annotator_lines: Sequence[str] = ()
