"""Whole passes with `policy.needs`: who has what an item needs is asked it, here and blind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labeling.errors import SettingsError
from routing.ledger import Ledger
from routing.ledger.records import LedgerState
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ADA, BEN = "ada@x", "ben@x"


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[MemoryLoop]:
    """Half of the items are German, and Ada alone knows it; all are in the pilot."""
    loop = new_memory_loop(tmp_path, 0, ADA, BEN, needs="language", pilot=20, max_votes=1)
    able(loop, ADA, " german ")
    languages = ["German"] * 10 + [None] * 10
    loop.studio.import_tasks(
        [
            {"text": f"Text {place}"} | ({"language": one} if one else {})
            for place, one in enumerate(languages)
        ]
    )
    yield loop
    loop.ledger.close()


def able(loop: MemoryLoop, email: str, *languages: str) -> None:
    for one in loop.sections["reviewers"]:
        one["languages"] = list(languages) if one["email"] == email else []


def asked(loop: MemoryLoop, state: LedgerState) -> dict[str, set[str | None]]:
    """What the items that each is asked blind need."""
    names = {user.id: user.email for user in loop.studio.users()}
    found: dict[str, set[str | None]] = {ADA: set(), BEN: set()}
    for one in state.assignments:
        if one.state == "open":
            found[names[one.worker]].add(state.tasks[one.task].needs)
    return found


def blind_state(loop: MemoryLoop) -> LedgerState:
    ledger = Ledger(loop.ledger.engine.url.render_as_string(), loop.blind.project_id)
    try:
        return ledger.state()
    finally:
        ledger.close()


def test_only_who_has_what_an_item_needs_is_asked_it(loop: MemoryLoop) -> None:
    report = loop.sync()

    assert "German" in asked(loop, blind_state(loop))[ADA]
    assert asked(loop, blind_state(loop))[BEN] == {None}
    assert report.unassigned == 0


def test_what_nobody_can_answer_waits_and_is_told_in_one_line(loop: MemoryLoop) -> None:
    able(loop, ADA)
    loop.sync()
    answer_tabs(loop.studio, 0, right=1.0)
    report = loop.sync()

    assert asked(loop, blind_state(loop)) == {ADA: set(), BEN: set()}
    assert (report.owed, report.unassigned, report.given_up) == (10, 10, 0)
    assert [one for one in report.standing.notices if "german" in one] == [
        "10 items wait for somebody who has what no reviewer has: german. Name it under the"
        " languages or abilities of one of the reviewers."
    ]


def test_it_is_asked_as_soon_as_somebody_has_it(loop: MemoryLoop) -> None:
    able(loop, ADA)
    loop.sync()
    able(loop, BEN, "German")
    loop.sync()

    assert "German" in asked(loop, blind_state(loop))[BEN]
    assert asked(loop, blind_state(loop))[ADA] == {None}


def test_a_field_that_no_item_has_is_one_clear_line(loop: MemoryLoop) -> None:
    loop.sections["policy"] = {"needs": "langauge"}
    with pytest.raises(SettingsError) as told:
        loop.sync()

    assert (told.value.where, told.value.hint) == ("policy.needs", "Did you mean language?")


def test_the_field_is_read_though_it_was_named_later(loop: MemoryLoop) -> None:
    needs = loop.sections["policy"].pop("needs")
    loop.sync()
    assert {one.needs for one in loop.ledger.state().tasks.values()} == {None}
    loop.sections["policy"]["needs"] = needs
    loop.sync()

    assert {one.needs for one in loop.ledger.state().tasks.values()} == {"German", None}
    assert asked(loop, blind_state(loop))[BEN] == {None}
