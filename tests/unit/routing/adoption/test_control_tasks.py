"""Control tasks and what people said of them are known again once a lost ledger was rebuilt."""

from pathlib import Path
from typing import Any, cast

import pytest

from labeling.settings.settings import Settings
from routing.adoption.account import account_of
from routing.adoption.adopt import adopt, plan
from routing.ledger import Ledger
from routing.ledger.control_tasks import control_tasks, first_answers
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ADA, BEN = "ada@memory.localhost", "ben@memory.localhost"


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """A project in whose blind work people answered control tasks, some of which wait."""
    known = tmp_path / "known.csv"
    known.write_text("text,answer\n" + "".join(f"Known {n},negative\n" for n in range(20)), "utf-8")
    made = new_memory_loop(tmp_path, 40, ADA, BEN, pilot=20, votes=2)
    made.sections["quality"] = {"known_answers": str(known), "controls_most": 0.2}
    made.sync()
    answer_tabs(made.studio, 1)
    made.sync()
    return made


def adopted(loop: MemoryLoop, folder: Path) -> dict[str, int | None]:
    """Have a new ledger keep the project; return what is told to be regained."""
    loop.ledger.close()
    loop.ledger = Ledger(f"sqlite:///{folder}/another.sqlite3", loop.studio.project_id)
    loop.ledger.upgrade()
    settings = Settings.model_validate(loop.sections)
    adoption = plan(cast(Any, loop.studio), loop.ledger, settings)
    adopt(adoption)
    return {one.what: one.count for one in account_of(adoption)}


def said(loop: MemoryLoop) -> set[tuple[str, int, str | None]]:
    text = {one.number: one.data["text"] for one in control_tasks(loop.ledger)}
    return {(text[one.control], one.worker, one.answer) for one in first_answers(loop.ledger)}


def test_what_people_said_of_them_counts_again_and_nobody_is_asked_it_twice(
    loop: MemoryLoop, tmp_path: Path
) -> None:
    before, there = said(loop), {one.id: one.data["text"] for one in loop.blind.tasks()}
    texts = [text for text in there.values() if text.startswith("Known")]
    assert len(before) > 4
    told = adopted(loop, tmp_path)
    assert told["control tasks in the blind project"] == len(texts)
    assert told["who is in training, watched, paused or excluded, and why"] is None
    loop.sync()
    report = loop.sync()
    assert said(loop) == before
    assert sum(one.controls for one in report.standing.people) == len(before)
    now = [one.data["text"] for one in loop.blind.tasks()]
    assert len(now) == len(set(now)), "none stands there twice"


def test_where_their_known_answers_are_not_named_again_they_stay_unknown(
    loop: MemoryLoop, tmp_path: Path
) -> None:
    loop.sections["quality"] = {}
    adopted(loop, tmp_path)
    report = loop.sync()
    assert sum(one.controls for one in report.standing.people) == 0
    assert first_answers(loop.ledger) == []
