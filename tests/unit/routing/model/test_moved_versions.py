"""A version that was put in force meanwhile is shown, and what people said since undoes nothing."""

from pathlib import Path

import pytest

from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ADA = "ada@memory.localhost"
PILOT = 20
OLD = "memory-old"


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """Sixty posts, of which Ada labelled a pilot, which the model learned from."""
    loop = new_memory_loop(tmp_path, 60, ADA, pilot=PILOT, target_error=0.01, max_votes=1)
    loop.sync()
    answer_tabs(loop.blind, 0)
    loop.sync()
    return loop


def shown(loop: MemoryLoop) -> dict[int, str]:
    """The version of each task's latest prediction."""
    return {one.task: one.model_version for one in loop.ledger.state().predictions}


def unanswered(loop: MemoryLoop) -> set[int]:
    state = loop.ledger.state()
    return {*state.tasks} - {one.task for one in state.annotations}


def test_an_older_version_is_shown_where_nobody_answered_yet(loop: MemoryLoop) -> None:
    before, open_ = shown(loop), unanswered(loop)
    loop.backend.used = OLD
    report = loop.sync()
    assert report.model_version == loop.backend.used == OLD
    assert report.labelled == len(open_) > 0
    after = shown(loop)
    assert {task for task, version in after.items() if version == OLD} == open_
    assert {task: after[task] for task in after.keys() - open_} == {
        task: before[task] for task in before.keys() - open_
    }


def test_its_beliefs_take_the_place_of_the_others(loop: MemoryLoop) -> None:
    loop.backend.used = OLD
    loop.sync()
    held_out = loop.ledger.held_out()
    assert {one.model_version for one in held_out.values()} == {OLD}


def test_the_next_pass_does_not_undo_it(loop: MemoryLoop) -> None:
    loop.backend.used = OLD
    loop.sync()
    report = loop.sync()
    assert (report.model_version, report.labelled) == (OLD, 0)


def test_once_people_are_done_with_more_the_model_learns_again(loop: MemoryLoop) -> None:
    loop.backend.used = OLD
    loop.sync()
    for _ in range(3):
        answer_tabs(loop.studio, 0)
        if loop.sync().model_version != OLD:
            return
    raise AssertionError("it never learns again")
