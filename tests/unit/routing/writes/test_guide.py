"""Guiding people: what their tabs, descriptions and instructions say, pass after pass."""

from dataclasses import replace
from pathlib import Path

import pytest

from routing.ledger.people import person_events, record_person_events, states_of
from routing.reviewers.tabs import MOST_DOUBTFUL_FIRST, OLDEST_FIRST, owner_of
from routing.studio.models import StudioView
from routing.studio.own_text import DESCRIPTION
from tests.support.memory_project import MemoryLoop, new_memory_loop, tab_called, titles
from tests.support.memory_studio import answer_tabs

ADA, BEN = "ada@memory.localhost", "ben@memory.localhost"
ONE_VOTE = {"pilot": 0, "target_error": 0.01, "max_votes": 1}
"""Not one error is allowed, so all goes to people; some of it blind."""


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """Eight posts, half of which are asked blind, and two who review."""
    return new_memory_loop(tmp_path, 8, ADA, BEN, **ONE_VOTE, blind_share=0.5)


def tabs_of(loop: MemoryLoop) -> dict[int, StudioView]:
    """The main project's tabs by id, to be changed as people change them."""
    return loop.studio.server.projects[loop.studio.project_id].views


def test_each_tab_says_what_is_left_and_lands_nobody_in_anothers(loop: MemoryLoop) -> None:
    loop.sync()
    here, blind = (tab_called(one, "ada").task_ids for one in (loop.studio, loop.blind))
    assert titles(loop.studio)[:2] == ["Default", f"ada · {len(here)} left · Tandem"]
    assert titles(loop.blind)[:2] == ["Default", f"ada · {len(blind)} left · Tandem"]
    assert loop.sync().changes == []


def test_both_projects_say_what_is_left_here_and_then_there(loop: MemoryLoop) -> None:
    loop.sync()
    here, blind = (len(tab_called(one, "ada").task_ids) for one in (loop.studio, loop.blind))
    said, said_there = loop.studio.project(), loop.blind.project()
    assert f"ada: {here} left here, then {blind} in “Posts · blind”." in said.description
    assert f"ada: {blind} left here, then {here} in “Posts”." in said_there.description
    address = f"/projects/{loop.blind.project_id}/data?tab={tab_called(loop.blind, 'ada').id}"
    link = f'<a href="{address}&amp;labeling=1#">{blind} in “Posts · blind”</a>'
    assert link in said.directions
    assert said.shows_instruction
    assert said_there.shows_instruction


def test_what_people_wrote_stays_as_it_is(loop: MemoryLoop) -> None:
    loop.studio.update_project(description="Moods.", expert_instruction="Is it <b>good</b>?")
    loop.sync()
    project = loop.studio.project()
    assert DESCRIPTION.without_own(project.description) == "Moods."
    assert project.instruction == "Is it <b>good</b>?"
    assert loop.blind.project().instruction == "Is it <b>good</b>?"


def test_a_tab_keeps_its_address_until_all_is_done(loop: MemoryLoop) -> None:
    loop.sync()
    first = tab_called(loop.studio, "ada").id
    while loop.sync().remaining:
        answer_tabs(loop.studio, 0)
    assert tab_called(loop.studio, "ada") == StudioView(
        first, "ada · done · Tandem", (), MOST_DOUBTFUL_FIRST, is_all_selected=True
    )
    assert "ada: all is done, thank you." in loop.studio.project().description


def test_who_has_work_in_the_other_project_alone_is_told_so(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 8, ADA, pilot=4)
    loop.sync()
    assert titles(loop.studio) == ["Default", "ada · 4 in blind · Tandem"]
    assert tab_called(loop.blind, "ada").ordering == OLDEST_FIRST, "it has no predictions"


def test_who_has_nothing_while_others_work_is_not_told_that_all_is_done(
    tmp_path: Path,
) -> None:
    loop = new_memory_loop(tmp_path, 1, ADA, BEN, **ONE_VOTE, blind_share=0)
    loop.sync()
    assert {one.partition(" · ")[2] for one in titles(loop.studio)[1:]} == {
        "1 left · Tandem",
        "done for now · Tandem",
    }


def test_tabs_of_people_who_left_are_closed_and_users_tabs_are_not(loop: MemoryLoop) -> None:
    mine = StudioView(1, "Mine · Tandem", (range(1, 3),), ())
    tabs_of(loop)[1] = mine
    loop.sync()
    copied = replace(tab_called(loop.studio, "ben"), id=2, title="ben · 2 left · Tandem Copy")
    tabs_of(loop)[2] = copied
    loop.staff(ADA)
    loop.sync()
    assert {mine, copied} <= set(loop.studio.views())
    assert [one.partition(" · ")[0] for one in titles(loop.studio)] == ["Mine", "ada", "ben"]


def test_tabs_that_came_first_are_brought_behind(loop: MemoryLoop) -> None:
    loop.sync()
    default, *ours = loop.studio.views()
    loop.studio.delete_view(default.id)
    loop.sync()
    assert titles(loop.studio) == ["Default", *(one.title for one in ours)]
    tabs_of(loop)[default.id] = replace(default, title="Mine")
    loop.studio.delete_view(loop.studio.views()[0].id)
    loop.sync()
    assert titles(loop.studio) == ["Mine", *(one.title for one in ours)]


def test_a_tab_that_somebody_changed_is_put_right(loop: MemoryLoop) -> None:
    loop.sync()
    tab = tab_called(loop.studio, "ada")
    tabs_of(loop)[tab.id] = replace(tab, is_all_selected=False, ordering=("tasks:id",))
    [change] = loop.sync().changes
    assert (change.kind, change.target) == ("tab", tab.title)
    assert tab_called(loop.studio, "ada") == tab


def test_who_turns_the_instruction_off_again_is_obeyed(loop: MemoryLoop) -> None:
    loop.sync()
    loop.studio.update_project(show_instruction=False)
    assert loop.sync().changes == []
    assert not loop.studio.project().shows_instruction


def test_an_empty_project_is_left_alone(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 0, ADA)
    loop.sync()
    assert titles(loop.studio) == []
    assert "ada" not in loop.studio.project().description


def test_where_nobody_is_named_all_share_a_tab(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 4, **ONE_VOTE, blind_share=0)
    loop.sync()
    assert titles(loop.studio) == ["Default", "To review · 4 left · Tandem"]
    assert "To review: 4 left here." in loop.studio.project().description


def test_a_dry_run_tells_the_same_tabs_and_writes_nothing(loop: MemoryLoop) -> None:
    loop.sync()
    answer_tabs(loop.studio, 0)
    before = titles(loop.studio), loop.studio.project()
    foreseen = [one.target for one in loop.sync(dry_run=True).changes if one.kind == "tab"]
    assert (titles(loop.studio), loop.studio.project()) == before
    assert foreseen == [one.target for one in loop.sync().changes if one.kind == "tab"]


def test_who_is_in_training_has_no_tab_before_they_are_let_in(
    loop: MemoryLoop, tmp_path: Path
) -> None:
    file = tmp_path / "known.csv"
    file.write_text("text,answer\nKnown,positive\n", "utf-8")
    loop.sections["quality"] = {"known_answers": str(file), "training": "training"}
    loop.sync()
    states = states_of(person_events(loop.ledger))
    assert {one.state for one in states.values()} == {"in training"}
    assert not [one for one in titles(loop.studio) if owner_of(one)]
    ada = min(states)
    record_person_events(loop.ledger, [replace(states[ada], number=2, state="active", by="admin")])
    loop.sync()
    assert [owner_of(one) for one in titles(loop.studio) if owner_of(one)] == ["ada"]
