"""Examples are shown where they help by more than chance, and else not; no text with itself."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from backend.engines import Ability, Asked, Scored
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.learning.examples import ExampleBudget, ExampleChoice, choose_examples
from backend.learning.samples import ControlSamples, LabeledItem
from backend.prompts.examples import ExamplePlan
from backend.questions.base import Question
from backend.questions.factory import QuestionFactory
from backend.questions.item import item_of
from labeling.errors import EngineError
from labeling.form.form import Form
from labeling.mathtypes import Floats
from labeling.settings.settings import Settings
from tests.support.questions import CONTROLS, form_of

FORM = form_of(CONTROLS["single"])
NAMES = ("Sport", "Food")
KEYS = [f"text number {place}" for place in range(160)]
GOLD = {key: NAMES[place % 2] for place, key in enumerate(KEYS)}
VECTORS: dict[str, Floats] = {
    key: np.random.default_rng(place).normal(size=8) for place, key in enumerate(KEYS)
}


def with_plan(form: Form = FORM) -> Callable[[ExamplePlan | None], Question]:
    factory = QuestionFactory(form, Settings(), "", "engine")
    return lambda plan: factory.question(form.controls[0], plan)


def samples(answers: int = len(KEYS), order: int = 1) -> ControlSamples:
    solved = [LabeledItem(item_of(FORM, key), GOLD[key], 0.9) for key in KEYS[:answers]]
    return ControlSamples([], solved[::order], [])


class Engine:
    """Knows the answer a little, and more or less of it where it is shown examples.

    Args:
        alone: How far it leans to the right label without examples, in nats.
        static: The same with examples that all texts share.
        retrieved: The same with those that are for one text alone.
    """

    def __init__(self, alone: float, static: float, retrieved: float) -> None:
        self._lean = {"alone": alone, "static": static, "retrieved": retrieved}
        self.asked: list[Asked] = []
        self.unreadable: set[str] = set()

    @property
    def model(self) -> ModelClient:
        return ModelClient(self._ask, lambda: frozenset({Ability.LABEL_LOGPROBS}))

    def _ask(self, requests: Sequence[Asked]) -> list[Any]:
        self.asked += requests
        return [self._answer(one) for one in requests]

    def _answer(self, one: Asked) -> Scored | EngineError:
        shown, _, own = one.context.text.rpartition("Text: ")
        way = "retrieved" if shown else "static" if "Label: " in one.context.before else "alone"
        if way in self.unreadable:
            return EngineError("The prompt does not fit")
        of_text = np.random.default_rng([*own.encode()]).normal()
        of_prompt = np.random.default_rng(crc32(repr(one.context).encode())).normal()
        lean = (1 if GOLD[own] == "Sport" else -1) * self._lean[way]
        lean += 0.9 * of_text + 0.5 * of_prompt
        return Scored(np.array([lean, 0.0]))


def chosen(
    engine: Engine,
    given: ControlSamples | None = None,
    vectors: dict[str, Floats] | None = VECTORS,
    budget: ExampleBudget | None = None,
) -> ExampleChoice:
    conversation = choose_examples(
        with_plan(), given or samples(), vectors, engine.model.abilities, budget
    )
    return run(conversation, engine.model)


def test_static_examples_that_help_are_chosen() -> None:
    choice = chosen(Engine(alone=0.3, static=3.0, retrieved=0.3))
    assert choice.plan is not None
    assert choice.plan.kind == "static"


def test_retrieved_examples_that_help_are_chosen() -> None:
    choice = chosen(Engine(alone=0.3, static=0.3, retrieved=3.0))
    assert choice.plan is not None
    assert choice.plan.kind == "retrieved"


def test_of_two_that_help_alike_the_cheaper_one_is_chosen() -> None:
    choice = chosen(Engine(alone=0.3, static=30.0, retrieved=30.0))
    assert choice.plan is not None
    assert choice.plan.kind == "static"


def test_examples_that_hurt_are_not_shown_and_soon_not_tried() -> None:
    engine = Engine(alone=3.0, static=0.3, retrieved=0.3)
    choice = chosen(engine)
    assert choice.plan is None
    assert choice.report["chosen"] == "none"
    assert {row["answers"] for row in choice.report["candidates"]} == {50}


def test_examples_that_change_nothing_but_noise_are_seldom_shown() -> None:
    """Luck wins in one search of six at most, however many candidates there are."""
    found = 0
    for shift in range(12):
        answers = samples().answers[shift * 8 : shift * 8 + 64]
        choice = chosen(Engine(0.8, 0.8, 0.8), ControlSamples([], answers, []))
        found += choice.plan is not None
    assert found <= 4


def test_examples_that_make_prompts_too_long_are_not_shown() -> None:
    engine = Engine(alone=0.3, static=0.3, retrieved=3.0)
    engine.unreadable = {"retrieved"}
    choice = chosen(engine)
    assert choice.plan is None or choice.plan.kind == "static"
    assert {row["log_loss"] is None for row in choice.report["candidates"]} == {False, True}


def test_a_model_that_reads_nothing_is_shown_nothing() -> None:
    engine = Engine(0.3, 3.0, 3.0)
    engine.unreadable = {"alone", "static", "retrieved"}
    assert chosen(engine).plan is None


def test_no_text_is_asked_about_with_itself_among_the_examples() -> None:
    engine = Engine(0.3, 0.5, 0.5)
    chosen(engine)
    for one in engine.asked:
        shown, _, own = (one.context.before + one.context.text).rpartition("Text: ")
        assert f"Text: {own}\n" not in shown


@pytest.mark.parametrize("vectors", [VECTORS, None], ids=["embedded", "not embedded"])
def test_the_order_of_answers_does_not_matter(vectors: dict[str, Floats] | None) -> None:
    one, other = (chosen(Engine(0.3, 1.0, 1.0), samples(order=order), vectors) for order in (1, -1))
    assert one.report == other.report
    assert one.plan == other.plan


def test_without_embeddings_nothing_is_retrieved() -> None:
    report = chosen(Engine(0.3, 1.0, 1.0), vectors=None).report
    assert {row["kind"] for row in report["candidates"]} == {None, "static"}


def test_the_report_tells_what_each_costs_and_is_json() -> None:
    report = chosen(Engine(0.3, 3.0, 1.0)).report
    assert json.loads(json.dumps(report)) == report
    none, *others = report["candidates"]
    for row in others:
        if row["kind"] == "static":
            assert row["shared_tokens"] > none["shared_tokens"]
            assert row["tokens_an_item"] == pytest.approx(none["tokens_an_item"], rel=0.05)
        else:
            assert row["shared_tokens"] == none["shared_tokens"]
            assert row["tokens_an_item"] > none["tokens_an_item"] * 2


def test_few_answers_are_no_ground_for_a_choice() -> None:
    engine = Engine(0.3, 3.0, 3.0)
    assert chosen(engine, samples(answers=49)).plan is None
    assert not engine.asked


def test_a_budget_of_tokens_ends_the_search() -> None:
    whole = chosen(Engine(0.3, 1.0, 1.0)).report
    short = chosen(Engine(0.3, 1.0, 1.0), budget=ExampleBudget(tokens=whole["tokens"] / 2)).report
    assert short["tokens"] <= max(whole["tokens"] / 2, tried_on_all(whole))
    assert short["answers"] < whole["answers"]


def test_a_budget_of_seconds_ends_the_search() -> None:
    ticks = iter(range(1000))
    report = chosen(
        Engine(0.3, 1.0, 1.0), budget=ExampleBudget(seconds=1, clock=lambda: float(next(ticks)))
    ).report
    assert report["answers"] == 50


def tried_on_all(report: dict[str, Any]) -> float:
    """Tokens of the first round, in which all candidates are tried."""
    return float(sum(50 * row["tokens_an_item"] for row in report["candidates"])) * 1.01


def test_a_control_that_can_show_none_is_left_as_it_is() -> None:
    form = form_of(CONTROLS["text"])
    engine = Engine(0.3, 3.0, 3.0)
    conversation = choose_examples(with_plan(form), samples(), None, engine.model.abilities)
    assert run(conversation, engine.model).plan is None


def test_answers_that_the_form_has_no_place_for_are_left_out() -> None:
    given = samples()
    foreign = [replace(one, answer="Theatre") for one in given.answers]
    choice = chosen(Engine(0.3, 3.0, 3.0), replace(given, answers=foreign))
    assert choice.report["answers"] == 0
