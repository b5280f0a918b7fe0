"""Predictions as Label Studio stores them, and read back from there."""

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.answers.types import AnswerType, canonical_json, canonical_regions, regions_of
from labeling.controls import Control, Region
from labeling.errors import AnswerError
from labeling.form.form import Form
from labeling.predictions.prediction import Failure, OwnAnswer, Part, Prediction, Provenance
from labeling.protocol.predict import TaskResult

META_KEY = "tandem"
"""The key in a region's `meta` below which the model's belief is kept."""


def to_label_studio(form: Form, prediction: Prediction, item: str = "") -> TaskResult:
    """Write a prediction as Label Studio stores it: `result`, `score` and `model_version`.

    The first region of each control carries in its `meta` what is believed of the control. What is
    believed of a control whose answer is empty, and has no region, stands in the first region of
    all under `empty`. A prediction without any region has nowhere to carry it in Label Studio; its
    `calibrator` stands beside the result.

    Args:
        form: The form.
        prediction: The model's answer.
        item: What the task shows, which spans are cut from.

    Returns:
        The result, without what only a failure has.

    Raises:
        AnswerError: It is no answer of the form.
    """
    regions, empty = [], {}
    for control in form.controls:
        if control.from_name not in prediction.parts:
            continue
        part = prediction.parts[control.from_name]
        own = form.to_stored_offsets(
            _scored(control, part, form.shown(item)[control.to_name]), item
        )
        if own:
            own[0]["meta"] = {META_KEY: _meta(part)}
        else:
            empty[control.from_name] = _meta(part)
        regions += own
    if regions and empty:
        regions[0]["meta"] = {META_KEY: {**regions[0]["meta"][META_KEY], "empty": empty}}
    result = TaskResult(
        result=regions, score=prediction.confidence, model_version=prediction.model_version
    )
    return result if regions else {**result, "calibrator": prediction.calibrator}


def from_label_studio(form: Form, payload: Mapping[str, Any], item: str = "") -> Prediction:
    """Read a prediction of Tandem back from Label Studio's form.

    Args:
        form: The form.
        payload: What Label Studio stores.
        item: What the task shows, in whose texts spans are counted.

    Returns:
        The prediction, with its provenance.

    Raises:
        AnswerError: It is not a prediction of Tandem, or not an answer of the form.
    """
    regions = payload.get("result") or []
    answer = form.decode(regions, item)
    if answer is None:
        raise AnswerError("The prediction holds no answer")
    try:
        metas = {**_empty_metas(regions), **_metas(regions)}
        parts = {
            name: _part(
                part_answer, metas[name], float(payload["score"]), is_only=form.only is not None
            )
            for name, part_answer in form.answers(answer).items()
        }
        return Prediction(answer, float(payload["score"]), str(payload["model_version"]), parts)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise AnswerError(
            f"This is not a prediction of Tandem: {error!r} is missing or malformed"
        ) from error


def _scored(control: Control, part: Part, text: str) -> list[Region]:
    """Write an answer, each region with its probability."""
    if control.answer_type is not AnswerType.REGIONS:
        regions = control.encode(part.answer, text)
        return [{**region, "score": _score(region, part)} for region in regions]
    return [
        {
            **region,
            "score": part.distribution.get(canonical_json([*span, part_answer]), part.confidence),
        }
        for span, part_answer in regions_of(part.answer).items()
        for region in control.encode(canonical_regions({span: part_answer}), text)
    ]


def _score(region: Region, part: Part) -> float:
    """Return a span its own probability, and every other region its control's."""
    value = region["value"]
    if "start" not in value:
        return part.confidence
    [label] = value[region["type"]]
    return part.distribution.get(
        canonical_json([value["start"], value["end"], label]), part.confidence
    )


def _meta(part: Part) -> dict[str, Any]:
    """Write what is believed of a control, beside answer and confidence."""
    provenance = part.provenance
    meta: dict[str, Any] = {
        "confidence": round(part.confidence, 6),
        "distribution": {label: round(p, 6) for label, p in part.distribution.items()},
        "raw_score": round(part.raw_score, 6),
        "engine": provenance.engine,
        "prompt": provenance.prompt,
        "prior": provenance.prior,
        "calibrator": provenance.calibrator,
        "truncated": provenance.truncated,
    }
    if provenance.missing > 0:
        meta["missing"] = round(provenance.missing, 6)
    if provenance.second_opinion is not None:
        meta["second_opinion"] = provenance.second_opinion
    if part.own:
        meta["own"] = {"label": part.own.label, "probability": round(part.own.probability, 6)}
    return meta


def _metas(regions: Sequence[Region]) -> dict[str, Mapping[str, Any]]:
    """Return what is believed of each control that has a region, by its name."""
    return {
        region["from_name"]: region["meta"][META_KEY]
        for region in regions
        if META_KEY in (region.get("meta") or {})
    }


def _empty_metas(regions: Sequence[Region]) -> Mapping[str, Mapping[str, Any]]:
    """Return what is believed of the controls that have no region, by their name."""
    metas = [(region.get("meta") or {}).get(META_KEY) or {} for region in regions]
    return next((meta["empty"] for meta in metas if "empty" in meta), {})


def _part(answer: str, meta: Mapping[str, Any], score: float, *, is_only: bool) -> Part:
    own = meta.get("own")
    return Part(
        answer=answer,
        confidence=score if is_only else float(meta["confidence"]),
        distribution={str(label): float(p) for label, p in meta["distribution"].items()},
        raw_score=float(meta["raw_score"]),
        provenance=Provenance(
            engine=str(meta["engine"]),
            prompt=str(meta["prompt"]),
            prior=str(meta["prior"]),
            calibrator=str(meta["calibrator"]),
            truncated=bool(meta["truncated"]),
            second_opinion=meta.get("second_opinion"),
            missing=float(meta.get("missing", 0.0)),
        ),
        own=own and OwnAnswer(str(own["label"]), float(own["probability"])),
    )


def results_of(
    form: Form, outcomes: Sequence[Prediction | Failure], tasks: Sequence[Any], model_version: str
) -> list[TaskResult]:
    """Write outcomes as the `results` of `/predict`.

    A failure becomes an empty result with an `error`, which Label Studio shows as no pre-label, and
    with `retry` where asking again may help.

    Args:
        form: The form.
        outcomes: One per task.
        tasks: What they are about, as Label Studio sent them.
        model_version: Which version answered.

    Returns:
        One result per task, in order.
    """
    return [
        to_label_studio(form, outcome, form.item_of(task))
        if isinstance(outcome, Prediction)
        else _empty(outcome, model_version)
        for outcome, task in zip(outcomes, tasks, strict=True)
    ]


def _empty(failure: Failure, model_version: str) -> TaskResult:
    result = TaskResult(result=[], score=0.0, model_version=model_version, error=failure.error)
    return {**result, "retry": True} if failure.is_passing else result
