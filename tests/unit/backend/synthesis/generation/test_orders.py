"""Orders: labels, values and parents are asked for evenly, the same for the same seed."""

from collections import Counter

import numpy as np
import pytest

from backend.synthesis.generation.orders import Answered, Source, plan
from backend.synthesis.generation.recipe import METHODS, Method
from labeling.errors import SettingsError

SOURCE = Source(
    ("a", "b", "c"),
    [Answered(f"{label} {number}", label) for number in range(4) for label in "aab"],
    {"length": ("short", "long"), "style": ("plain", "formal", "rude")},
    np.array([[0.5, 0.3, 0.1], [0.3, 0.6, 0.0], [0.1, 0.0, 0.9]]),
)

every_method = pytest.mark.parametrize("method", METHODS)


@every_method
def test_the_same_seed_gives_the_same(method: Method) -> None:
    assert plan(method, 30, SOURCE, seed=3) == plan(method, 30, SOURCE, seed=3)


@every_method
def test_a_longer_plan_begins_with_a_shorter_one(method: Method) -> None:
    longer = plan(method, 40, SOURCE, seed=3)
    assert longer[: len(plan(method, 17, SOURCE, seed=3))] == plan(method, 17, SOURCE, seed=3)


@every_method
def test_labels_are_asked_for_alike(method: Method) -> None:
    counts = Counter(one.label for one in plan(method, 60, SOURCE, seed=0))
    assert {*counts.values()} == {20}
    assert {"a", "b"} <= {*counts}


def test_values_are_asked_for_alike_within_each_label() -> None:
    orders = plan("attributes", 3 * 12, SOURCE, seed=0)
    for label in SOURCE.labels:
        own = [one for one in orders if one.label == label]
        assert {*Counter(one.attributes["length"] for one in own).values()} == {6}
        assert {*Counter(one.attributes["style"] for one in own).values()} == {4}


def test_values_of_two_attributes_meet_in_several_ways() -> None:
    orders = plan("attributes", 3 * 12, SOURCE, seed=0)
    assert len({tuple(one.attributes.values()) for one in orders}) == 6


def test_the_hardest_texts_are_put_in_other_words_first() -> None:
    orders = [one for one in plan("paraphrase", 9, SOURCE, seed=0) if one.label == "a"]
    first = [one.text for one in SOURCE.answered if one.label == "a"][:3]
    assert [one.parent for one in orders] == first
    assert {one.parent_label for one in orders} == {"a"}


def test_a_label_that_no_text_has_gets_no_paraphrase() -> None:
    assert {one.label for one in plan("paraphrase", 30, SOURCE, seed=0)} == {"a", "b"}


def test_a_counterfactual_is_made_of_a_text_of_another_label() -> None:
    for one in plan("counterfactual", 30, SOURCE, seed=0):
        assert one.parent_label != one.label
        assert one.parent.startswith(one.parent_label)


@pytest.mark.parametrize("method", ["attributes", "paraphrase", "counterfactual"])
def test_of_nothing_nothing_can_be_made(method: Method) -> None:
    with pytest.raises(SettingsError, match="nothing that texts could be made from"):
        plan(method, 5, Source(("a", "b")), seed=0)


def test_a_rival_is_named_as_often_as_it_is_confused_with_the_label() -> None:
    orders = plan("uncertain", 3 * 12, SOURCE, seed=0)
    rivals = {label: Counter(one.rival for one in orders if one.label == label) for label in "abc"}
    assert rivals == {"a": {"b": 9, "c": 3}, "b": {"a": 12}, "c": {"a": 12}}


def test_where_nothing_is_confused_nothing_can_be_hard_to_tell() -> None:
    with pytest.raises(SettingsError, match="nothing that texts could be made from by uncertain"):
        plan("uncertain", 4, Source(("a", "b"), (), {}, np.eye(2)), seed=0)
