"""Tasks as Label Studio might show them: made by hand, and drawn at random."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from labeling.form.form import parse
from labeling.predictions.label_studio_json import to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from routing.ledger.converters import Reading
from routing.studio.models import StudioAnnotation, StudioPrediction, StudioTask
from tests.support.label_configs import SENTIMENT

FORM = parse(SENTIMENT)
MODEL, ADA, BEN = 1, 2, 3
READING = Reading(FORM, {MODEL: "Tandem", ADA: "Ada", BEN: "Ben"}, MODEL)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def prediction(
    id_: int, task: int, answer: str = "positive", confidence: float = 0.8
) -> StudioPrediction:
    """A prediction of Tandem."""
    other = next(one.value for one in FORM.controls[0].candidates if one.value != answer)
    part = Part(
        answer=answer,
        confidence=confidence,
        distribution={answer: confidence, other: 1 - confidence},
        raw_score=0.6,
        provenance=Provenance("transformers:tiny", "abc", "batch", "platt:40"),
    )
    name = FORM.controls[0].from_name
    made = to_label_studio(FORM, Prediction.alone(name, part, "tiny-12345678"))
    return StudioPrediction(id_, task, made["model_version"], made["score"], made["result"], NOON)


def annotation(
    id_: int, task: int, by: int | None = ADA, answer: str = "negative", **changes: Any
) -> StudioAnnotation:
    """An annotation, saved once at noon."""
    made = StudioAnnotation(
        id=id_,
        task=task,
        completed_by=by,
        updated_by=by,
        result=FORM.encode(answer),
        was_cancelled=False,
        lead_time=4.5,
        created_at=NOON,
        updated_at=NOON,
        parent_prediction=None,
        unique_id=None,
    )
    return replace(made, **changes)


def task(
    id_: int,
    annotations: Sequence[StudioAnnotation] = (),
    predictions: Sequence[StudioPrediction] = (),
    updated_at: datetime = NOON,
) -> StudioTask:
    """A task for one person."""
    return StudioTask(
        id=id_,
        data={"text": f"Text {id_}"},
        overlap=1,
        is_labeled=bool(annotations),
        updated_at=updated_at,
        annotations=tuple(annotations),
        predictions=tuple(predictions),
    )


@st.composite
def looks(draw: st.DrawFn) -> list[StudioTask]:
    """Draw what was seen of a project over time: later looks at a task are newer."""
    seen = []
    for id_ in range(1, draw(st.integers(1, 5)) + 1):
        for minute in range(draw(st.integers(1, 3))):
            answers = draw(st.lists(st.sampled_from([MODEL, ADA, BEN]), max_size=3))
            believed = draw(st.lists(st.floats(0, 1), max_size=2))
            seen.append(
                task(
                    id_,
                    [annotation(id_ * 10 + n, id_, by) for n, by in enumerate(answers)],
                    [
                        prediction(id_ * 10 + n, id_, confidence=confidence)
                        for n, confidence in enumerate(believed)
                    ],
                    NOON + timedelta(minutes=minute),
                )
            )
    return seen
