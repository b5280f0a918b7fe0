"""A prediction: the model's answer to one task, and its form in Label Studio."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labeling.errors import AnswerError
from labeling.form import Form

META_KEY = "tandem"
"""The key in a region's `meta` below which the model's belief is kept."""

UNCALIBRATED = "uncalibrated"
"""What stands in place of a calibrator where no people's answers stand behind the confidence."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a prediction came to be: enough to tell two predictions apart.

    Attributes:
        engine: The engine and the model, such as `transformers:SmolLM2-135M-Instruct`.
        prompt: Digest of the prompt's template, instruction and examples.
        prior: The correction of label priors: `none`, `contextual` or `batch`.
        calibrator: `UNCALIBRATED`, or the calibrator's name and how many answers it saw.
        truncated: Whether the text was cut in its middle to fit the model's context.
        second_opinion: What answers in place of the language model; None: nothing does.
        missing: The largest probability that the engine may have kept from any label, in [0, 1].
    """

    engine: str
    prompt: str
    prior: str
    calibrator: str
    truncated: bool = False
    second_opinion: str | None = None
    missing: float = 0.0

    @property
    def is_calibrated(self) -> bool:
        """Whether people's answers stand behind the confidence."""
        return self.calibrator != UNCALIBRATED


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What the language model says itself, where a second opinion answers in its place.

    Attributes:
        label: Its answer, a `Candidate.value`.
        probability: Its calibrated probability that this is right, in [0, 1].
    """

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The model's answer to one task.

    Attributes:
        answer: The answer, a `Candidate.value` of the form's control.
        confidence: Probability that the answer is right, in [0, 1].
        distribution: Probability of every candidate; sums to 1.
        raw_score: The answer's probability before priors and calibration, in [0, 1].
        model_version: The version that answered.
        provenance: How it came to be.
        own: The language model's own answer, where a second opinion gave this one; else None.
    """

    answer: str
    confidence: float
    distribution: Mapping[str, float]
    raw_score: float
    model_version: str
    provenance: Provenance
    own: OwnAnswer | None = None

    def __post_init__(self) -> None:
        """Refuse what Label Studio would store without a word.

        Raises:
            AnswerError: A probability is not a number in [0, 1], or the answer has none.
        """
        own = (self.own.probability,) if self.own else ()
        for number in (self.confidence, self.raw_score, *own, *self.distribution.values()):
            if not (math.isfinite(number) and 0.0 <= number <= 1.0):
                raise AnswerError(f"{number!r} is not a probability")
        if self.answer not in self.distribution:
            raise AnswerError(f"The answer {self.answer!r} has no probability")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one task got no prediction, in one line.

    Attributes:
        error: What is wrong.
        is_passing: Whether asking again may help, since only time was lacking.
    """

    error: str
    is_passing: bool = False


def to_label_studio(form: Form, prediction: Prediction) -> dict[str, Any]:
    """Write a prediction as Label Studio stores it: `result`, `score` and `model_version`.

    Raises:
        AnswerError: The answer is not one of the form's candidates.
    """
    meta: dict[str, Any] = {
        "distribution": {label: round(p, 6) for label, p in prediction.distribution.items()},
        "raw_score": round(prediction.raw_score, 6),
        "engine": prediction.provenance.engine,
        "prompt": prediction.provenance.prompt,
        "prior": prediction.provenance.prior,
        "calibrator": prediction.provenance.calibrator,
        "truncated": prediction.provenance.truncated,
    }
    if prediction.provenance.missing > 0:
        meta["missing"] = round(prediction.provenance.missing, 6)
    if prediction.provenance.second_opinion is not None:
        meta["second_opinion"] = prediction.provenance.second_opinion
    if prediction.own:
        probability = round(prediction.own.probability, 6)
        meta["own"] = {"label": prediction.own.label, "probability": probability}
    regions = form.control.encode(prediction.answer)
    for region in regions:
        region["score"] = prediction.confidence
        region["meta"] = {META_KEY: meta}
    return {
        "result": regions,
        "score": prediction.confidence,
        "model_version": prediction.model_version,
    }


def from_label_studio(form: Form, payload: Mapping[str, Any]) -> Prediction:
    """Read a prediction of Tandem back from Label Studio's form.

    Raises:
        AnswerError: It is not a prediction of Tandem, or not an answer of the form.
    """
    regions = payload.get("result") or []
    answer = form.control.decode(regions)
    if answer is None:
        raise AnswerError("The prediction holds no answer")
    try:
        meta = regions[0]["meta"][META_KEY]
        own = meta.get("own")
        return Prediction(
            answer=answer,
            confidence=float(payload["score"]),
            distribution={str(label): float(p) for label, p in meta["distribution"].items()},
            raw_score=float(meta["raw_score"]),
            model_version=str(payload["model_version"]),
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
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise AnswerError(f"This is not a prediction of Tandem: {error!r} is amiss") from error


def results_of(form: Form, outcomes: list[Prediction | Failure]) -> list[dict[str, Any]]:
    """Write outcomes as the `results` of `/predict`: one a task, in order.

    A failure becomes an empty result with an `error`, which Label Studio shows as no pre-label, and
    with `retry` where asking again may help.
    """
    return [
        to_label_studio(form, outcome) if isinstance(outcome, Prediction) else _empty(outcome)
        for outcome in outcomes
    ]


def _empty(failure: Failure) -> dict[str, Any]:
    retry = {"retry": True} if failure.is_passing else {}
    return {"result": [], "score": 0.0, "error": failure.error, **retry}
