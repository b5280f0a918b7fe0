"""What is believed of a text that was learned from does not know the answer to it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from backend.learning.fit import learn
from backend.learning.held_out import held_out
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.pipeline.predictor import predict
from labeling.answers.types import canonical_json
from labeling.metrics import expected_calibration_error
from labeling.predictions.prediction import UNCALIBRATED, Prediction
from tests.support.capable_engine import AbleEngine, model_of
from tests.support.questions import form_of, model_spec_of, sure
from tests.support.scripted_model import LABELS, Scores, Vectors, model, model_spec

TEXTS = [f"Text {number}." for number in range(300)]
TRUTH = dict(zip(TEXTS, np.random.default_rng(1).choice(LABELS, len(TEXTS)).tolist(), strict=True))
SAID = dict(
    zip(TEXTS, np.random.default_rng(2).uniform(0.01, 0.99, len(TEXTS)).tolist(), strict=True)
)
OWN = dict(zip(TEXTS, np.random.default_rng(3).normal(0, 0.07, (len(TEXTS), 200)), strict=True))
"""Embeddings by which each text can be told from all others, and nothing else."""

OTHER = {"positive": "negative", "negative": "positive"}


def answers(labels: Mapping[str, str]) -> list[HumanAnswer]:
    return [HumanAnswer(text, label) for text, label in labels.items()]


def accuracy(predictions: Mapping[str, Prediction]) -> float:
    return float(np.mean([one.answer == TRUTH[text] for text, one in predictions.items()]))


class TestNoise:
    """Answers that nothing can tell: neither the model nor the text."""

    training_set = TrainingSet(answers=answers(TRUTH))

    def test_is_not_known_and_not_thought_to_be(self) -> None:
        believed = held_out(model_spec(), self.training_set, model(Scores(SAID)), Vectors(OWN))
        assert believed.keys() == TRUTH.keys()
        assert accuracy(believed) == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / len(TEXTS)))
        assert np.mean([one.confidence for one in believed.values()]) < 0.65


class TestSlips:
    """Answers of which three in ten slipped, to texts that can be told from all others."""

    slipped: ClassVar = dict(
        zip(TEXTS, (np.random.default_rng(4).random(len(TEXTS)) < 0.3).tolist(), strict=True)
    )
    telling = Vectors(
        {text: [0.1 if TRUTH[text] == "positive" else -0.1, *OWN[text]] for text in TEXTS}
    )
    training_set = TrainingSet(
        answers=[
            HumanAnswer(text, OTHER[TRUTH[text]] if slipped else TRUTH[text])
            for text, slipped in slipped.items()
        ]
    )

    def known_slips(self, answers: Mapping[str, str]) -> float:
        """How much more often a slip is believed than an answer that is none is doubted."""
        believes = {one.text: answers[one.text] == one.label for one in self.training_set.answers}
        slips = [believes[text] for text, slipped in self.slipped.items() if slipped]
        doubts = [not believes[text] for text, slipped in self.slipped.items() if not slipped]
        return float(np.mean(slips) - np.mean(doubts))

    def test_are_not_known(self) -> None:
        believed = held_out(model_spec(), self.training_set, model(Scores({})), self.telling)
        answers = {text: one.answer for text, one in believed.items()}
        assert self.known_slips(answers) < 0.02

    def test_are_known_to_what_learned_from_them(self) -> None:
        learned, _ = learn(model_spec(), self.training_set, model(Scores({})), self.telling)
        tasks = [{"data": {"text": text}} for text in TEXTS]
        fitted = replace(model_spec(), learned=learned)
        predicted = predict(fitted, model(Scores({})), tasks, self.telling)
        answers = {text: one.answer for text, one in zip(TEXTS, map(sure, predicted), strict=True)}
        assert self.known_slips(answers) > 0.2


class TestTruth:
    """A model that is surer than it is right, and an embedding that tells more than it."""

    @pytest.fixture
    def training_set(self) -> TrainingSet:
        return TrainingSet(answers=answers(TRUTH), open_texts=[f"Open {n}." for n in range(50)])

    def test_what_is_believed_comes_true(self, training_set: TrainingSet) -> None:
        random = np.random.default_rng(5)
        is_right = random.random(len(TEXTS)) < 0.75
        surety = random.uniform(0.9, 0.999, len(TEXTS))
        said = {
            text: p if (TRUTH[text] == "positive") == right else 1 - p
            for text, right, p in zip(TEXTS, is_right, surety, strict=True)
        }
        believed = held_out(model_spec(), training_set, model(Scores(said)))
        right = np.array([one.answer == TRUTH[text] for text, one in believed.items()])
        confidence = np.array([one.confidence for one in believed.values()])
        assert expected_calibration_error(confidence, right) < 0.05
        assert right.mean() == pytest.approx(is_right.mean(), abs=0.01)

    def test_the_second_opinion_is_asked_where_the_others_speak_for_it(
        self, training_set: TrainingSet
    ) -> None:
        telling = Vectors(
            {
                text: [1.0, 0.0] if TRUTH.get(text) == "positive" else [0.0, 1.0]
                for text in [*TEXTS, *training_set.open_texts]
            }
        )
        believed = held_out(model_spec(), training_set, model(Scores(SAID)), telling)
        assert accuracy(believed) > 0.99


class TestOneAnswer:
    training_set = TrainingSet(answers=answers({text: TRUTH[text] for text in TEXTS[:120]}))

    def believed(self, training_set: TrainingSet) -> Mapping[str, Prediction]:
        return held_out(model_spec(), training_set, model(Scores(SAID)), Vectors(OWN))

    def test_moves_what_is_believed_of_others_and_not_of_its_own_text(self) -> None:
        text = TEXTS[7]
        turned = [
            replace(one, label=OTHER[one.label]) if one.text == text else one
            for one in self.training_set.answers
        ]
        before = self.believed(self.training_set)
        after = self.believed(replace(self.training_set, answers=turned))
        assert after[text] == before[text]
        assert after != before

    def test_is_held_out_with_that_to_another_task_of_the_same_text(self) -> None:
        text = TEXTS[7]
        again = [*self.training_set.answers, HumanAnswer(text, TRUTH[text], 0.9)]
        whole = self.believed(replace(self.training_set, answers=again))
        assert whole[text] == self.believed(self.training_set)[text]

    def test_counts_alike_in_any_order(self) -> None:
        shuffled = replace(self.training_set, answers=self.training_set.answers[::-1])
        assert self.believed(shuffled) == self.believed(self.training_set)

    def test_of_too_few_teaches_nothing(self) -> None:
        few = replace(self.training_set, answers=self.training_set.answers[:9])
        assert self.believed(few) == {}


def test_of_a_form_each_control_has_its_belief() -> None:
    mood, tone = (
        f'<Choices name="{name}" toName="text"><Choice value="{one}"/><Choice value="{other}"/>'
        "</Choices>"
        for name, one, other in (("mood", "good", "bad"), ("tone", "kind", "rude"))
    )
    said = [
        canonical_json({"mood": ["good", "bad"][n % 3 == 0], "tone": "kind"}) for n in range(60)
    ]
    training_set = TrainingSet(answers=[*map(HumanAnswer, TEXTS, said)])
    believed = held_out(model_spec_of(form_of(mood, tone)), training_set, model_of(AbleEngine()))
    one = believed[TEXTS[0]]
    assert len(believed) == 60
    assert {*one.parts["mood"].distribution} == {"good", "bad"}
    assert one.parts["mood"].confidence == pytest.approx(40 / 60, abs=0.1)
    assert one.parts["tone"].confidence > 0.9
    assert one.confidence == pytest.approx(40 / 60, abs=0.1)
    assert one.calibrator != UNCALIBRATED
