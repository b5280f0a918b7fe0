"""What is asked of regions is put to the model once these are found, and about each of them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from backend.calibration.learned_state import LearnedState
from backend.engines import Asked, Engine, GenerateRequest, Generation, Request, Scored
from backend.engines.model_client import ModelClient
from backend.learning.fit import learn
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.pipeline.predictor import predict
from backend.prompts.frame import BEHIND
from backend.questions.item import item_of
from backend.questions.per_region import PerRegionQuestion, name_of
from labeling.answers.types import canonical_json, regions_of, spans_of
from labeling.errors import EngineError
from labeling.form.form import Form
from labeling.predictions.label_studio_json import from_label_studio, to_label_studio
from labeling.predictions.prediction import Part, Prediction
from tests.support.capable_engine import AbleEngine, model_of
from tests.support.questions import ask, ask_question, form_of, model_spec_of, sure

LABELS = '<Labels name="things" toName="text"><Label value="Food"/><Label value="Staff"/></Labels>'
FEELING = (
    '<Header value="How was it?"/><Choices name="feeling" toName="text" perRegion="true" {}>'
    '<Choice value="good"/><Choice value="bad"/></Choices>'
)
TEXT = "The soup was cold, the waiter a joy."
GOOD = {"soup": 0.125, "waiter": 0.75}


class Reader(AbleEngine):
    """Finds soups and waiters, at some probability, and knows how likely each is good.

    Args:
        found: The probability of what it finds, by span.
        broken: The span that it fails at.
    """

    def __init__(self, found: dict[str, float] | None = None, broken: str = "none") -> None:
        super().__init__()
        self.scored: list[Request] = []
        self._found = found or {"soup": 0.9, "waiter": 0.8}
        self._broken = broken

    def generate(self, requests: Sequence[GenerateRequest]) -> list[Generation | EngineError]:
        self.asked += requests
        return [self._listed(one) for one in requests]

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        self.scored += requests
        return [self._judged(one.context.after) for one in requests]

    def _listed(self, request: GenerateRequest) -> Generation:
        wanted = "soup" if "food" in request.context.after else "waiter"
        names = [wanted] if wanted in request.context.text and wanted in self._found else []
        text = json.dumps(names)
        probability = self._found.get(wanted, 1.0)
        ends = (2, len(text) - 2, len(text)) if names else (len(text),)
        logprobs = np.log([1.0, probability, 1.0]) if names else np.log([0.75])
        return Generation(text, logprobs, token_ends=ends)

    def _judged(self, question: str) -> Scored | EngineError:
        if self._broken in question:
            return EngineError("It stumbled")
        good = next((p for name, p in GOOD.items() if name in question), 0.5)
        return Scored(np.log([good, 1 - good]))


def form(attributes: str = "") -> Form:
    return form_of(LABELS, FEELING.format(attributes))


def answered(engine: AbleEngine, asked: Form, learned: LearnedState | None = None) -> Prediction:
    [outcome] = ask(model_spec_of(asked, learned), engine, [{"text": TEXT}])
    return sure(outcome)


def said(prediction: Prediction, control: str = "feeling") -> dict[str, str]:
    """What is said of each span, by its words."""
    return {
        TEXT[start:end]: answer
        for (start, end, _), answer in regions_of(prediction.parts[control].answer).items()
    }


def test_each_span_that_was_found_is_asked_about() -> None:
    assert said(answered(Reader(), form())) == {"soup": "bad", "waiter": "good"}


def test_the_question_names_the_span_below_the_text() -> None:
    reader = Reader()
    answered(reader, form())
    *_, soup, waiter = [one.context for one in reader.scored]
    assert soup.text == waiter.text == TEXT
    assert soup.after == "\nAbout “soup”:\nHow was it?"
    assert waiter.after == "\nAbout “waiter”:\nHow was it?"
    assert "How was it? good, bad." in soup.before


def test_of_several_that_read_the_same_the_question_tells_which() -> None:
    text = "Soup again, soup for lunch, but the best of all that I ate was the soup by the sea."
    start = text.rindex("soup")
    assert name_of(text, (start, start + 4, "Food")) == (
        "About “soup” in “but the best of all that I ate was the soup by the sea.”:"
    )


def test_a_span_over_several_lines_stands_on_one() -> None:
    [_, question] = model_spec_of(form()).questions
    assert isinstance(question, PerRegionQuestion)
    asked = form().text_of({"text": "cold\r\nsoup\x1e"})
    item = question.about(item_of(form(), asked), (0, 11, "Food"))
    assert item.prompt.split(BEHIND) == ["cold soup", "About “cold soup”:"]


def test_its_confidence_is_that_of_all_it_says_and_each_has_its_own() -> None:
    part = answered(Reader(), form()).parts["feeling"]
    soup, waiter = part.distribution.values()
    assert list(part.distribution) == ['[4,8,"Food","bad"]', '[23,29,"Staff","good"]']
    assert [soup, waiter] == pytest.approx([0.875, 0.75])
    assert part.confidence == pytest.approx(soup * waiter)
    assert part.raw_score == pytest.approx(0.875 * 0.75)
    assert part.provenance.prior == "contextual"


def test_only_what_stands_in_the_answer_is_asked_about() -> None:
    """A span that is thought unlikely is none, whatever would be said of it."""
    prediction = answered(Reader({"soup": 0.9, "waiter": 0.2}), form())
    assert spans_of(prediction.parts["things"].answer) == [(4, 8, "Food")]
    assert said(prediction) == {"soup": "bad"}


def test_only_the_labels_that_are_named_are_asked_about() -> None:
    assert said(answered(Reader(), form('whenLabelValue="Staff"'))) == {"waiter": "good"}


def test_where_nothing_is_found_nothing_is_asked() -> None:
    reader = Reader({"none": 1.0})
    prediction = answered(reader, form('required="true"'))
    assert form().answers(prediction.answer) == {"things": "[]", "feeling": "[]"}
    assert prediction.parts["feeling"].confidence == 1.0
    assert not any("About" in one.context.after for one in reader.scored)


def test_a_span_that_cannot_be_asked_about_fails_its_task_alone() -> None:
    texts = [{"text": "No food."}, {"text": TEXT}, {"text": "A soup."}]
    fine, broken, other = ask(model_spec_of(form()), Reader(broken="waiter"), texts)
    assert sure(fine)
    assert sure(other)
    assert not isinstance(broken, Prediction)
    assert "stumbled" in broken.error


@pytest.mark.parametrize(
    "control",
    [
        FEELING.format('choice="multiple"'),
        FEELING.format('choice="multiple" required="true"'),
        '<Rating name="feeling" toName="text" perRegion="true"/>',
        '<Number name="feeling" toName="text" perRegion="true" min="0" max="9"/>',
        '<Taxonomy name="feeling" toName="text" perRegion="true"><Choice value="a">'
        '<Choice value="b"/></Choice><Choice value="c"/></Taxonomy>',
    ],
    ids=["several", "some", "rating", "number", "tree"],
)
def test_whatever_is_asked_of_regions_can_be_stored_and_read_back(
    control: str, engine: Engine
) -> None:
    asked, text = form_of(LABELS, control), "“Zoë” 👩‍👩‍👧 ate\r\nsoup &amp; <b>ham</b>"
    marked = canonical_json([[1, 4, "Staff"], [8, 19, "Food"]])
    [_, question] = model_spec_of(asked).questions
    item = replace(item_of(asked, text), found={"things": marked})
    [part] = ask_question(question, item, engine)
    assert isinstance(part, Part)
    answer = asked.answer({"things": marked, "feeling": part.answer})
    assert answer is not None
    prediction = Prediction(
        answer, 0.5, "v1", {"things": replace(part, answer=marked), "feeling": part}
    )
    stored = json.loads(json.dumps(to_label_studio(asked, prediction, text)))
    assert [*regions_of(part.answer)] == spans_of(marked)
    assert from_label_studio(asked, stored).answer == answer
    interface = LabelInterface(asked.config)
    assert interface.validate_prediction(stored)  # type: ignore[no-untyped-call]


def test_a_text_is_written_about_each() -> None:
    asked = form_of(LABELS, '<TextArea name="feeling" toName="text" perRegion="true"/>')
    [_, question] = model_spec_of(asked).questions
    item = replace(item_of(asked, TEXT), found={"things": '[[4,8,"Food"],[23,29,"Staff"]]'})
    engine = AbleEngine(write=lambda one: f" Of {one.context.after.splitlines()[1]}")
    [part] = ask_question(question, item, engine)
    assert isinstance(part, Part)
    assert [*regions_of(part.answer).values()] == [
        '["Of About “soup”:"]',
        '["Of About “waiter”:"]',
    ]
    assert part.confidence == pytest.approx(0.8 * 0.9)


def training_set(asked: Form, soup: str = "good") -> TrainingSet:
    """People who find the same things, and say of every soup the same."""
    things = [[4, 8, "Food"], [23, 29, "Staff"]]
    feeling = [[*things[0], soup], [*things[1], "good"]]
    answer = asked.answer({"things": canonical_json(things), "feeling": canonical_json(feeling)})
    assert answer is not None
    return TrainingSet(answers=[HumanAnswer(f"{TEXT} {number}", answer) for number in range(20)])


class TestLearning:
    def test_each_region_that_people_answered_teaches(self) -> None:
        learned, report = learn(model_spec_of(form()), training_set(form()), model_of(Reader()))
        of_feeling = report["controls"]["feeling"]
        assert (of_feeling["answers"], of_feeling["regions"]) == (20, 40)
        assert (report["answers"], report["left_out"]) == (20, 0)
        assert learned.controls["feeling"].calibration is not None

    def test_the_confidence_moves_towards_what_people_say(self) -> None:
        before = answered(Reader(), form())
        learned, _ = learn(
            model_spec_of(form()), training_set(form(), soup="bad"), model_of(Reader())
        )
        after = answered(Reader(), form(), learned)
        assert after.model_version != before.model_version
        assert said(after) == said(before)
        assert after.parts["feeling"].confidence > before.parts["feeling"].confidence
        assert after.parts["feeling"].provenance.is_calibrated

    def test_texts_about_regions_teach_too(self) -> None:
        asked = form_of(LABELS, '<Number name="feeling" toName="text" perRegion="true"/>')
        reader = Reader()
        answers = training_set(asked, soup="1").answers
        numbered = [HumanAnswer(one.text, one.label.replace("good", "1")) for one in answers]
        _, report = learn(model_spec_of(asked), TrainingSet(answers=numbered), model_of(reader))
        assert report["controls"]["feeling"]["regions"] == 40

    def test_of_too_few_nothing_is_learned(self) -> None:
        few = TrainingSet(answers=training_set(form()).answers[:4])
        learned, report = learn(model_spec_of(form()), few, model_of(Reader()))
        assert "feeling" not in learned.controls
        assert report["controls"]["feeling"]["regions"] == 8


def test_all_that_is_asked_of_regions_is_asked_at_once() -> None:
    reader, calls = Reader(), 0

    def counted(requests: Sequence[Asked]) -> list[Any]:
        nonlocal calls
        calls += 1
        return reader.answer(requests)

    other = FEELING.replace('name="feeling"', 'name="other"').format("")
    model_spec = model_spec_of(form_of(LABELS, FEELING.format(""), other))
    model = ModelClient(counted, lambda: reader.abilities)
    [outcome] = predict(model_spec, model, [{"data": {"text": TEXT}}])
    assert sure(outcome).parts.keys() == {"things", "feeling", "other"}
    assert calls == 2
