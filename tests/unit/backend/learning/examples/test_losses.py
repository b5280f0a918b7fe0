"""What answers made of entries lose: by what was found wrongly, and by what was not found."""

import numpy as np
import pytest

from backend.engines import Ability
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.learning.examples.losses import UNFOUND, losses, say
from backend.learning.samples import LabeledItem
from backend.questions.factory import QuestionFactory
from backend.questions.item import item_of
from labeling.settings.settings import Settings
from tests.support.capable_engine import AbleEngine
from tests.support.questions import CONTROLS, form_of

SPAN = '[0,3,"Person"]'


def losses_of(said: list[dict[str, float]], people: list[str]) -> list[float]:
    """The loss of each of some texts that begin with a person's name."""
    form = form_of(CONTROLS["labels"])
    question = QuestionFactory(form, Settings(), "", "engine").question(form.controls[0])
    answers = [LabeledItem(item_of(form, f"Ann {n}"), one, 1.0) for n, one in enumerate(people)]
    return [*losses(question, answers, said).tolist()]


def test_what_is_found_costs_its_doubt_where_it_is_right_and_its_belief_where_not() -> None:
    people = [f"[{SPAN}]"] * 8 + ["[]"] * 2
    costs = losses_of([{SPAN: 0.8}] * 10, people)
    assert max(costs[:8]) < -np.log(0.7)
    assert min(costs[8:]) > -np.log(0.3)


def test_what_is_not_found_costs_most() -> None:
    found, missed = losses_of([{SPAN: 0.99}, {}], [f"[{SPAN}]"] * 2)
    assert missed == pytest.approx(-np.log(UNFOUND))
    assert found < missed


def test_nothing_where_nothing_is_costs_nothing() -> None:
    assert losses_of([{}, {}], ["[]", "[]"]) == [0, 0]


def test_a_choice_loses_by_the_probability_of_the_answer() -> None:
    form = form_of(CONTROLS["single"])
    question = QuestionFactory(form, Settings(), "", "engine").question(form.controls[0])
    answers = [LabeledItem(item_of(form, f"text {n}"), "Sport", 1.0) for n in range(5)]
    said = [np.log([[0.8, 0.2]])] * 5
    loss = losses(question, answers, said)
    assert loss.shape == (5,)
    assert np.all(loss < -np.log(0.7))


def test_what_cannot_be_read_is_told() -> None:
    form = form_of(CONTROLS["single"])
    question = QuestionFactory(form, Settings(), "", "engine").question(form.controls[0])
    engine = AbleEngine(scores=(float("nan"), -1.0))
    model = ModelClient(lambda r: [*engine.answer(r)], lambda: frozenset(Ability))
    assert run(say(question, [item_of(form, "x")], model.abilities), model) == [None]
