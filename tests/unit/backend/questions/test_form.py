"""A form's controls are asked together, and answered as each would be by itself."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pytest

from backend.engines import Asked, Engine
from backend.engines.model_client import ModelClient
from backend.learning.fit import learn
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.pipeline.predictor import predict
from labeling.answers.types import canonical_json
from labeling.form.form import parse
from tests.support.capable_engine import model_of
from tests.support.questions import TEXT, ask, form_of, model_spec_of, sure

MOOD = '<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>'
WHY = (
    '<Choices name="why" toName="text" choice="multiple" visibleWhen="choice-selected" '
    'whenTagName="mood" whenChoiceValue="bad"><Choice value="price"/><Choice value="staff"/>'
    "</Choices>"
)
STARS = '<Rating name="stars" toName="text"/>'
NOTE = '<TextArea name="note" toName="text"/>'
TEXTS = [
    "The waiter was rude and the bill was wrong.",
    "A lovely evening, and the soup was hot.",
    "Fine, but it cost too much for what it was.",
]
TASKS = [{"text": text} for text in TEXTS]


class Counting:
    """Counts how often a model is called."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.calls = 0

    @property
    def model(self) -> ModelClient:
        return ModelClient(self.ask, lambda: self._engine.abilities)

    def ask(self, requests: Sequence[Asked]) -> list[Any]:
        self.calls += 1
        return self._engine.answer(requests)


def test_all_controls_are_asked_at_once(engine: Engine) -> None:
    counting = Counting(engine)
    outcomes = predict(
        model_spec_of(form_of(MOOD, STARS, NOTE)), counting.model, [{"data": one} for one in TASKS]
    )
    assert all(sure(one).parts.keys() == {"mood", "stars", "note"} for one in outcomes)
    assert counting.calls == 1


def test_a_control_is_answered_in_a_pass_of_all_as_in_one_of_its_own(engine: Engine) -> None:
    model_spec = model_spec_of(form_of(MOOD, STARS, NOTE))
    one_by_one = ModelClient(
        lambda requests: [answer for one in requests for answer in engine.answer([one])],
        lambda: engine.abilities,
    )
    tasks = [{"data": one} for one in TASKS]
    for one, other in zip(
        predict(model_spec, model_of(engine), tasks),
        predict(model_spec, one_by_one, tasks),
        strict=True,
    ):
        for name, part in sure(one).parts.items():
            alone = sure(other).parts[name]
            assert part.answer == alone.answer
            assert part.distribution == pytest.approx(alone.distribution, abs=1e-3)
            assert part.confidence == pytest.approx(alone.confidence, abs=1e-3)


def test_what_is_asked_of_a_text_stands_side_by_side(engine: Engine) -> None:
    asked: list[str] = []

    def noted(requests: Sequence[Asked]) -> list[Any]:
        asked.extend(one.context.text for one in requests)
        return engine.answer(requests)

    model = ModelClient(noted, lambda: engine.abilities)
    predict(model_spec_of(form_of(MOOD, STARS, NOTE)), model, [{"data": one} for one in TASKS])
    assert [text for text, _ in groupby(asked)] == list(dict.fromkeys(asked))
    assert set(TEXTS) <= set(asked)


def test_what_does_not_show_is_not_answered(engine: Engine) -> None:
    for outcome in ask(model_spec_of(form_of(MOOD, WHY)), engine, TASKS):
        prediction = sure(outcome)
        assert ("why" in prediction.parts) == (prediction.parts["mood"].answer == "bad")


def test_a_task_is_as_sure_as_all_that_counts(engine: Engine) -> None:
    prediction = sure(ask(model_spec_of(form_of(MOOD, STARS, NOTE)), engine, TASKS)[0])
    counted = prediction.parts["mood"].confidence * prediction.parts["stars"].confidence
    assert prediction.confidence == pytest.approx(counted)


def test_a_setting_says_what_counts(engine: Engine) -> None:
    settings = {"controls": {"stars": {"counts": False}}}
    prediction = sure(ask(model_spec_of(form_of(MOOD, STARS), settings=settings), engine, TASKS)[0])
    assert prediction.confidence == pytest.approx(prediction.parts["mood"].confidence)


def test_people_s_answers_calibrate_every_control_and_the_whole(engine: Engine) -> None:
    form = form_of(MOOD, WHY, STARS)
    said = [
        {"mood": "bad", "why": '["staff"]', "stars": "1"},
        {"mood": "good", "stars": "5"},
        {"mood": "bad", "why": '["price"]', "stars": "3"},
    ]
    answers = [
        HumanAnswer(f"{text} {number}", canonical_json(said[number % 3]))
        for number in range(24)
        for text in [TEXTS[number % 3]]
    ]
    learned, report = learn(model_spec_of(form), TrainingSet(answers=answers), model_of(engine))
    control_model = model_spec_of(form, learned)
    assert control_model.model_version != model_spec_of(form).model_version
    assert set(report["controls"]) == {"mood", "why", "stars"}
    assert learned.whole is not None
    outcome = sure(ask(control_model, engine, TASKS)[1])
    assert outcome.calibrator != "uncalibrated"
    shuffled, _ = learn(model_spec_of(form), TrainingSet(answers=answers[::-1]), model_of(engine))
    assert shuffled.to_json() == learned.to_json()


def test_texts_of_several_objects_are_kept_apart(engine: Engine) -> None:
    form = parse(
        f"""<View>{TEXT}<Text name="reply" value="$reply"/>
        <Choices name="aim" toName="text"><Choice value="praise"/><Choice value="blame"/></Choices>
        <Choices name="tone" toName="reply"><Choice value="kind"/><Choice value="rude"/></Choices>
        </View>"""
    )
    [outcome] = ask(model_spec_of(form), engine, [{"text": TEXTS[0], "reply": "Go away!"}])
    assert sure(outcome).parts.keys() == {"aim", "tone"}
    [lacking] = ask(model_spec_of(form), engine, [{"text": TEXTS[0]}])
    assert "no field 'reply'" in str(lacking)
