"""A task whose data say that it is synthetic is no task of the dataset, whatever becomes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labeling.settings.settings import Settings
from routing.ledger.converters import SOURCE
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from routing.studio.connection import PAGING
from routing.studio.models import NewPrediction
from tandem.export.outcome import conclude
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MemoryStudio, answer_tabs
from tests.support.observed_tasks import FORM

ADA, BEN = "ada@memory.localhost", "ben@memory.localhost"
TASKS, SYNTHETIC = 30, 10


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[MemoryLoop]:
    """Thirty posts of people and ten of a model, which somebody has answered and predicted."""
    loop = new_memory_loop(
        tmp_path, TASKS, ADA, BEN, pilot=8, votes=2, max_votes=2, target_error=0.2
    )
    loop.studio.import_tasks(
        [{"text": f"Written {number}", "synthetic": True} for number in range(SYNTHETIC)]
    )
    region = FORM.encode("positive", "")
    for task in synthetic(loop):
        loop.studio.annotate(task, 2, region)
    loop.studio.import_predictions([NewPrediction(min(synthetic(loop)), region, 0.9, "other")])
    yield loop
    loop.ledger.close()


def held(loop: MemoryLoop) -> dict[int, Any]:
    return loop.studio.server.projects[loop.studio.project_id].tasks


def synthetic(loop: MemoryLoop) -> set[int]:
    """The tasks of the project that say they are."""
    return {task for task, one in held(loop).items() if one.data.get("synthetic")}


def look(loop: MemoryLoop) -> Snapshot:
    studio: Any = loop.studio
    return observe(studio, loop.ledger, Settings.model_validate(loop.sections), dry_run=True)


def test_none_is_asked_promised_learned_from_or_exported(loop: MemoryLoop) -> None:
    for seed in range(30):
        loop.sync()
        if not answer_tabs(loop.studio, seed):
            break
    snapshot = look(loop)
    state, apart = snapshot.state, synthetic(loop)
    assert state.populations, "the promise was begun"
    asked = {one.data.get(SOURCE) for one in loop.blind.tasks()}
    assert not apart & {*state.tasks, *state.members, *state.decisions, *asked}
    assert not apart & {one.task for one in state.annotations}
    assert not apart & {one.task for one in state.predictions}
    assert sum(one.size for one in state.populations) == TASKS
    outcome = conclude(snapshot)
    assert {*outcome.dataset["task"]} == {*held(loop)} - apart
    assert not any("Written" in (text or "") for text in state.texts.values())
    assert all(len(held(loop)[task].annotations) == 1 for task in apart), "nobody was given one"


def test_their_number_has_nothing_read_twice(
    loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_at_later() -> set[int]:
        loop.studio.server.moment += PAGING.look_back + timedelta(seconds=1)
        return {*look(loop).state.tasks}

    looked_at_later()
    looked_at_later()
    del held(loop)[max(synthetic(loop))]
    known = looked_at_later()
    assert len(known) == TASKS
    assert loop.ledger.counts()["task"] == TASKS + SYNTHETIC - 1
    monkeypatch.setattr(MemoryStudio, "tasks", None)  # whoever reads all fails
    assert looked_at_later() == known


@pytest.mark.parametrize("said", [True, "True", "true"])
def test_a_task_that_is_marked_leaves_and_one_that_is_unmarked_comes_back(
    loop: MemoryLoop, said: object
) -> None:
    task = min(look(loop).state.tasks)
    for mark, is_known in ((said, False), (False, True)):
        now, one = loop.studio.server.now(), held(loop)[task]
        held(loop)[task] = replace(one, data={**one.data, "synthetic": mark}, updated_at=now)
        state = look(loop).state
        assert (task in state.tasks) is is_known
        assert (state.texts.get(task) is not None) is is_known
