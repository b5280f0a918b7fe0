"""Directions: what is left for whom, in words and in links that Label Studio leaves as they are."""

from dataclasses import replace

import pytest

from routing.reviewers.directions import directions_of
from routing.reviewers.places import EVERYBODY, ReviewerPlace

HERE = "http://studio:8080/label/projects/7/data?tab=1&labeling=1"
THERE = "http://studio:8080/label/projects/8/data?tab=2&labeling=1"


def place(waiting: int, waiting_blind: int, name: str = "Ann") -> ReviewerPlace:
    return replace(
        EVERYBODY,
        name=name,
        waiting=waiting,
        waiting_blind=waiting_blind,
        stream=HERE,
        blind_stream=THERE,
    )


@pytest.mark.parametrize(
    ("ann", "is_blind", "is_finished", "said"),
    [
        (place(8, 12), False, False, "Ann: 8 left here, then 12 in “Films”."),
        (place(8, 12), True, False, "Ann: 12 left here, then 8 in “Films”."),
        (place(0, 12), False, False, "Ann: 12 in “Films”."),
        (place(8, 0), False, False, "Ann: 8 left here."),
        (place(0, 0), False, False, "Ann: nothing to do for now."),
        (place(0, 0), True, True, "Ann: all is done, thank you."),
    ],
)
def test_what_is_left_here_comes_before_what_is_left_there(
    ann: ReviewerPlace, is_blind: bool, is_finished: bool, said: str
) -> None:
    told = directions_of([ann], "Films", is_blind=is_blind, is_finished=is_finished)
    assert told.description == said


def test_links_are_below_whatever_address_the_browser_has() -> None:
    told = directions_of([place(8, 12)], "Films", is_blind=False, is_finished=False)
    assert told.instruction == (
        "<p><b>Ann</b>: "
        '<a href="/label/projects/7/data?tab=1&amp;labeling=1#">8 left here</a>, then '
        '<a href="/label/projects/8/data?tab=2&amp;labeling=1#">12 in “Films”</a>.</p>'
    )


def test_a_name_is_no_html() -> None:
    told = directions_of([place(1, 0, "<i>A & B</i>")], "", is_blind=False, is_finished=False)
    assert "<b>&lt;i&gt;A &amp; B&lt;/i&gt;</b>" in told.instruction
    assert told.description == "<i>A & B</i>: 1 left here."


def test_nobody_to_direct_is_told_nothing() -> None:
    assert directions_of([], "Films", is_blind=False, is_finished=True).description == ""
