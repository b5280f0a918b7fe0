"""Label Studio's JSON, read into records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel

from routing.studio.id_filters import decode
from routing.studio.models import (
    StudioAnnotation,
    StudioBackend,
    StudioPrediction,
    StudioProject,
    StudioTask,
    StudioUser,
    StudioView,
    StudioWebhook,
)
from routing.studio.own_text import INSTRUCTION

Json = Mapping[str, Any]

PAGE_SETTINGS = (
    "show_instruction",
    "show_skip_button",
    "enable_empty_annotation",
    "show_annotation_history",
    "skip_queue",
    "sampling",
    "color",
)
"""The settings of a project that a second one must share to be labelled alike. How many people a
task is for is none of them: Tandem says it of each task, and a change would undo that of all."""


def plain(model: object) -> dict[str, Any]:
    """Undo the SDK's types, which promise less than Label Studio keeps."""
    return cast(BaseModel, model).model_dump(by_alias=True)


def project_of(json: Json) -> StudioProject:
    """Read a project; what Tandem wrote into its instruction is no part of what people told."""
    instruction = json["expert_instruction"] or ""
    return StudioProject(
        id=json["id"],
        title=json["title"] or "",
        label_config=json["label_config"] or "",
        instruction=INSTRUCTION.without_own(instruction),
        description=json.get("description") or "",
        model_version=json["model_version"] or "",
        task_count=json["task_number"] or 0,
        annotation_count=json["total_annotations_number"] or 0,
        prediction_count=json["total_predictions_number"] or 0,
        shows_predictions=json.get("show_collab_predictions") is not False,
        page_settings={name: json[name] for name in PAGE_SETTINGS if json.get(name) is not None},
        directions=INSTRUCTION.own_part(instruction),
        shows_instruction=bool(json.get("show_instruction")),
        overlap=json.get("maximum_annotations") or 1,
    )


def user_of(json: Json) -> StudioUser:
    """Read a user."""
    name = f"{json.get('first_name') or ''} {json.get('last_name') or ''}".strip()
    return StudioUser(id=json["id"], email=json["email"], name=name or json["email"])


def task_of(json: Json) -> StudioTask:
    """Read a task of a listing with `fields=all`."""
    return StudioTask(
        id=json["id"],
        data=json["data"],
        overlap=json["overlap"],
        is_labeled=json["is_labeled"],
        updated_at=moment(json["updated_at"]),
        annotations=tuple(annotation_of(one) for one in json.get("annotations") or ()),
        predictions=tuple(prediction_of(one) for one in json.get("predictions") or ()),
        inner_id=json.get("inner_id"),
        meta=json.get("meta") or {},
    )


def annotation_of(json: Json) -> StudioAnnotation:
    """Read an annotation."""
    return StudioAnnotation(
        id=json["id"],
        task=json["task"],
        completed_by=_id_of(json["completed_by"]),
        updated_by=json.get("updated_by"),
        result=json["result"] or [],
        was_cancelled=json["was_cancelled"],
        lead_time=json.get("lead_time"),
        created_at=moment(json["created_at"]),
        updated_at=moment(json["updated_at"]),
        parent_prediction=json.get("parent_prediction"),
        unique_id=json.get("unique_id"),
        ground_truth=bool(json.get("ground_truth")),
    )


def prediction_of(json: Json) -> StudioPrediction:
    """Read a prediction."""
    return StudioPrediction(
        id=json["id"],
        task=json["task"],
        model_version=json["model_version"] or "",
        score=json["score"],
        result=json["result"] or [],
        created_at=moment(json["created_at"]),
    )


def view_of(json: Json) -> StudioView:
    """Read a tab."""
    data = json["data"] or {}
    return StudioView(
        id=json["id"],
        title=data.get("title") or "",
        ranges=decode(data.get("filters")),
        ordering=tuple(data.get("ordering") or ()),
        is_all_selected=(data.get("selected") or {}).get("all") is True,
    )


def backend_of(json: Json) -> StudioBackend:
    """Read an ML backend; its state is Label Studio's letters in words, such as `Connected`."""
    return StudioBackend(
        id=json["id"],
        url=json["url"],
        title=json["title"] or "",
        model_version=json["model_version"] or "",
        state=json["readable_state"] or "",
    )


def webhook_of(json: Json) -> StudioWebhook:
    """Read a webhook."""
    return StudioWebhook(id=json["id"], url=json["url"], headers=json["headers"] or {})


def moment(value: str | datetime) -> datetime:
    """Read a moment, which the SDK may have read already."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _id_of(user: int | Json | None) -> int | None:
    """Return the id of a user that some editions spell out; None: the user was deleted."""
    return user if user is None or isinstance(user, int) else int(user["id"])
