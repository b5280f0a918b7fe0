"""What the ways to ask promise: no side is preferred, and no label depends on another one."""

import pytest

from backend.calibration.learned_state import LearnedState
from backend.engines import Engine
from backend.learning.fit import learn
from backend.learning.training_set import HumanAnswer, TrainingSet
from labeling.form.form import Form
from tests.support.capable_engine import model_of
from tests.support.questions import ask, form_of, model_spec_of, pair_form, sure

PAIRS = [
    {
        "question": f"How many are {n} and {n}?",
        "left": f"They are {2 * n}.",
        "right": f"Nobody knows what {n} apples are, and it rains.",
    }
    for n in range(1, 25)
]
TEXTS = [
    "The goalkeeper saved three penalties.",
    "Boil the noodles for eight minutes, then add salt.",
    "The stadium sells excellent dumplings.",
]


def swapped(pair: dict[str, str]) -> dict[str, str]:
    return {**pair, "left": pair["right"], "right": pair["left"]}


def left(pairs: list[dict[str, str]], engine: Engine, learned: LearnedState | None) -> list[float]:
    """How probable the left side is, of each pair."""
    outcomes = ask(model_spec_of(pair_form(), learned), engine, pairs)
    return [sure(one).distribution["left"] for one in outcomes]


@pytest.mark.parametrize("is_fitted", [False, True])
def test_swapping_the_sides_swaps_their_probabilities(is_fitted: bool, engine: Engine) -> None:
    form, learned = pair_form(), None
    if is_fitted:
        answers = [HumanAnswer(form.text_of(pair), "left") for pair in PAIRS]
        learned, _ = learn(model_spec_of(form), TrainingSet(answers=answers), model_of(engine))
    one, other = left(PAIRS[:6], engine, learned), left([*map(swapped, PAIRS[:6])], engine, learned)
    assert [1 - p for p in other] == pytest.approx(one, abs=1e-6)


def several(*labels: str) -> Form:
    choices = "".join(f'<Choice value="{label}"/>' for label in labels)
    return form_of(f'<Choices name="c" toName="text" choice="multiple">{choices}</Choices>')


@pytest.mark.parametrize("way", ["name", "yes-no"])
def test_an_unrelated_label_leaves_the_others_as_they_are(way: str, engine: Engine) -> None:
    tasks = [{"text": text} for text in TEXTS]
    settings = {"confidence": {"several": way}}
    few = ask(model_spec_of(several("Sport", "Food"), settings=settings), engine, tasks)
    many = ask(
        model_spec_of(several("Sport", "Astronomy", "Food"), settings=settings), engine, tasks
    )
    for one, other in zip(few, many, strict=True):
        before, after = sure(one).parts["c"].distribution, sure(other).parts["c"].distribution
        assert {name: after[name] for name in before} == pytest.approx(before, abs=1e-3)


def test_a_label_s_name_tells_texts_apart(engine: Engine) -> None:
    outcomes = ask(model_spec_of(several("Sport", "Food")), engine, [{"text": t} for t in TEXTS])
    sport, food, _ = [sure(one).parts["c"].distribution for one in outcomes]
    assert sport["Sport"] > food["Sport"]
    assert food["Food"] > sport["Food"]
