"""A bank gives a text examples that are like it, unlike each other, balanced, and never itself."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.prompts.examples import ExampleBank, SolvedItem
from labeling.mathtypes import Floats

WORDS = ("sun", "rain", "Sun", " sun", "goal", "match", "vote", "law", "soup", "bread")


@st.composite
def banks(draw: st.DrawFn) -> tuple[list[SolvedItem], dict[str, Floats]]:
    """Solved items of few words, so that many have the same text but for space and capitals."""
    keys = draw(st.lists(st.sampled_from(WORDS), min_size=1, unique=True))
    items = [SolvedItem(key, label := draw(st.sampled_from("ABC")), label) for key in keys]
    numbers = st.floats(-1, 1, allow_subnormal=False)
    vectors = {key: np.array(draw(st.tuples(numbers, numbers, numbers))) for key in keys}
    return items, vectors


@given(banks(), st.sampled_from(WORDS), st.integers(1, 12))
def test_no_text_is_shown_itself_whatever_its_space_and_capitals(
    drawn: tuple[list[SolvedItem], dict[str, Floats]], key: str, number: int
) -> None:
    bank = ExampleBank.of(*drawn)
    shown = bank.nearest(key, np.ones(3), number)
    assert key.strip().lower() not in {one.key.strip().lower() for one in shown}


@given(banks(), st.integers(1, 12))
def test_no_label_is_shown_more_often_than_one_that_has_items_left(
    drawn: tuple[list[SolvedItem], dict[str, Floats]], number: int
) -> None:
    bank = ExampleBank.of(*drawn)
    shown = bank.nearest("else", np.ones(3), number)
    assert len(shown) == min(number, len(bank.items))
    assert len(set(shown)) == len(shown)
    often, there_are = Counter(o.label for o in shown), Counter(o.label for o in bank.items)
    for label, count in there_are.items():
        assert often[label] == count or often[label] >= max(often.values()) - 1


@given(banks(), st.integers(1, 12))
def test_the_order_of_answers_does_not_matter(
    drawn: tuple[list[SolvedItem], dict[str, Floats]], number: int
) -> None:
    items, vectors = drawn
    unlike = [*{one.folded: one for one in items}.values()]
    one, other = ExampleBank.of(unlike, vectors), ExampleBank.of(unlike[::-1], vectors)
    assert one == other
    query = np.array([0.3, -0.2, 0.9])
    assert one.nearest("else", query, number) == other.nearest("else", query, number)


@given(banks())
def test_survives_json(drawn: tuple[list[SolvedItem], dict[str, Floats]]) -> None:
    bank = ExampleBank.of(*drawn)
    again = ExampleBank.from_json(bank.to_json())
    assert again == bank
    assert again.nearest("else", np.ones(3), 4) == bank.nearest("else", np.ones(3), 4)


def bank_of(vectors: dict[str, tuple[float, float]], labels: str) -> ExampleBank:
    """A bank of keys with a label and a vector each."""
    items = [SolvedItem(key, label, label) for key, label in zip(vectors, labels, strict=True)]
    return ExampleBank.of(items, {key: np.array(vector) for key, vector in vectors.items()})


def test_the_most_alike_stands_last() -> None:
    bank = bank_of({"far": (-1, 0), "near": (1, 0.1), "middle": (0.5, 1)}, "ABC")
    shown = [one.key for one in bank.nearest("x", np.array([1.0, 0.0]), 3)]
    assert shown == ["far", "middle", "near"]


def test_of_two_that_are_alike_one_is_shown_and_another_that_adds_something() -> None:
    bank = bank_of({"near": (0.8, 0.6), "twin": (0.8, 0.61), "other": (0.8, -0.62)}, "AAA")
    shown = {one.key for one in bank.nearest("x", np.array([1.0, 0.0]), 2)}
    assert shown == {"near", "other"}


def test_what_says_nothing_is_shown_what_is_typical() -> None:
    bank = bank_of({"typical": (1, 0), "left": (1, 1), "right": (1, -1)}, "AAA")
    assert [one.key for one in bank.nearest("", None, 1)] == ["typical"]
