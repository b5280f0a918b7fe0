"""Answers and predictions of a choice between moods, as Label Studio takes them."""

from typing import Any

from routing.studio.models import NewAnnotation, NewPrediction, StudioUser


def choice_result(label: str) -> list[dict[str, Any]]:
    """The result that says a label."""
    return [
        {
            "from_name": "sentiment",
            "to_name": "text",
            "type": "choices",
            "value": {"choices": [label]},
        }
    ]


def new_prediction(task: int, score: float = 0.5, version: str = "v1") -> NewPrediction:
    """A prediction of a task."""
    return NewPrediction(task, choice_result("positive"), score, version)


def new_annotation(task: int, by: StudioUser, unique_id: str) -> NewAnnotation:
    """An annotation of a task."""
    return NewAnnotation(task, choice_result("negative"), by.id, unique_id)
