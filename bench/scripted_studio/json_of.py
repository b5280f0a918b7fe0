"""What the scripted Label Studio holds, in Label Studio's own JSON."""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from bench.scripted_studio.store import (
    Json,
    ScriptedAnnotation,
    ScriptedPrediction,
    ScriptedProject,
    ScriptedTask,
    ScriptedUser,
    ScriptedView,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(microseconds: int) -> str:
    """Return a moment as Label Studio writes it."""
    at = _EPOCH + timedelta(microseconds=microseconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def project_json(project: ScriptedProject) -> Json:
    """Return a project with its counters."""
    return {
        "id": project.id,
        **project.fields,
        "task_number": len(project.tasks),
        "total_annotations_number": project.annotation_count,
        "total_predictions_number": project.prediction_count,
    }


def user_json(user: ScriptedUser) -> Json:
    """Return a user."""
    return {
        "id": user.id,
        "email": user.email,
        "username": user.email.partition("@")[0],
        "first_name": user.first_name,
        "last_name": user.last_name,
        "initials": "",
        "phone": "",
    }


def view_json(view: ScriptedView) -> Json:
    """Return a tab."""
    return {"id": view.id, "project": view.project, "order": view.order, "data": view.data}


def prediction_json(prediction: ScriptedPrediction, task: ScriptedTask) -> Json:
    """Return a prediction.

    Args:
        prediction: The prediction.
        task: Its task.
    """
    return {
        "id": prediction.id,
        "task": task.id,
        "project": task.project,
        "result": json.loads(prediction.result),
        "score": prediction.score,
        "model_version": prediction.model_version,
        "created_at": moment(prediction.created_at),
        "updated_at": moment(prediction.created_at),
    }


def annotation_json(
    annotation: ScriptedAnnotation, task: ScriptedTask, *, is_listed: bool = True
) -> Json:
    """Return an annotation.

    Args:
        annotation: The annotation.
        task: Its task.
        is_listed: It is one of a listing, where nobody is told its `unique_id`.
    """
    written: Json = {
        "id": annotation.id,
        "task": task.id,
        "project": task.project,
        "completed_by": annotation.completed_by,
        "updated_by": annotation.updated_by,
        "result": annotation.result,
        "was_cancelled": annotation.was_cancelled,
        "ground_truth": annotation.ground_truth,
        "lead_time": annotation.lead_time,
        "parent_prediction": annotation.parent_prediction,
        "created_at": moment(annotation.created_at),
        "updated_at": moment(annotation.updated_at),
    }
    return written if is_listed else {**written, "unique_id": annotation.unique_id}


def task_json(task: ScriptedTask, *, whole: bool, include: Collection[str] = ()) -> Json:
    """Return a task.

    Args:
        task: The task.
        whole: With its annotations and predictions.
        include: The fields that are asked for; none: all.
    """
    written: Json = {}
    if not include or "data" in include:
        written["data"] = json.loads(task.data)
    if whole and (not include or "annotations" in include):
        written["annotations"] = [annotation_json(one, task) for one in task.annotations]
    if whole and (not include or "predictions" in include):
        written["predictions"] = [prediction_json(one, task) for one in task.predictions]
    plain = {
        "id": task.id,
        "project": task.project,
        "inner_id": task.inner_id,
        "meta": {},
        "overlap": task.overlap,
        "is_labeled": task.is_labeled,
        "updated_at": moment(task.updated_at),
    }
    return written | {name: one for name, one in plain.items() if not include or name in include}
