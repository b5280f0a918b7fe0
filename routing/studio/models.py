"""What Label Studio holds, as Tandem reads and writes it: one frozen record a noun."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Literal

from labeling.controls import Region


@dataclass(frozen=True, slots=True)
class StudioVersion:
    """Which Label Studio answers.

    Attributes:
        release: Its release, such as `1.23.2`.
        edition: `enterprise` where the assignments API exists.
    """

    release: str
    edition: Literal["community", "enterprise"]


@dataclass(frozen=True, slots=True)
class StudioProject:
    """A project.

    Attributes:
        instruction: What people tell annotators; may hold HTML; empty where none is set.
        description: What stands below the title, for people to read.
        model_version: The predictions that the task page and the score column show.
        task_count: Tasks that it holds.
        annotation_count: Annotations that it holds, cancelled ones left out.
        prediction_count: Predictions that it holds, of whatever version.
        shows_predictions: Whether its label streams show what is predicted.
        page_settings: What decides how its tasks are labelled on the page, by Label Studio's names.
        directions: What Tandem tells annotators behind the instruction, in HTML.
        shows_instruction: Whether both show by themselves whenever a label stream begins.
        overlap: People that a task which is imported is meant for.
    """

    id: int
    title: str
    label_config: str
    instruction: str
    description: str
    model_version: str
    task_count: int
    annotation_count: int
    prediction_count: int
    shows_predictions: bool = True
    page_settings: Mapping[str, Any] = field(default_factory=dict)
    directions: str = ""
    shows_instruction: bool = False
    overlap: int = 1


@dataclass(frozen=True, slots=True)
class StudioUser:
    """A user; `name` is the full name, or the e-mail address where none is set."""

    id: int
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class StudioPrediction:
    """A prediction as stored; `score` is None where none was given."""

    id: int
    task: int
    model_version: str
    score: float | None
    result: Sequence[Region]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StudioAnnotation:
    """An annotation as stored.

    Attributes:
        completed_by: The user that it belongs to; None where that user was deleted.
        updated_by: The user whose request saved it last: not `completed_by` where another user
            stored it in that name, or edited it. None where Label Studio names none.
        was_cancelled: The user skipped the task.
        lead_time: Seconds that the user spent.
        parent_prediction: The prediction that it started from; Label Studio empties this
            when the prediction is deleted.
        unique_id: The key that its maker gave it; None where Label Studio does not tell, as in
            every listing: 1.23 gives it in exports alone.
        ground_truth: Whether it is marked as the right answer.
    """

    id: int
    task: int
    completed_by: int | None
    updated_by: int | None
    result: Sequence[Region]
    was_cancelled: bool
    lead_time: float | None
    created_at: datetime
    updated_at: datetime
    parent_prediction: int | None
    unique_id: str | None
    ground_truth: bool = False


@dataclass(frozen=True, slots=True)
class StudioTask:
    """A task with all that depends on it; cancelled annotations are included, drafts are not.

    Attributes:
        overlap: People that the task is meant for.
        is_labeled: Whether as many people answered; a stream hands out only tasks where not.
        updated_at: Moves with annotations and overlap, not with imported predictions.
        inner_id: Its number within the project, from 1.
        meta: What was imported beside the data.
    """

    id: int
    data: Mapping[str, Any]
    overlap: int
    is_labeled: bool
    updated_at: datetime
    annotations: tuple[StudioAnnotation, ...]
    predictions: tuple[StudioPrediction, ...]
    inner_id: int | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskOverlap:
    """For how many people a task is, and whether it is done with; see `StudioTask`."""

    overlap: int
    is_labeled: bool


@dataclass(frozen=True, slots=True)
class StudioView:
    """A tab of the Data Manager.

    Attributes:
        ranges: The ids of the tasks that its filter lists; empty where it has another one.
        ordering: Columns, such as `tasks:predictions_score`; a leading `-` is descending.
        is_all_selected: Whether all that it lists is ticked when it is opened. What labels the
            tasks of the project then labels these alone.
    """

    id: int
    title: str
    ranges: tuple[range, ...]
    ordering: tuple[str, ...]
    is_all_selected: bool = False

    @property
    def task_ids(self) -> tuple[int, ...]:
        """Every id that it lists: to be asked of a tab of Tandem's own alone."""
        return tuple(chain.from_iterable(self.ranges))

    @property
    def size(self) -> int:
        """How many ids it lists."""
        return sum(one.stop - one.start for one in self.ranges)

    def lists(self, task: int) -> bool:
        """Return whether it lists a task."""
        return any(task in one for one in self.ranges)


@dataclass(frozen=True, slots=True)
class StudioBackend:
    """An ML backend that a project is connected to; `state` is Label Studio's own word."""

    id: int
    url: str
    title: str
    model_version: str
    state: str


@dataclass(frozen=True, slots=True)
class StudioWebhook:
    """A webhook of a project."""

    id: int
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewPrediction:
    """A prediction to be stored."""

    task: int
    result: Sequence[Region]
    score: float
    model_version: str


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """An annotation to be stored.

    Attributes:
        unique_id: A UUID, which makes storing it twice harmless; anything else is a 500.
    """

    task: int
    result: Sequence[Region]
    completed_by: int
    unique_id: str
    parent_prediction: int | None = None
    lead_time: float | None = None
    ground_truth: bool = False
