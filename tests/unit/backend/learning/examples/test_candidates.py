"""Plans to be tried are made of sure, short, unlike answers of all labels, and are not too dear."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.learning.examples.candidates import MOST_TOKENS, candidates
from backend.learning.samples import LabeledItem
from backend.prompts.examples import ExamplePlan, StaticExamples
from backend.questions.item import item_of
from labeling.mathtypes import Floats
from tests.support.questions import CONTROLS, form_of

FORM = form_of(CONTROLS["single"])
[CONTROL] = FORM.controls
NAMES = ("Sport", "Food")


def answered(text: str, answer: str, probability: float = 1.0) -> LabeledItem:
    return LabeledItem(item_of(FORM, text), answer, probability)


def vectors_of(answers: Sequence[LabeledItem]) -> dict[str, Floats]:
    """A vector for each text, which the text alone decides."""
    return {
        one.item.key: np.random.default_rng([*one.item.key.encode()]).normal(size=4)
        for one in answers
    }


def static(plans: Sequence[ExamplePlan]) -> list[StaticExamples]:
    return [plan for plan in plans if isinstance(plan, StaticExamples)]


@st.composite
def answers_of_people(draw: st.DrawFn) -> list[LabeledItem]:
    words = st.text("ab c", min_size=1, max_size=8).filter(str.strip)
    texts = draw(st.lists(words, min_size=10, max_size=30, unique=True))
    return [
        answered(text, draw(st.sampled_from(NAMES)), draw(st.sampled_from((0.6, 0.9, 1.0))))
        for text in texts
    ]


@given(answers_of_people())
def test_the_order_of_answers_does_not_matter(answers: list[LabeledItem]) -> None:
    vectors = vectors_of(answers)
    assert candidates(CONTROL, answers, vectors) == candidates(CONTROL, answers[::-1], vectors)


@given(answers_of_people())
def test_no_label_is_shown_more_often_than_one_with_as_many_answers(
    answers: list[LabeledItem],
) -> None:
    there_are = Counter(one.answer for one in answers)
    for plan in static([one.plan for one in candidates(CONTROL, answers, None)]):
        often = Counter(one.label for one in plan.shown)
        least = min(there_are.values())
        for label in NAMES:
            if there_are[label] and least >= len(answers) / 3:
                assert often[label] >= min(len(plan.shown) // 2, 2)


@given(answers_of_people())
def test_what_stands_in_an_example_s_place_is_none_of_the_others(
    answers: list[LabeledItem],
) -> None:
    for plan in static([one.plan for one in candidates(CONTROL, answers, vectors_of(answers))]):
        for one, spare in zip(plan.shown, plan.spares, strict=True):
            assert spare not in plan.shown
            assert spare is None or spare.label == one.label


def test_sure_answers_and_short_texts_are_shown() -> None:
    sure = [answered(f"sure {n}", NAMES[n % 2]) for n in range(16)]
    long = [answered(f"sure {n} {'and more ' * 20}", NAMES[n % 2]) for n in range(16)]
    unsure = [answered(f"x{n}", NAMES[n % 2], 0.6) for n in range(16)]
    shown = static([one.plan for one in candidates(CONTROL, [*unsure, *long, *sure], None)])
    assert shown
    texts = {one.key for plan in shown for one in plan.shown}
    assert texts <= {one.item.key for one in sure}


def test_of_examples_of_a_label_none_are_alike() -> None:
    texts = [f"twin {n}" for n in range(6)] + ["other 1", "other 2"]
    answers = [answered(f"{text} {name}", name) for text in texts for name in NAMES]
    vectors: dict[str, Floats] = {
        one.item.key: np.array([1.0, 0.8 if "twin" in one.item.key else -0.1]) for one in answers
    }
    four = next(
        plan
        for plan in static([one.plan for one in candidates(CONTROL, answers, vectors)])
        if len(plan.shown) == 4
    )
    assert Counter(one.key.split()[0] for one in four.shown) == {"twin": 2, "other": 2}


def test_dear_plans_are_not_tried() -> None:
    long = [answered(f"{n} {'word ' * MOST_TOKENS}", NAMES[n % 2]) for n in range(20)]
    assert candidates(CONTROL, long, vectors_of(long)) == []
