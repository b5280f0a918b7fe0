"""The review project: asked once, blind, read back, and taken away but for what people began."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from labeling.data_fields import is_synthetic
from labeling.errors import ForeignLedger, SettingsError
from routing.ledger.identity import LedgerIdentity
from routing.ownership.mark import marked
from routing.synthetic_review.project import MAKE, ReviewedTask, ReviewProject
from tests.support.label_configs import choices
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MemoryStudio
from tests.support.observed_tasks import FORM

ADA, BEN = 2, 3
TEXTS = {f"id {number}": f"Written {number}" for number in range(6)}


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[MemoryLoop]:
    """Four posts of people, which two people review."""
    loop = new_memory_loop(tmp_path, 4, "ada@memory.localhost", "ben@memory.localhost", pilot=0)
    yield loop
    loop.ledger.close()


def found(loop: MemoryLoop) -> ReviewProject:
    return ReviewProject.find(cast(Any, loop.studio), loop.ledger)


def door(loop: MemoryLoop) -> MemoryStudio:
    """The review project in Label Studio."""
    review = found(loop)
    assert review.id is not None
    return loop.studio.beside(review.id)


def asked(loop: MemoryLoop) -> dict[str, ReviewedTask]:
    return {one.text: one for one in found(loop).tasks(TEXTS)}


def answer(loop: MemoryLoop, name: str, user: int, label: str) -> None:
    door(loop).annotate(asked(loop)[name].task, user, FORM.encode(label, ""))


def test_texts_are_asked_about_once_in_a_project_of_their_own(loop: MemoryLoop) -> None:
    some = dict(list(TEXTS.items())[:4])
    assert found(loop).made().ask(some) == 4
    assert found(loop).made().ask(TEXTS) == 2
    assert found(loop).made().ask(TEXTS) == 0
    assert len(loop.studio.server.projects) == 2
    assert [one.data["text"] for one in door(loop).tasks()] == [*TEXTS.values()]
    assert len(list(loop.studio.tasks())) == 4, "the main project has none of them"


def test_people_see_neither_the_label_nor_a_prediction(loop: MemoryLoop) -> None:
    found(loop).made().ask(TEXTS)
    for task in door(loop).tasks():
        assert {*task.data} == {"text", "synthetic", "synthetic_id"}
        assert is_synthetic(task.data)
        assert not task.predictions
    assert door(loop).project().label_config == loop.studio.project().label_config


def test_what_people_said_is_read_back(loop: MemoryLoop) -> None:
    found(loop).made().ask(TEXTS)
    answer(loop, "id 0", ADA, "positive")
    answer(loop, "id 0", BEN, "negative")
    answer(loop, "id 1", ADA, "negative")
    answer(loop, "id 1", ADA, "positive")
    said = {name: one.said for name, one in asked(loop).items() if one.is_begun}
    assert said == {"id 0": ("positive", "negative"), "id 1": ("positive",)}


def test_what_nobody_began_goes_and_people_s_work_stays(loop: MemoryLoop) -> None:
    found(loop).made().ask(TEXTS)
    answer(loop, "id 0", ADA, "positive")
    begun = asked(loop)["id 3"].task
    loop.studio.server.drafts[door(loop).project_id] = [begun]
    kept = found(loop).remove(TEXTS)
    assert {one.text for one in kept} == {"id 0", "id 3"}
    assert {one.id for one in door(loop).tasks()} == {one.task for one in kept}
    assert found(loop).remove(TEXTS) == kept, "again, with nothing done"


def test_texts_of_another_folder_stay_and_the_project_goes_with_the_last(loop: MemoryLoop) -> None:
    other = {"id 0": "Written by another", "other": "Written too"}
    found(loop).made().ask(TEXTS)
    assert found(loop).made().ask(other) == 2, "though one of them has the same id"
    assert found(loop).remove(TEXTS) == []
    assert [one.data["text"] for one in door(loop).tasks()] == [*other.values()]
    found(loop).remove(other)
    assert found(loop).id is None
    assert [*loop.studio.server.projects] == [loop.studio.project_id]
    assert found(loop).remove(TEXTS) == []


def test_every_write_is_in_the_journal(loop: MemoryLoop) -> None:
    found(loop).made().ask(TEXTS)
    ledger = loop.ledger.beside(door(loop).project_id)
    assert [one.after for one in loop.ledger.writes(MAKE)] == [{"title": "Posts · synthetic"}]
    assert [one.target for one in ledger.writes("task.create")] == [*TEXTS]
    found(loop).remove(TEXTS)
    assert len(ledger.writes("task.delete")) == len(TEXTS)
    assert all(one.applied_at for one in ledger.writes("task.delete"))


def test_no_pass_reads_what_people_said_of_them(loop: MemoryLoop) -> None:
    loop.sync()
    found(loop).made().ask(TEXTS)
    for name in TEXTS:
        answer(loop, name, ADA, "positive")
    loop.sync()
    state = loop.ledger.state()
    assert {*state.tasks} == {one.id for one in loop.studio.tasks()}
    assert not state.annotations


def test_the_project_of_another_ledger_is_left_alone(loop: MemoryLoop) -> None:
    other = LedgerIdentity("3f2a", date(2026, 1, 31))
    loop.studio.update_project(description=marked("", other))
    with pytest.raises(ForeignLedger, match="kept by another ledger"):
        found(loop)
    assert len(loop.studio.server.projects) == 1


def test_a_project_that_asks_for_something_else_is_refused(loop: MemoryLoop) -> None:
    two = '<View><Text name="a" value="$a"/><Text name="b" value="$b"/>'
    config = choices(["x", "y"]).replace('<View><Text name="text" value="$text"/>', two)
    loop.studio.update_project(label_config=config.replace('toName="text"', 'toName="a"'))
    with pytest.raises(SettingsError, match="one choice is asked about one text"):
        found(loop)
