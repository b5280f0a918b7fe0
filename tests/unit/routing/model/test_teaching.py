"""Teaching: what the backend believes of the tasks that it learned from is kept, out of fold."""

from pathlib import Path

import pytest

from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ADA = "ada@memory.localhost"
PILOT = 20


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """Sixty posts, of which Ada labels a pilot first."""
    return new_memory_loop(tmp_path, 60, ADA, pilot=PILOT, target_error=0.01, max_votes=1)


def test_nothing_is_held_out_before_anybody_answered(loop: MemoryLoop) -> None:
    loop.sync()
    assert loop.ledger.held_out() == {}


def test_a_belief_is_held_out_of_each_task_that_was_learned_from(loop: MemoryLoop) -> None:
    loop.sync()
    answer_tabs(loop.blind, 0)
    loop.sync()
    state = loop.ledger.state()
    learned = state.rounds[-1]
    assert learned.answers == PILOT
    assert state.held_out.keys() == {
        task for task, one in state.decisions.items() if one.kind == "pilot"
    }
    assert {one.model_version for one in state.held_out.values()} == {learned.model_version}
    predicted = {one.task: one.answer for one in state.predictions}
    assert all(one.answer == predicted[task] for task, one in state.held_out.items())


def test_another_round_s_take_their_place(loop: MemoryLoop) -> None:
    loop.sync()
    answer_tabs(loop.blind, 0)
    loop.sync()
    loop.backend.name = "other"
    loop.sync()
    held_out = loop.ledger.held_out()
    assert len(held_out) == PILOT
    assert {one.model_version for one in held_out.values()} == {f"other-{PILOT}"}
