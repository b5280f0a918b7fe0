"""Label Studio's records, as the rows that the ledger keeps of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from labeling.controls import Region
from labeling.data_fields import is_synthetic, value_in
from labeling.errors import AnswerError, TaskError
from labeling.form.form import Form
from labeling.hashing import digest_of
from labeling.predictions.label_studio_json import META_KEY, from_label_studio
from routing.ledger.records import AnnotationKind
from routing.studio.models import StudioAnnotation, StudioPrediction, StudioTask

Row = dict[str, Any]

SOURCE = "tandem_task"
"""Where the data of a blind project's task names the main project's task that it stands for."""


READ_AS = "3"
"""Which release of the reading this is; another one has everything read anew."""

EDITED_AFTER = timedelta(seconds=1)
"""How much later than it was made an annotation must have been saved to count as edited."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How Label Studio's records are read into the ledger.

    Attributes:
        form: What the label config asks: decodes answers and finds the text.
        workers: Names of users by id, for people to read.
        model_worker: The model's own user; None where it has none yet.
        calibrators: What stands behind the predictions of each model version of Tandem, as far as
            it is known: a prediction without regions cannot say it itself.
        edited_after: How much later than it was made an annotation must have been saved to count
            as edited: Label Studio stamps a new one's two times microseconds apart.
        group_field: The field of tasks' data that groups them; None: they are not grouped.
        needs_field: The field that says what a task needs of people; None: nothing does.
    """

    form: Form
    workers: Mapping[int, str]
    model_worker: int | None
    calibrators: Mapping[str, str] = field(default_factory=dict)
    edited_after: timedelta = EDITED_AFTER
    group_field: str | None = None
    needs_field: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of what tasks and answers are read by: equal ones read alike."""
        names = sorted(map("=".join, self.form.old_names.items()))
        grouped = [] if self.group_field is None else [f"group field {self.group_field}"]
        needed = [] if self.needs_field is None else [f"needs field {self.needs_field}"]
        return digest_of(READ_AS, self.form.config, *names, *grouped, *needed)

    def group_value(self, data: Mapping[str, Any]) -> str | None:
        """Return what a task's data say in the field that groups tasks; None: nothing."""
        return None if self.group_field is None else value_in(data, self.group_field)

    def needs(self, data: Mapping[str, Any]) -> str | None:
        """Return what a task's data say that it needs of people; None: nothing."""
        return None if self.needs_field is None else value_in(data, self.needs_field)


@dataclass(frozen=True, slots=True)
class ReadItem:
    """What was read of a task's data.

    Attributes:
        text: Its text, or what stands for its texts; None where it has none that can be read.
        unreadable: Why not; None where it can.
    """

    text: str | None
    unreadable: str | None = None


def task_row(
    task: StudioTask,
    item: ReadItem,
    predicted_at: datetime | None = None,
    group_value: str | None = None,
    needs: str | None = None,
) -> Row:
    """Keep a task's item, how many people it is for, its group and needs, and its source.

    Of a synthetic one the text is not kept.

    Args:
        task: As Label Studio has it.
        item: What was read of its data.
        predicted_at: When it got its first prediction; None: it never had one.
        group_value: What its data say in the field that groups tasks; None: nothing.
        needs: What they say that it needs of people; None: nothing.

    Returns:
        The row, without the project.
    """
    source = task.data.get(SOURCE)
    # A blind project asks for a reason of its own, control tasks above all.
    synthetic = source is None and is_synthetic(task.data)
    return {
        "id": task.id,
        "text": None if synthetic else item.text,
        "unreadable": item.unreadable,
        "predicted_at": predicted_at,
        "overlap": task.overlap,
        "is_labeled": task.is_labeled,
        "updated_at": task.updated_at,
        "source": source if isinstance(source, int) else None,
        "group_value": group_value,
        "needs": needs,
        "is_synthetic": synthetic,
    }


def item_of(task: StudioTask, form: Form) -> ReadItem:
    """Read a task's item.

    Args:
        task: As Label Studio has it.
        form: What the label config asks.

    Returns:
        The text, or what stands for several; else why there is none.
    """
    try:
        return ReadItem(form.text_of(task.data))
    except TaskError as error:
        return ReadItem(None, error.what)


