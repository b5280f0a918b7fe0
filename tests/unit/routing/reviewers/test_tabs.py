"""Tabs: what their titles say, and whose tab a title names."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.facts.vote_demands import Reviewer
from routing.reviewers.places import EVERYBODY
from routing.reviewers.tabs import own_tabs, owner_of, tab_title
from routing.reviewers.users import People
from routing.studio.models import StudioUser, StudioView

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)
ANN, BOB = 2, 3


@pytest.mark.parametrize(
    ("waiting", "waiting_blind", "is_blind", "is_finished", "said"),
    [
        (8, 12, False, False, "8 left"),
        (8, 12, True, False, "12 left"),
        (0, 12, False, False, "12 in blind"),
        (8, 0, True, False, "8 in main"),
        (0, 0, False, False, "done for now"),
        (0, 0, True, True, "done"),
    ],
)
def test_a_title_says_what_is_left_here_else_elsewhere(
    waiting: int, waiting_blind: int, is_blind: bool, is_finished: bool, said: str
) -> None:
    ann = replace(EVERYBODY, name="Ann", waiting=waiting, waiting_blind=waiting_blind)
    title = tab_title(ann, is_blind=is_blind, is_finished=is_finished)
    assert title == f"Ann · {said} · Tandem"


@given(NAMES, st.integers(0, 10**6), st.integers(0, 10**6), st.booleans(), st.booleans())
def test_every_title_names_its_owner(
    name: str, waiting: int, waiting_blind: int, is_blind: bool, is_finished: bool
) -> None:
    place = replace(EVERYBODY, name=name, waiting=waiting, waiting_blind=waiting_blind)
    assert owner_of(tab_title(place, is_blind=is_blind, is_finished=is_finished)) == name


@pytest.mark.parametrize(
    "title",
    ["Default", "Ann", "Ann · Tandem", "Ann · my notes · Tandem", "Ann · 8 left · Tandem Copy", ""],
)
def test_other_titles_are_of_tabs_that_people_made(title: str) -> None:
    assert owner_of(title) is None


def test_a_tab_is_found_again_by_any_name_that_means_its_reviewer_alone() -> None:
    def found(title: str, **names: str) -> dict[int, int]:
        users = {
            number: StudioUser(number, f"{address}@example.org", name)
            for number, (address, name) in enumerate(names.items(), start=ANN)
        }
        people = People(users, tuple(Reviewer(one, 10) for one in users), None)
        return {user: view.id for user, view in own_tabs([view(title)], people).items()}

    def view(title: str) -> StudioView:
        return StudioView(7, title, (), ())

    assert found("Ann · 8 left · Tandem", ann="Ann Lee", bob="Bob") == {ANN: 7}
    assert found("Ann Lee · done · Tandem", ann="Ann Lee", bob="Bob") == {ANN: 7}
    assert found("Ann · 8 left · Tandem", ann="Ann Lee", anna="Ann Poe") == {}
    assert found("Bob · 1 in main · Tandem", ann="Ann", bob="Bob") == {BOB: 7}
    assert found("To review · 8 left · Tandem", ann="Ann") == {}
    assert found("To review · 8 left · Tandem") == {EVERYBODY.worker: 7}
