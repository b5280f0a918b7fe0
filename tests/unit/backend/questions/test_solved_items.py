"""Questions show solved items before a text, and never the text's own answer."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from backend.calibration.control_model import ControlModel
from backend.confidence.methods import METHODS
from backend.engines import Asked
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.prompts.examples import (
    ExampleBank,
    ExamplePlan,
    RetrievedExamples,
    SolvedItem,
    StaticExamples,
)
from backend.questions.choice import ChoiceQuestion
from backend.questions.factory import QuestionFactory
from backend.questions.item import PromptItem, item_of
from backend.questions.multi_choice import MultiChoiceQuestion
from backend.questions.spans import SpansQuestion
from labeling.errors import TandemError, TaskError
from labeling.form.form import Form
from labeling.settings.settings import Settings
from tests.support.capable_engine import AbleEngine
from tests.support.questions import CONTROLS, form_of

SPORT, FOOD = SolvedItem("We won!", "Sport", "Sport"), SolvedItem("Hot soup.", "Food", "Food")
SPARE = SolvedItem("They lost.", "Sport", "Sport")
STATIC = StaticExamples((SPORT, FOOD), (SPARE, None))
RETRIEVED = RetrievedExamples(
    ExampleBank.of([SPORT, FOOD], {"We won!": np.array([1.0, 0]), "Hot soup.": np.array([0, 1.0])}),
    1,
)
STARS = '<Rating name="stars" toName="text"/>'


def factory_of(form: Form, settings: Settings | None = None) -> QuestionFactory:
    return QuestionFactory(form, settings or Settings(), "", "engine")


def choice(plan: ExamplePlan | None, *more: str) -> ChoiceQuestion:
    """A single choice, in a form with more controls."""
    form = form_of(CONTROLS["single"], *more)
    question = factory_of(form).question(form.controls[0], plan)
    assert isinstance(question, ChoiceQuestion)
    return question


def item(text: str, *vector: float) -> PromptItem:
    form = form_of(CONTROLS["single"])
    made = item_of(form, text)
    if not vector:
        return made
    return PromptItem(
        made.key, made.prompt, made.texts, made.markable, {}, np.array(vector, dtype=np.float32)
    )


def asked_by(question: ChoiceQuestion, items: Sequence[PromptItem]) -> list[Asked]:
    """All that is asked, where the engine answers at random."""
    asked: list[Asked] = []
    engine = AbleEngine()

    def ask(requests: Sequence[Asked]) -> list[object]:
        asked.extend(requests)
        return [*engine.answer(requests)]

    model = ModelClient(ask, lambda: engine.abilities)
    run(question.steps(items, ControlModel(), lambda: engine.abilities), model)
    return asked


def asked_about(question: ChoiceQuestion, text: str) -> list[Asked]:
    """What is asked about one text."""
    return [one for one in asked_by(question, [item(text)]) if one.context.text == text]


class TestStatic:
    def test_what_stands_before_the_texts_stays_shared(self) -> None:
        asked = asked_by(choice(STATIC), [item("A goal."), item("Cold tea.")])
        [before] = {one.context.before for one in asked}
        assert before.endswith(
            "Text: We won!\nLabel: Sport\n\nText: Hot soup.\nLabel: Food\n\nText: "
        )
        assert {"A goal.", "Cold tea."} <= {one.context.text for one in asked}

    def test_reads_as_the_settings_own_examples_do(self, tmp_path: Path) -> None:
        file = tmp_path / "examples.csv"
        file.write_text("text,label\nWe won!,Sport\nHot soup.,Food\n")
        form = form_of(CONTROLS["single"])
        settings = Settings.model_validate({"prompt": {"examples": file}})
        by_settings = factory_of(form, settings).question(form.controls[0])
        assert isinstance(by_settings, ChoiceQuestion)
        [own] = asked_about(by_settings, "A goal.")
        [planned] = asked_about(choice(STATIC), "A goal.")
        assert own == planned

    def test_stand_behind_those_of_the_settings(self, tmp_path: Path) -> None:
        file = tmp_path / "examples.csv"
        file.write_text("text,label\nA try.,Sport\n")
        form = form_of(CONTROLS["single"])
        settings = Settings.model_validate({"prompt": {"examples": file}})
        both = factory_of(form, settings).question(form.controls[0], STATIC)
        assert isinstance(both, ChoiceQuestion)
        [asked] = asked_about(both, "A goal.")
        assert asked.context.before.index("A try.") < asked.context.before.index("We won!")

    def test_another_stands_in_the_place_of_the_text_s_own(self) -> None:
        question = choice(STATIC)
        [prompt] = question.prompts([item("We won!")])
        context = question.methods[0].builder.request(prompt).context
        assert "They lost.\nLabel: Sport" in context.before
        assert "We won!" not in context.before

    def test_the_prior_is_found_under_the_same_examples(self) -> None:
        asked = asked_by(choice(STATIC), [item("A goal.")])
        about_nothing = [one for one in asked if one.context.text == "N/A"]
        assert about_nothing
        assert all("We won!" in one.context.before for one in about_nothing)

    def test_what_the_form_has_no_place_for_is_left_out(self) -> None:
        gone = SolvedItem("A play.", "Theatre", "Theatre")
        [prompt] = choice(StaticExamples((gone, FOOD), (None, None))).prompts([item("x")])
        assert "A play." not in prompt
        assert "Hot soup." in prompt


class TestRetrieved:
    def test_what_stands_before_the_texts_is_as_without(self) -> None:
        items = [item("A goal.", 1, 0.1), item("Cold tea.", 0.1, 1)]
        asked = asked_by(choice(RETRIEVED), items)
        plain = asked_by(choice(None), items)
        assert {one.context.before for one in asked} == {one.context.before for one in plain}
        texts = {one.context.text for one in asked}
        assert "We won!\nLabel: Sport\n\nText: A goal." in texts
        assert "Hot soup.\nLabel: Food\n\nText: Cold tea." in texts

    def test_the_text_itself_is_never_shown(self) -> None:
        [prompt] = choice(RETRIEVED).prompts([item("we  WON!", 1, 0)])
        assert "Hot soup." in prompt

    def test_an_item_whose_embedding_failed_fails_for_itself(self) -> None:
        failed = item("A goal.")
        broken = PromptItem(
            failed.key, failed.prompt, failed.texts, failed.markable, {}, TaskError("no vector")
        )
        engine = AbleEngine()
        model = ModelClient(lambda r: [*engine.answer(r)], lambda: engine.abilities)
        question = choice(RETRIEVED)
        parts = run(
            question.steps([broken, item("Tea.", 0, 1)], ControlModel(), model.abilities), model
        )
        assert isinstance(parts[0], TandemError)
        assert not isinstance(parts[1], TandemError)

    def test_an_item_without_one_is_refused(self) -> None:
        with pytest.raises(TaskError, match="embedding"):
            choice(RETRIEVED).prompts([item("A goal.")])


@pytest.mark.parametrize("plan", [STATIC, RETRIEVED], ids=lambda plan: plan.kind)
@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_shows_them(plan: ExamplePlan, method: str) -> None:
    form = form_of(CONTROLS["single"])
    settings = Settings.model_validate({"confidence": {"methods": [method]}})
    question = factory_of(form, settings).question(form.controls[0], plan)
    assert isinstance(question, ChoiceQuestion)
    asked = asked_by(question, [item("A goal.", 1, 0)])
    assert asked
    for one in asked:
        shown = one.context.before + one.context.text
        assert re.search(r"\nLabel: (Sport|Food)\n\nText: ", shown)


def test_a_form_of_several_controls_shows_the_answers_to_the_very_question() -> None:
    question = choice(STATIC, STARS)
    [prompt] = question.prompts([item("A goal.")])
    context = question.methods[0].builder.request(prompt).context
    assert "Text: We won!\nc: Sport\n\nText: Hot soup.\nc: Food\n\nText: " in context.before
    assert context.after == "\nc:"


def test_spans_are_shown_as_the_lists_that_are_asked_for() -> None:
    form = form_of(CONTROLS["labels"])
    solved = SolvedItem(
        "Ann saw Rome, and Ann left.", '[[0,3,"Person"],[8,12,"Place"],[18,21,"Person"]]', ""
    )
    question = factory_of(form).question(form.controls[0], StaticExamples((solved,), (None,)))
    assert isinstance(question, SpansQuestion)
    requests = question.plan([item_of(form, "Bob slept.")])
    [before] = {one.context.before for one in requests}
    assert before.endswith(
        "Text: Ann saw Rome, and Ann left.\n"
        'Every person in the text, as a JSON list: ["Ann"]\n'
        'Every place in the text, as a JSON list: ["Rome"]\n\nText: '
    )


class TestSeveralLabels:
    PLAN = StaticExamples(
        (SolvedItem("Match and soup.", '["Sport","food"]', ""), SolvedItem("Rain.", "[]", "")),
        (None, None),
    )

    def contexts(self, several: str) -> list[str]:
        form = form_of(CONTROLS["several"])
        settings = Settings.model_validate({"confidence": {"several": several}})
        question = factory_of(form, settings).question(form.controls[0], self.PLAN)
        assert isinstance(question, MultiChoiceQuestion)
        return [one.context.before for one in question.plan([item_of(form, "A goal.")])][-2:]

    def test_by_name_are_shown_with_the_names_of_their_labels(self) -> None:
        before = self.contexts("name")[-1]
        assert "Text: Match and soup.\nc The text is about the sport, food\n\nText: " in before
        assert "Rain." not in before

    def test_yes_or_no_are_shown_with_the_answer_about_the_very_label(self) -> None:
        sport, food = self.contexts("yes-no")
        assert "“Sport” apply, Yes or No?\nAnswer: Yes\n\nText: Rain." in sport
        assert "Food" not in sport
        assert "“Food” apply, Yes or No?\nAnswer: No\n\nText: " in food


@pytest.mark.parametrize("kind", ["regions", "text", "number"])
def test_a_control_that_can_show_none_is_asked_without(kind: str) -> None:
    form = form_of(CONTROLS[kind])
    for control in form.controls[-1:]:
        with_plan = factory_of(form).question(control, STATIC)
        assert with_plan.digest == factory_of(form).question(control).digest


def test_the_digest_moves_with_the_plan() -> None:
    other = StaticExamples((FOOD, SPORT), (None, SPARE))
    assert len({choice(plan).digest for plan in (None, STATIC, other, RETRIEVED)}) == 4
