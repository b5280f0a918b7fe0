"""A training's learners have a place in a version only where they earn it, and then they serve."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from backend.calibration.calibration_pipeline import ALONE
from backend.calibration.learned_state import LearnedState
from backend.learning.fit import Lesson, lesson_of
from backend.learning.held_out import held_out
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.learning.version_with_learners import (
    TrainedLearner,
    VersionWithLearners,
    version_with_learners,
)
from backend.pipeline.predictor import predict
from labeling.mathtypes import Floats
from labeling.predictions.prediction import Prediction
from tests.support.capable_engine import AbleEngine, model_of
from tests.support.questions import form_of, model_spec_of
from tests.support.scripted_model import LABELS, Scores, model, model_spec

TEXTS = [f"Text {number}." for number in range(400)]
TRUTH = dict(zip(TEXTS, np.random.default_rng(1).choice(LABELS, len(TEXTS)).tolist(), strict=True))
SAID = dict(
    zip(TEXTS, np.random.default_rng(2).uniform(0.2, 0.8, len(TEXTS)).tolist(), strict=True)
)
ASKED = model(Scores(SAID))
TRAINING_SET = TrainingSet(
    answers=[HumanAnswer(text, TRUTH[text]) for text in TEXTS[:200]], open_texts=TEXTS[200:300]
)
FRESH = TEXTS[300:]
DIGEST = "d" * 64
[NAME] = [question.control.from_name for question in model_spec().questions]


def knowing(texts: Sequence[str], share: float) -> Floats:
    """What somebody believes who knows so large a share of the labels, and says .9 of all."""
    rng = np.random.default_rng(7)
    rows = []
    for text in texts:
        is_known = rng.random() < share
        label = TRUTH[text] if is_known else str(rng.choice(LABELS))
        rows.append([0.9 if one == label else 0.1 for one in LABELS])
    return np.array(rows)


@cache
def heavier(share: float) -> tuple[Lesson, Mapping[str, Prediction], VersionWithLearners]:
    lesson = lesson_of(model_spec(), TRAINING_SET, ASKED)
    believed = held_out(model_spec(), TRAINING_SET, ASKED)
    material = lesson.materials[NAME]
    assert material.open_
    learner = TrainedLearner(
        knowing(material.known.texts, share), knowing(material.open_.texts, share), DIGEST
    )
    trained = {NAME: {"tuned-embedding": learner}}
    return lesson, believed, version_with_learners(model_spec(), lesson, believed, trained)


def accuracy(predictions: Mapping[str, Prediction]) -> float:
    return float(np.mean([one.answer == TRUTH[text] for text, one in predictions.items()]))


class TestOneThatKnows:
    def test_answers_and_is_believed_by_what_it_said_out_of_fold(self) -> None:
        _, before, version = heavier(0.8)
        assert version.artefacts == [DIGEST]
        assert version.held_out.keys() == before.keys()
        assert accuracy(before) < 0.65
        assert accuracy(version.held_out) > 0.8
        confidence = np.mean([one.confidence for one in version.held_out.values()])
        assert confidence == pytest.approx(accuracy(version.held_out), abs=0.05)

    def test_moves_the_model_version(self) -> None:
        lesson, _, version = heavier(0.8)
        spec = model_spec()
        before, now = (
            replace(spec, learned=one).model_version for one in (lesson.learned, version.learned)
        )
        assert before != now
        assert {one.model_version for one in version.held_out.values()} == {now}

    def test_is_asked_where_tasks_are_predicted(self) -> None:
        _, _, version = heavier(0.8)
        asked: list[str] = []

        def classify(
            learner: str, digest: str, texts: Sequence[str], embeddings: Floats | None
        ) -> Floats:
            assert (learner, embeddings) == ("tuned-embedding", None)
            asked.append(digest)
            return knowing(texts, 0.8)

        tasks = [{"data": {"text": text}} for text in FRESH]
        spec = replace(model_spec(), learned=version.learned)
        outcomes = predict(spec, ASKED, tasks, classify=classify)
        right = {
            t: one for t, one in zip(FRESH, outcomes, strict=True) if isinstance(one, Prediction)
        }
        assert len(right) == len(FRESH)
        assert asked == [DIGEST]
        assert accuracy(right) > 0.75

    def test_is_kept_with_the_state(self) -> None:
        _, _, version = heavier(0.8)
        assert LearnedState.from_json(version.learned.to_json()) == version.learned

    def test_a_state_whose_learner_is_not_kept_is_refused(self) -> None:
        _, _, version = heavier(0.8)
        content = version.learned.to_json()
        content["controls"][NAME]["artefacts"] = {}
        with pytest.raises(ValueError, match="not kept"):
            LearnedState.from_json(content)

    def test_without_its_weights_the_rest_answers(self) -> None:
        _, _, version = heavier(0.8)
        control_model = version.learned.controls[NAME].without({DIGEST})
        assert control_model.artefacts == {}
        assert control_model.calibration
        assert control_model.calibration.learners == []
        assert version.learned.controls[NAME].without({"other"}) == version.learned.controls[NAME]

    def test_the_report_says_what_it_brought(self) -> None:
        _, _, version = heavier(0.8)
        told = version.report["learners"]
        assert told["weights"]["tuned-embedding"] > 0.5
        losses = {name: one["log_loss"]["value"] for name, one in told["learners"].items()}
        assert losses["tuned-embedding"] < losses["language model"]


class TestOneThatKnowsNothing:
    def test_changes_nothing(self) -> None:
        lesson, before, version = heavier(0.0)
        assert version.learned == lesson.learned
        assert version.held_out == before
        assert version.artefacts == []
        assert version.report["learners"]["weights"] == {ALONE: 1.0}


def test_of_a_form_of_several_controls_the_whole_is_calibrated_by_what_was_held_out() -> None:
    form = form_of(
        '<Choices name="a" toName="text"><Choice value="x"/><Choice value="y"/></Choices>'
        '<Choices name="b" toName="text"><Choice value="x"/><Choice value="y"/></Choices>'
    )
    rng = np.random.default_rng(3)
    truth = rng.choice(["x", "y"], (120, 2))
    items = [form.item_of({"data": {"text": text}}) for text in TEXTS[:120]]
    said = [str(form.answer({"a": a, "b": b})) for a, b in truth.tolist()]
    training_set = TrainingSet(answers=[*map(HumanAnswer, items, said)])
    spec, asked = model_spec_of(form), model_of(AbleEngine())
    lesson = lesson_of(spec, training_set, asked)
    before = held_out(spec, training_set, asked)
    label = dict(zip(items, truth.tolist(), strict=True))
    learners = {
        control: {
            "lora": TrainedLearner(
                np.array([[0.9, 0.1] if label[key][place] == "x" else [0.1, 0.9] for key in keys]),
                None,
                DIGEST,
            )
        }
        for place, control in enumerate(("a", "b"))
        if (keys := lesson.materials[control].known.keys)
    }
    version = version_with_learners(spec, lesson, before, learners)
    answers = {key: one.answer for key, one in version.held_out.items()}
    assert np.mean([answers[key] == one for key, one in zip(items, said, strict=True)]) > 0.95
    assert np.mean([one.confidence for one in version.held_out.values()]) > 0.85
