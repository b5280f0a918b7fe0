"""A training set becomes calibrator, second opinion and last step, as far as nothing fails."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backend.calibration.calibration_pipeline import CalibrationPipeline
from backend.calibration.learned_state import LearnedState
from backend.embedding import Vector
from backend.learning.fit import learn
from backend.learning.training_set import HumanAnswer, TrainingSet, shares_of
from backend.pipeline.predictor import predict
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError, TandemError
from labeling.predictions.prediction import Failure, Part, Prediction
from tests.support.scripted_model import EMBEDDING, LABELS, Scores, Vectors, model, model_spec

TEXTS = [f"Text {number}." for number in range(400)]
_random = np.random.default_rng(0)
TRUTH = dict(zip(TEXTS, _random.choice(LABELS, len(TEXTS)).tolist(), strict=True))
SURE = dict(zip(TEXTS, _random.uniform(0.7, 0.99, len(TEXTS)).tolist(), strict=True))
IS_RIGHT = dict(zip(TEXTS, (_random.random(len(TEXTS)) < 0.7).tolist(), strict=True))

score = model(
    Scores(
        {
            text: SURE[text] if (TRUTH[text] == "positive") == IS_RIGHT[text] else 1 - SURE[text]
            for text in TEXTS
        }
    )
)
"""A model that is right on 7 texts of 10, and always surer than that."""

honest = model(
    Scores(
        {
            text: SURE[text] if (TRUTH[text] == "positive") == is_right else 1 - SURE[text]
            for text, is_right in zip(
                TEXTS, _random.random(len(TEXTS)) < [*SURE.values()], strict=True
            )
        }
    )
)
"""A model that is right as often as it says."""

telling = {text: [1.0, 0.0] if TRUTH[text] == "positive" else [0.0, 1.0] for text in TEXTS}
"""Embeddings that give the truth away."""

TRAINING_SET = TrainingSet(
    texts=TEXTS[:50],
    answers=[HumanAnswer(text, TRUTH[text]) for text in TEXTS[:200]],
    open_texts=TEXTS[200:],
)
SHUFFLED = TrainingSet(
    texts=TRAINING_SET.texts[::-1],
    answers=TRAINING_SET.answers[::-1],
    open_texts=TRAINING_SET.open_texts[::-1],
)


def answers(learned: LearnedState, embed: Vectors) -> list[Prediction]:
    tasks = [{"data": {"text": text}} for text in TEXTS[200:]]
    outcomes = predict(model_spec(learned), score, tasks, embed)
    return [outcome for outcome in outcomes if isinstance(outcome, Prediction)]


def part_of(prediction: Prediction) -> Part:
    """What is said to the only control."""
    [part] = prediction.parts.values()
    return part


def calibration_of(learned: LearnedState) -> CalibrationPipeline:
    """What was learned about the only control."""
    [control_model] = learned.controls.values()
    assert control_model.calibration is not None
    return control_model.calibration


class TestSecondOpinion:
    def test_answers_where_it_beats_the_model(self) -> None:
        learned, report = learn(model_spec(), TRAINING_SET, score, Vectors(telling))
        predictions = answers(learned, Vectors(telling))
        right = [p.answer == TRUTH[text] for p, text in zip(predictions, TEXTS[200:], strict=True)]
        assert report["second_opinion"]["is_used"]
        assert report["embedding"] == "scripted-embedding"
        assert np.mean(right) > 0.95

    def test_leaves_the_model_s_own_answer_beside_its_own(self) -> None:
        learned, _ = learn(model_spec(), TRAINING_SET, score, Vectors(telling))
        predictions = answers(learned, Vectors(telling))
        kept = [part_of(prediction).own for prediction in predictions]
        right = [
            own is not None and (own.label == TRUTH[text]) == IS_RIGHT[text]
            for own, text in zip(kept, TEXTS[200:], strict=True)
        ]
        assert all(right)
        assert part_of(predictions[0]).provenance.second_opinion == "second opinion, 200 answers"

    def test_stays_silent_where_it_does_not(self) -> None:
        noise = dict(zip(TEXTS, _random.normal(size=(len(TEXTS), 2)).tolist(), strict=True))
        learned, report = learn(model_spec(), TRAINING_SET, honest, Vectors(noise))
        assert not report["second_opinion"]["is_used"]
        assert "nats an answer" in report["second_opinion"]["why"]
        embed = Vectors(noise)
        assert part_of(answers(learned, embed)[0]).own is None
        assert embed.asked == []

    def test_is_not_asked_on_few_answers(self) -> None:
        few = TrainingSet(answers=TRAINING_SET.answers[:60])
        _, report = learn(model_spec(), few, score, Vectors(telling))
        assert report["second_opinion"] == {"is_used": False, "why": "fewer than 100 answers"}

    def test_gives_way_to_the_model_where_its_embedding_is_gone(self) -> None:
        learned, _ = learn(model_spec(), TRAINING_SET, score, Vectors(telling))
        whole, without = model_spec(learned), model_spec(learned, embedding=None)
        [outcome] = predict(without, score, [{"data": {"text": TEXTS[300]}}])
        assert isinstance(outcome, Prediction)
        assert part_of(outcome).own is None
        assert part_of(outcome).provenance.is_calibrated
        assert outcome.model_version == without.model_version != whole.model_version

    def test_leaves_texts_that_found_no_time_to_be_asked_again(self) -> None:
        def slow(texts: Sequence[str]) -> list[Vector | TandemError]:
            return [*Vectors(telling)(texts[:1]), RetryLater("no time"), EngineError("odd")]

        learned, _ = learn(model_spec(), TRAINING_SET, score, Vectors(telling))
        tasks = [{"data": {"text": text}} for text in TEXTS[:3]]
        first, *others = predict(model_spec(learned), score, tasks, slow)
        assert isinstance(first, Prediction)
        assert others == [Failure("no time.", is_passing=True), Failure("odd.")]


class TestEmbeddingThatFails:
    def test_does_not_stop_learning(self) -> None:
        def broken(_: Sequence[str]) -> list[Vector | TandemError]:
            raise EngineError("The embedding model cannot be loaded")

        learned, report = learn(model_spec(), TRAINING_SET, score, broken)
        assert report["embedding"] == "none: The embedding model cannot be loaded."
        assert not calibration_of(learned).needs_embedding

    def test_on_one_text_does_not_either(self) -> None:
        def broken(texts: Sequence[str]) -> list[Vector | TandemError]:
            return [EngineError("odd"), *Vectors(telling)(texts[1:])]

        assert learn(model_spec(), TRAINING_SET, score, broken)[1]["embedding"] == "none: odd."

    def test_for_lack_of_time_asks_to_be_asked_again(self) -> None:
        def slow(texts: Sequence[str]) -> list[Vector | TandemError]:
            return [RetryLater("no time") for _ in texts]

        with pytest.raises(RetryLater):
            learn(model_spec(), TRAINING_SET, score, slow)


class TestTrainingSet:
    def test_in_any_order_gives_the_same(self) -> None:
        one, first = learn(model_spec(), TRAINING_SET, score, Vectors(telling))
        other, second = learn(model_spec(), SHUFFLED, score, Vectors(telling))
        assert other.to_json() == one.to_json()
        assert first == second

    @pytest.mark.parametrize(
        "change",
        [
            {"answers": TRAINING_SET.answers[1:]},
            {"texts": TEXTS[:49]},
            {"answers": [HumanAnswer(a.text, a.label, 0.9) for a in TRAINING_SET.answers]},
        ],
        ids=["answers", "texts", "probabilities"],
    )
    def test_that_differs_is_another_version(self, change: dict[str, Any]) -> None:
        versions = {
            model_spec(learn(model_spec(), training_set, score, Vectors(telling))[0]).model_version
            for training_set in (TRAINING_SET, replace(TRAINING_SET, **change))
        }
        assert len(versions) == 2

    def test_of_open_texts_states_what_is_to_be_expected_of_them(self) -> None:
        _, report = learn(model_spec(), TRAINING_SET, score)
        wrong = 1 - np.mean([IS_RIGHT[text] for text in TEXTS[200:]])
        assert report["open"]["texts"] == 200
        assert report["open"]["expected_error"] == pytest.approx(wrong, abs=0.07)

    def test_is_matched_to_open_texts_where_people_saw_others(self) -> None:
        doubtful = [text for text in TEXTS if SURE[text] < 0.85]
        safe = [text for text in TEXTS if SURE[text] >= 0.85]
        probability = {
            text: SURE[text] if number % 2 else 1 - SURE[text] for number, text in enumerate(safe)
        }
        probability |= {
            text: SURE[text] if number % 5 else 1 - SURE[text]
            for number, text in enumerate(doubtful)
        }
        training_set = TrainingSet(
            answers=[HumanAnswer(text, "positive") for text in [*doubtful, *safe[:40]]],
            open_texts=safe[40:],
        )
        learned, report = learn(model_spec(), training_set, model(Scores(probability)))
        other, _ = learn(
            model_spec(), replace(training_set, open_texts=safe[41:]), model(Scores(probability))
        )
        assert calibration_of(learned).description.endswith(
            f"; matched to {len(safe) - 40} open texts"
        )
        assert report["open"]["last_step"]["effective"] < len(training_set.answers)
        assert model_spec(other).model_version != model_spec(learned).model_version

    def test_reports_in_json_what_is_better_out_of_fold(self) -> None:
        _, report = learn(model_spec(), TRAINING_SET, score)
        assert json.loads(json.dumps(report)) == report
        before, after = report["before"], report["after"]
        assert set(after) == {"accuracy", "log_loss", "ece", "auroc"}
        for name in ("log_loss", "ece"):
            assert after[name]["value"] < before[name]["value"]
            assert after[name]["low"] <= after[name]["value"] <= after[name]["high"]
        assert "beats" in report["chosen"]["why"]

    def test_of_nine_answers_calibrates_nothing(self) -> None:
        embed = Vectors(telling)
        learned, report = learn(
            model_spec(), TrainingSet(answers=TRAINING_SET.answers[:9]), score, embed
        )
        assert (report["calibrator"], learned.controls) == ("uncalibrated", {})
        assert embed.asked == []
        assert learned.content == ""


def test_the_embedding_s_digest_is_kept() -> None:
    learned, _ = learn(model_spec(), TRAINING_SET, score, Vectors(telling))
    assert learned.embedding == EMBEDDING.digest


class TestOpinions:
    """Of a control that asks for an opinion, the model learns the share of people who say what."""

    def taught(self, positive: float) -> TrainingSet:
        shares = shares_of({"topic": {"positive": positive, "negative": 1 - positive}})
        answers = [HumanAnswer(text, "positive", 0.99, shares) for text in TEXTS[:200]]
        return replace(TRAINING_SET, answers=answers, open_texts=())

    def test_confidence_becomes_the_share_of_people_who_agree(self) -> None:
        sure = model(Scores(dict.fromkeys(TEXTS, 0.95)))
        learned, report = learn(model_spec(), self.taught(0.6), sure)
        predictions = predict(model_spec(learned), sure, [{"data": {"text": TEXTS[300]}}])
        [prediction] = predictions
        assert isinstance(prediction, Prediction)
        assert part_of(prediction).confidence == pytest.approx(0.6, abs=0.03)
        assert report["answers"] == 200

    def test_another_share_moves_the_model_version(self) -> None:
        versions = {
            model_spec(learn(model_spec(), self.taught(share), score)[0]).model_version
            for share in (0.6, 0.61)
        }
        assert len(versions) == 2

    def test_labels_that_are_offered_no_more_are_left_out(self) -> None:
        shares = shares_of({"topic": {"positive": 0.3, "negative": 0.3, "mixed": 0.4}})
        answers = [HumanAnswer(text, "positive", 0.99, shares) for text in TEXTS[:200]]
        sure = model(Scores(dict.fromkeys(TEXTS, 0.95)))
        learned, _ = learn(model_spec(), replace(TRAINING_SET, answers=answers), sure)
        [prediction] = predict(model_spec(learned), sure, [{"data": {"text": TEXTS[300]}}])
        assert isinstance(prediction, Prediction)
        assert part_of(prediction).confidence == pytest.approx(0.5, abs=0.03)
