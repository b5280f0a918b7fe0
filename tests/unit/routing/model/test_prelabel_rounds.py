"""Pre-labelling round after round: what a newer prediction replaced goes, so many at a time."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

ADA = "ada@memory.localhost"
TASKS = 40
ALL_TO_PEOPLE = {"pilot": 0, "target_error": 0.01, "max_votes": 1, "blind_share": 0}


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """Forty posts, of which Ada reviews some beside the pre-label."""
    return new_memory_loop(tmp_path, TASKS, ADA, **ALL_TO_PEOPLE)


def relabel(loop: MemoryLoop, times: int) -> None:
    """Make passes, before each of which the backend comes to serve another version."""
    for number in range(times):
        loop.backend.name = f"memory{number}"
        assert loop.sync().labelled


def predicted(loop: MemoryLoop) -> int:
    return loop.studio.project().prediction_count


def test_what_waits_for_nobody_has_one_prediction_however_often_the_version_moves(
    loop: MemoryLoop,
) -> None:
    relabel(loop, times=5)
    [waiting] = [len(one.task_ids) for one in loop.studio.views() if one.title.startswith("ada")]
    assert 0 < waiting < TASKS
    assert predicted(loop) == TASKS - waiting + 5 * waiting, "pages may show what waits"


def test_what_waited_is_rid_of_older_predictions_so_many_a_pass(loop: MemoryLoop) -> None:
    loop.tunables = replace(loop.tunables, old_predictions=15)
    relabel(loop, times=5)
    before = predicted(loop)
    answer_tabs(loop.studio, 0)
    gone = []
    while deleted := [one for one in loop.sync().changes if one.kind == "prediction.delete"]:
        gone.append(len(deleted))
    assert max(gone) == 15
    assert sum(gone) < before
    waiting = [one for view in loop.studio.views() for one in view.task_ids]
    held = {one.id: len(one.predictions) for one in loop.studio.tasks()}
    assert {held[task] for task in held.keys() - set(waiting)} == {1}