def prediction_row(prediction: StudioPrediction, item: str | None, reading: Reading) -> Row:
    """Keep what a prediction believes; of another model's, the answer and the score.

    Args:
        prediction: As Label Studio has it.
        item: Its text, or what stands for its texts; None where it has none.
        reading: How it is read.

    Returns:
        The row, without the project.
    """
    row: Row = {
        "id": prediction.id,
        "task": prediction.task,
        "model_version": prediction.model_version,
        "answer": answer_of(reading.form, prediction.result, item),
        "confidence": prediction.score,
        "raw_score": None,
        "distribution": {},
        "calibrator": None,
        "parts": {},
    }
    if not prediction.result:
        return row | _empty(prediction, reading)
    if not any(META_KEY in (region.get("meta") or {}) for region in prediction.result):
        return row
    payload = {
        "result": prediction.result,
        "score": prediction.score,
        "model_version": prediction.model_version,
    }
    try:
        own = from_label_studio(reading.form, payload, item or "")
    except AnswerError:
        return row
    return row | {
        "raw_score": own.raw_score,
        "distribution": dict(own.distribution),
        "calibrator": own.calibrator,
        "parts": {
            name: {"confidence": part.confidence, "distribution": dict(part.distribution)}
            for name, part in own.parts.items()
        },
    }


def _empty(prediction: StudioPrediction, reading: Reading) -> Row:
    """Tell what is known of a prediction without any region, which carries no `meta`."""
    calibrator = reading.calibrators.get(prediction.model_version)
    if calibrator is None or prediction.score is None:
        return {}
    return {"raw_score": prediction.score, "calibrator": calibrator}


@dataclass(frozen=True, slots=True)
class Author:
    """Whose answer an annotation is.

    Attributes:
        worker_id: Label Studio's id of the user.
        worker: The user's name.
        kind: What sort of user that is.
    """

    worker_id: int
    worker: str
    kind: AnnotationKind


NOBODY = Author(0, "nobody", "nobody")
"""Who gave an answer whose user was deleted before Tandem saw it."""


def annotation_row(
    annotation: StudioAnnotation,
    item: str | None,
    reading: Reading,
    known: Author = NOBODY,
) -> Row:
    """Keep whose answer an annotation is, and what it says.

    Args:
        annotation: As Label Studio has it.
        item: Its text, or what stands for its texts; None where it has none.
        reading: How it is read.
        known: Whose answer it was at an earlier look, which Label Studio forgets with the user.

    Returns:
        The row, without the project.
    """
    author = _author(annotation, reading, known)
    answer = answer_of(reading.form, annotation.result, item)
    return {
        "id": annotation.id,
        "task": annotation.task,
        "worker_id": author.worker_id,
        "worker": author.worker,
        "answer": None if annotation.was_cancelled else answer,
        "result": list(annotation.result),
        "kind": author.kind,
        "was_cancelled": annotation.was_cancelled,
        "lead_time": annotation.lead_time,
        "created_at": annotation.created_at,
        "updated_at": annotation.updated_at,
        "unique_id": annotation.unique_id,
        "parent_prediction": annotation.parent_prediction,
        "deleted_at": None,
        "ground_truth": annotation.ground_truth,
    }


def is_of_model(
    annotation: StudioAnnotation, model: int, edited_after: timedelta = EDITED_AFTER
) -> bool:
    """Return whether an annotation says what the model's user stored: nobody changed it since.

    Args:
        annotation: As Label Studio has it.
        model: The model's user.
        edited_after: See `Reading`.

    Returns:
        Whether it is the model's.
    """
    is_model_s = annotation.completed_by == model
    return is_model_s and not _is_changed(annotation, {model}, edited_after)


def _is_changed(
    annotation: StudioAnnotation, models: Collection[int | None], edited_after: timedelta
) -> bool:
    """Return whether another user than the model's changed an annotation since it was made."""
    edited = annotation.updated_at - annotation.created_at > edited_after
    # `updated_by` alone does not tell: it is the controller's user where nobody edited.
    return edited and annotation.updated_by not in {None, *models}


def _author(annotation: StudioAnnotation, reading: Reading, known: Author) -> Author:
    """Return whose answer it is.

    What the model's user stored is the model's also once that user was deleted or another one was
    set in its place; what a person changed of it is that person's.
    """
    owner, models = annotation.completed_by, {reading.model_worker}
    if known.kind == "model":
        models |= {known.worker_id, None}
    if owner in models and _is_changed(annotation, models, reading.edited_after):
        owner = annotation.updated_by
    elif owner in models and known.kind == "model":
        return known
    if owner is None:
        return known
    kind: AnnotationKind = "model" if owner == reading.model_worker else "person"
    return Author(owner, reading.workers.get(owner, f"user {owner}"), kind)


def answer_of(form: Form, result: Sequence[Region], item: str | None) -> str | None:
    """Read the answer to an item out of a result; None where it is no answer of the form.

    Args:
        form: What the label config asks.
        result: Label Studio's regions.
        item: Its text, or what stands for its texts; None where it has none.

    Returns:
        The answer, in the form's own words.
    """
    try:
        return form.decode(result, item or "")
    except AnswerError:
        return None
