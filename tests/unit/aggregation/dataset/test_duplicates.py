"""Duplicates among texts: exact ones, near ones, and labels that contradict each other there."""

import random

import pytest

from aggregation.dataset.connected_components import connected_components
from aggregation.dataset.duplicates import (
    NEAR,
    Duplicates,
    contradictions,
    find_duplicates,
)

LONG = "The parcel came two weeks late and the box was open, so I want my money back today."
WORDS = [f"word{number}" for number in range(400)]


def text_of(seed: int, words: int = 30) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def test_texts_that_differ_in_case_width_and_spacing_are_the_same() -> None:
    found = find_duplicates({4: "Good day", 2: " good\n DAY", 9: "\uff27ood day", 1: "Bad day"})
    assert found.exact == found.groups == ((2, 4, 9),)
    assert found.group_of == {2: 2, 4: 2, 9: 2}
    assert found.superfluous == 2


def test_a_mark_makes_another_text() -> None:
    assert find_duplicates({1: "Good?", 2: "Good!"}).exact == ()


def test_near_ones_are_left_out_where_they_are_not_asked_for() -> None:
    texts = {1: LONG, 2: LONG.replace("today", "now"), 3: LONG.upper()}
    found = find_duplicates(texts, near=False)
    assert found.exact == found.groups == ((1, 3),)


def test_a_text_with_one_word_changed_is_nearly_the_same() -> None:
    found = find_duplicates({1: LONG, 2: LONG.replace("two", "three"), 3: text_of(1)})
    assert found == Duplicates(exact=(), groups=((1, 2),))


def test_near_and_exact_duplicates_hang_together() -> None:
    found = find_duplicates({5: LONG, 6: LONG.upper(), 7: LONG.replace("today", "now")})
    assert found == Duplicates(exact=((5, 6),), groups=((5, 6, 7),))


@pytest.mark.parametrize("blank", ["", "  \n"])
def test_blank_texts_are_duplicates_of_nothing(blank: str) -> None:
    assert find_duplicates({1: blank, 2: blank, 3: "a"}) == Duplicates()


def test_short_texts_are_compared_whole() -> None:
    found = find_duplicates({1: "ok", 2: "OK", 3: "no", 4: "okay"})
    assert found == Duplicates(exact=((1, 2),), groups=((1, 2),))


def test_every_pair_that_shares_enough_is_found_and_no_other() -> None:
    """Against the comparison of all pairs, over texts that share more and less."""
    texts = {}
    for number in range(60):
        words = text_of(number).split()
        texts[2 * number] = " ".join(words)
        for place in random.Random(number).sample(range(len(words)), number % 6):
            words[place] = "other"
        texts[2 * number + 1] = " ".join(words)

    def shingles(text: str) -> set[str]:
        return {text[at : at + 5] for at in range(len(text) - 4)}

    def shared(one: str, other: str) -> float:
        return len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))

    near = [
        (one, other)
        for one in texts
        for other in texts
        if one < other and shared(texts[one], texts[other]) >= NEAR
    ]
    assert 10 < len(near) < 50
    assert find_duplicates(texts).groups == connected_components(near)


def test_the_same_texts_have_the_same_duplicates_in_any_order() -> None:
    texts = {number: text_of(number // 2) for number in range(20)}
    assert find_duplicates(dict(reversed(texts.items()))) == find_duplicates(texts)


def test_labels_of_one_text_that_differ_contradict_each_other() -> None:
    groups = ((1, 2), (3, 4, 5), (6, 7))
    labels = {1: "a", 2: "b", 3: "a", 4: "a", 6: "b"}
    assert contradictions(groups, labels) == ((1, 2),)


def test_labels_that_say_the_same_do_not_contradict() -> None:
    labels = {1: "Cat", 2: "cat", 3: "dog"}

    def same(one: str, other: str) -> bool:
        return one.lower() == other.lower()

    assert contradictions(((1, 2),), labels, same) == ()
    assert contradictions(((1, 2, 3),), labels, same) == ((1, 2, 3),)


def test_what_hangs_together_by_others_is_one_component() -> None:
    links = [(1, 2), (3, 4), (5, 5), (4, 2), (9, 8)]
    assert connected_components(links) == ((1, 2, 3, 4), (5,), (8, 9))
