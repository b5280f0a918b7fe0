"""`tandem people`: how everybody stands, and the admin's word, on the command line."""

from pathlib import Path

import pytest

from routing.ledger.people import person_events
from tests.support.commands import tandem, the_line, the_object
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ANN, BEN, CARL = "ann@x", "ben@x", "carl@x"
PLAIN = {"pilot": 0, "target_error": 0.01, "blind_share": 0, "max_votes": 1}


@pytest.fixture
def loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryLoop:
    """Twelve posts that three people answered, four each."""
    loop = new_memory_loop(tmp_path, 12, ANN, BEN, CARL, **PLAIN)
    loop.sync(clock=loop.studio.server.now)
    answer_tabs(loop.studio, 1)
    loop.sync()
    work_on(loop, monkeypatch)
    return loop


def test_the_table_tells_how_everybody_stands(loop: MemoryLoop) -> None:
    assert loop.ledger
    lines = tandem("people").stdout.splitlines()
    assert [line.split() for line in lines[2:]] == [
        [name, "active", "4", "0", "-", "-", "5", "s", "$57.60", "-"]
        for name in ("ann", "ben", "carl")
    ]
    [_, _, carl] = the_object(tandem("people", "--json"))["people"]
    assert (carl["email"], carl["answers"], carl["seconds"], carl["skill"]) == (CARL, 4, 5.0, None)


def test_one_person_is_shown_with_the_labels_that_they_recognise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = new_memory_loop(tmp_path, 12, ANN, BEN, CARL, **PLAIN | {"votes": 3, "max_votes": 3})
    loop.sync(clock=loop.studio.server.now)
    answer_tabs(loop.studio, 1)
    loop.sync()
    work_on(loop, monkeypatch)
    lines = tandem("people", "show", "carl").stdout.splitlines()
    assert [line for line in lines if ": recognised " in line]


def test_a_word_is_recorded_with_whose_it_was_and_why(loop: MemoryLoop) -> None:
    said = tandem("people", "exclude", "Carl", "--why", "two people, one account")
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("carl is excluded: their answers count no more")
    [event] = person_events(loop.ledger)
    assert (event.state, event.by, event.reason) == (
        "excluded",
        "admin@memory.localhost",
        "two people, one account",
    )
    table = tandem("people").stdout
    assert "carl is excluded by admin@memory.localhost since" in table
    assert "(two people, one account)" in table
    assert loop.sync().owed == 4


def test_it_is_taken_back(loop: MemoryLoop) -> None:
    tandem("people", "exclude", "carl", "--why", "so")
    loop.sync()
    assert "is active again" in tandem("people", "resume", "carl@x").stdout
    assert loop.sync().owed == 0
    shown = tandem("people", "show", "carl").stdout
    assert "carl is active." in shown
    assert [line.split(" ", 2)[2] for line in shown.splitlines()[-2:]] == [
        "excluded, by admin@memory.localhost: so",
        "active, by admin@memory.localhost: taken back by the admin",
    ]


def test_what_is_so_already_is_recorded_once(loop: MemoryLoop) -> None:
    assert "carl is active already." in tandem("people", "resume", "carl").stdout
    tandem("people", "pause", "carl")
    again = the_object(tandem("people", "pause", "carl", "--json"))
    assert (again["changed"], again["says"]) == (False, "carl is paused already.")
    assert len(person_events(loop.ledger)) == 1


@pytest.mark.parametrize("word", ["pause", "show", "page"])
def test_an_unknown_name_names_those_that_there_are(loop: MemoryLoop, word: str) -> None:
    refused = tandem("people", word, "dora")
    assert refused.exit_code == 1
    assert the_line(refused) == (
        "tandem: Nobody is called 'dora' (`reviewers` in the settings). Name one of them: ann, ben,"
        " carl; or give somebody's address."
    )
    assert person_events(loop.ledger) == []


def test_who_is_excluded_is_not_paused(loop: MemoryLoop) -> None:
    tandem("people", "exclude", "carl", "--why", "so")
    assert the_line(tandem("people", "pause", "carl")) == (
        "tandem: carl is excluded, which is more than paused. Take it back first with"
        " `tandem people resume carl`."
    )
    assert len(person_events(loop.ledger)) == 1


def test_excluding_needs_a_reason(loop: MemoryLoop) -> None:
    assert tandem("people", "exclude", "carl").exit_code == 2
    assert person_events(loop.ledger) == []


def test_plan_says_who_is_paused(loop: MemoryLoop) -> None:
    tandem("people", "pause", "carl")
    assert "carl is paused by" in tandem("plan").stdout
    assert loop.sync().standing.people[2].state == "paused"


def test_one_person_s_work_is_told_in_sessions(loop: MemoryLoop) -> None:
    assert loop.ledger
    assert "Work: 0 min in one session, of" in tandem("people", "show", "carl").stdout
    told = the_object(tandem("people", "show", "carl", "--json"))
    assert (told["state"], told["answers"], told["pay_an_hour"]) == ("active", 4, 57.6)
    assert (told["work"]["sessions"], told["work"]["drift"], told["events"]) == (1, None, [])
