"""Tandem's part of a description or instruction comes and goes; people's words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.studio.own_text import DESCRIPTION, INSTRUCTION, Marks

MARKS = pytest.mark.parametrize("marks", [DESCRIPTION, INSTRUCTION], ids=["plain", "html"])
WORDS = st.text(st.characters(exclude_characters="—<>", exclude_categories=["Cs"]))


@MARKS
@given(people=WORDS, own=WORDS)
def test_what_people_wrote_is_got_back_to_the_letter(marks: Marks, people: str, own: str) -> None:
    assert marks.without_own(marks.with_own(people, own)) == people


@MARKS
@given(people=WORDS, first=WORDS, second=WORDS)
def test_tandems_part_is_replaced(marks: Marks, people: str, first: str, second: str) -> None:
    text = marks.with_own(marks.with_own(people, first), second)
    assert text == marks.with_own(people, second)
    assert marks.own_part(text) == second.strip()


@MARKS
def test_words_that_people_added_behind_it_are_kept(marks: Marks) -> None:
    text = marks.with_own("Moods of letters.", "8 are left.") + "\nAsk Ann."
    assert marks.without_own(text) == "Moods of letters.\nAsk Ann."


@MARKS
def test_nothing_to_say_leaves_no_mark(marks: Marks) -> None:
    assert marks.with_own(marks.with_own("Moods.", "8 are left."), "") == "Moods."
