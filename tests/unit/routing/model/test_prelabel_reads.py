"""Pre-labelling reads back what it stored, and nothing else; what is known then is the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from routing.progress import Progress, silent
from routing.studio.connection import PAGING
from routing.studio.models import NewPrediction, StudioTask
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MemoryStudio

ADA = "ada@memory.localhost"
TASKS = 40
A_WHILE = PAGING.look_back + timedelta(seconds=1)


@pytest.fixture
def loop(tmp_path: Path) -> MemoryLoop:
    """Forty posts that lay there for a while, of which people see none beside the pre-label."""
    loop = new_memory_loop(tmp_path, TASKS, ADA, pilot=10, blind_share=1)
    loop.sync()
    loop.studio.server.moment += A_WHILE
    loop.sync()
    loop.studio.server.moment += A_WHILE
    return loop


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of Label Studio: of the main project's tasks and predictions."""
    calls: list[str] = []
    whole, some, stored = MemoryStudio.tasks, MemoryStudio.tasks_of, MemoryStudio.import_predictions

    def tasks(studio: MemoryStudio, progress: Progress = silent) -> Iterator[StudioTask]:
        calls.append("all tasks")
        return whole(studio, progress)

    def tasks_of(
        studio: MemoryStudio, ids: Sequence[int], progress: Progress = silent
    ) -> Iterator[StudioTask]:
        calls.extend(["some tasks"] if ids else [])
        return some(studio, ids, progress)

    def import_predictions(studio: MemoryStudio, new: Sequence[NewPrediction]) -> None:
        calls.append(f"import {len(new)}")
        stored(studio, new)

    monkeypatch.setattr(MemoryStudio, "tasks", tasks)
    monkeypatch.setattr(MemoryStudio, "tasks_of", tasks_of)
    monkeypatch.setattr(MemoryStudio, "import_predictions", import_predictions)
    return calls


def test_what_a_fast_model_says_is_imported_by_one_call_and_no_task_is_read(
    loop: MemoryLoop, asked: list[str]
) -> None:
    loop.tunables = replace(loop.tunables, predicted_tasks=7)
    loop.backend.name = "anew"
    assert loop.sync().labelled == TASKS
    assert asked == [f"import {TASKS}"]


def test_what_is_known_after_it_is_what_reading_all_tasks_tells(loop: MemoryLoop) -> None:
    loop.backend.name = "anew"
    loop.sync()
    known = loop.ledger.state()
    assert {one.model_version for one in known.predictions} == {"anew-0"}
    loop.ledger.forget_cursor()
    assert loop.sync().changes == []
    again = loop.ledger.state()
    assert (again.tasks, again.predictions) == (known.tasks, known.predictions)


def test_a_few_new_tasks_in_a_large_project_are_read_by_themselves(
    loop: MemoryLoop, asked: list[str]
) -> None:
    loop.studio.import_tasks([{"text": "One more"}])
    assert loop.sync().labelled == 1
    assert asked.count("all tasks") == 0
