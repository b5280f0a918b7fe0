"""Predictions: whole on the way into Label Studio and back, and never out of range."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import AnswerError
from labeling.form.form import parse
from labeling.predictions.label_studio_json import from_label_studio, results_of, to_label_studio
from labeling.predictions.prediction import Failure, OwnAnswer, Part, Prediction, Provenance
from tests.support.label_configs import TOPICS

FORM = parse(TOPICS)
PROBABILITY = st.floats(0, 1).map(lambda p: round(p, 6))


def part(answer: str = "food", own: OwnAnswer | None = None) -> Part:
    return Part(
        answer=answer,
        confidence=0.9,
        distribution={"Sport": 0.1, "food": 0.8, "Travel": 0.1},
        raw_score=0.8,
        provenance=Provenance("transformers:m", "abcd", "batch", "temperature on 60 answers"),
        own=own,
    )


def prediction(confidence: float = 0.9, raw_score: float = 0.8) -> Prediction:
    said = replace(part(), confidence=confidence, raw_score=raw_score)
    return Prediction.alone("topic", said, "m-00000000")


@given(PROBABILITY, PROBABILITY)
def test_a_prediction_survives_label_studio(confidence: float, raw_score: float) -> None:
    whole = prediction(confidence, raw_score)
    stored = json.loads(json.dumps(to_label_studio(FORM, whole)))

    assert from_label_studio(FORM, stored) == whole


@given(PROBABILITY)
def test_the_model_s_own_answer_survives_beside_a_second_opinion(probability: float) -> None:
    behind = replace(part().provenance, second_opinion="second opinion, 200 answers")
    said = replace(part(own=OwnAnswer("Sport", probability)), provenance=behind)
    whole = Prediction.alone("topic", said, "m-00000000")
    stored = to_label_studio(FORM, whole)

    assert from_label_studio(FORM, json.loads(json.dumps(stored))) == whole
    assert stored["result"][0]["meta"]["tandem"]["own"]["label"] == "Sport"


def test_an_own_answer_that_is_no_probability_never_leaves() -> None:
    with pytest.raises(AnswerError, match="not a probability"):
        part(own=OwnAnswer("Sport", 1.5))


@pytest.mark.parametrize("number", [math.nan, math.inf, -0.1, 1.1, 7.5])
def test_what_is_no_probability_never_leaves(number: float) -> None:
    with pytest.raises(AnswerError, match="not a probability"):
        prediction(confidence=number)


def test_an_answer_that_the_form_lacks_never_leaves() -> None:
    with pytest.raises(AnswerError, match="Chess"):
        to_label_studio(FORM, Prediction.alone("topic", part("Chess"), "m-00000000"))


def test_a_failure_keeps_its_place_and_says_why() -> None:
    failures = [Failure("no text"), Failure("no time", is_passing=True)]
    tasks = [{"data": {"text": "A text."}}] * 4
    results = results_of(FORM, [prediction(), *failures, prediction()], tasks, "m-00000000")

    assert [result.get("error") for result in results] == [None, "no text", "no time", None]
    assert [result.get("retry", False) for result in results] == [False, False, True, False]
    assert results[1]["result"] == results[2]["result"] == []


@pytest.mark.parametrize(
    "foreign",
    [
        {"result": [], "score": 0.5, "model_version": "x"},
        {"result": FORM.encode("food"), "score": 0.5, "model_version": "x"},
        {"result": None, "score": None, "model_version": None},
    ],
)
def test_a_prediction_of_somebody_else_is_told_apart(foreign: dict[str, object]) -> None:
    with pytest.raises(AnswerError):
        from_label_studio(FORM, foreign)
