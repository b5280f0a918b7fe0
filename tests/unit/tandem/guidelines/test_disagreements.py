"""Where good people disagree, asked blind; who often errs tells nothing of the instruction."""

from typing import Any

import pytest

from tandem.guidelines.disagreements import disagreements
from tandem.guidelines.draft import draft
from tests.support.crowd_answers import Votes, answered_by
from tests.support.snapshots import facts_of

P, N = "positive", "negative"
AGREED: Votes = {id_: (P, P, P) if id_ % 2 else (N, N, N) for id_ in range(1, 31)}
LAX: dict[str, Any] = {"quality": {"good": 0.3}}


def test_a_pair_is_counted_with_the_items_that_show_it_best() -> None:
    votes: Votes = {**AGREED, 31: (P, P, N), 32: (P, N), 33: (P, N, P, N)}
    found = disagreements(facts_of(answered_by(votes), **LAX))
    assert (found.people, found.left_out, found.shared, found.divided) == (4, 0, 33, 3)
    (pair,) = found.pairs
    assert pair.labels == (N, P)
    assert (pair.items, pair.either, pair.weight) == (3, 33, 1.0)
    # Evenly divided ones come first, of these the one with more votes.
    assert [one.task for one in pair.examples] == [33, 32, 31]
    assert pair.examples[2].votes == {P: 2, N: 1}
    assert pair.examples[0].text == "Text 33"


def test_who_often_errs_is_left_out() -> None:
    wrong: Votes = {id_: (*labels, N if labels[0] == P else P) for id_, labels in AGREED.items()}
    found = disagreements(facts_of(answered_by(wrong)))
    assert (found.people, found.left_out, found.divided) == (3, 1, 0)
    assert found.pairs == []


def test_answers_beside_the_models_label_do_not_count() -> None:
    found = disagreements(facts_of(answered_by({**AGREED, 31: (P, N, P)}, blind=False)))
    assert (found.people, found.shared) == (0, 0)


def test_the_draft_names_both_labels_shows_items_and_leaves_the_rule_to_the_admin() -> None:
    text = draft(disagreements(facts_of(answered_by({**AGREED, 31: (P, N, P)}), **LAX)))
    assert text.splitlines() == [
        "## Draft for the instruction",
        "",
        "3 good people, asked blind, disagree on 1 of 31 items that several of them answered.",
        "",
        "### negative or positive?",
        "",
        "Of 31 items that were called one of the two, 1 were called both: 100% of all disagreement."
        " These show it best:",
        "",
        "- “Text 31” (2 for positive, 1 for negative; task 31)",
        "",
        "**To be decided:** when is it negative, and when positive?",
    ]


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        ({}, "No item has blind answers of two people whose skill is 75% or more"),
        (AGREED, "The instruction leaves nothing open that they differ in."),
    ],
)
def test_where_nothing_divides_people_the_draft_says_so(votes: Votes, said: str) -> None:
    assert said in draft(disagreements(facts_of(answered_by(votes))))
