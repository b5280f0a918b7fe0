"""A look reads what changed since the last one, and everything only where nothing less will do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labeling.settings.settings import Settings
from routing.ledger.records import Write
from routing.progress import Progress, silent
from routing.snapshot.observe import observe
from routing.studio.connection import PAGING
from routing.studio.models import NewPrediction, StudioTask
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MemoryStudio
from tests.support.observed_tasks import ADA, BEN, FORM, NOON

TASKS = 6
A_WHILE = PAGING.look_back + timedelta(seconds=1)


@dataclass
class Read:
    """What was read of Label Studio."""

    wholes: int = 0
    tasks: list[int] = field(default_factory=list)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Note what is read."""
    seen, whole, some = Read(), MemoryStudio.tasks, MemoryStudio.tasks_of

    def tasks(studio: MemoryStudio, progress: Progress = silent) -> Iterator[StudioTask]:
        seen.wholes += 1
        return whole(studio, progress)

    def tasks_of(
        studio: MemoryStudio, ids: Sequence[int], progress: Progress = silent
    ) -> Iterator[StudioTask]:
        seen.tasks += ids
        return some(studio, ids, progress)

    monkeypatch.setattr(MemoryStudio, "tasks", tasks)
    monkeypatch.setattr(MemoryStudio, "tasks_of", tasks_of)
    return seen


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[MemoryLoop]:
    """A project that was looked at once, a while ago."""
    loop = new_memory_loop(tmp_path, TASKS)
    look(loop)
    loop.studio.server.moment += A_WHILE
    look(loop)
    loop.studio.server.moment += A_WHILE
    yield loop
    loop.ledger.close()


def look(loop: MemoryLoop) -> set[int]:
    """Look, and give the tasks that are known then."""
    studio: Any = loop.studio
    settings = Settings.model_validate(loop.sections)
    return set(observe(studio, loop.ledger, settings, dry_run=True).state.tasks)


def again(loop: MemoryLoop, read: Read) -> tuple[int, list[int]]:
    """Look again; gives how often all was read, and which tasks else."""
    read.wholes, read.tasks = 0, []
    look(loop)
    return read.wholes, read.tasks


def test_where_nothing_changed_nothing_is_read(loop: MemoryLoop, read: Read) -> None:
    assert again(loop, read) == (0, [])


def test_what_was_answered_is_read_alone_and_once_it_settled_no_more(
    loop: MemoryLoop, read: Read
) -> None:
    [_, answered, *_] = loop.studio.server.projects[loop.studio.project_id].tasks
    loop.studio.annotate(answered, ADA, FORM.encode("positive", "Text 1"))
    assert again(loop, read) == (0, [answered])
    assert again(loop, read) == (0, [answered]), "it may be settling still"
    loop.studio.server.moment += PAGING.settling + timedelta(seconds=1)
    look(loop)
    assert again(loop, read) == (0, []), "though the pull looks back far enough to name it"


def test_new_tasks_are_read_alone(loop: MemoryLoop, read: Read) -> None:
    before = look(loop)
    loop.studio.import_tasks([{"text": "One more"}])
    wholes, tasks = again(loop, read)
    assert wholes == 0
    assert set(tasks) == look(loop) - before != set()


def test_a_deleted_task_and_a_prediction_of_others_have_all_read(
    loop: MemoryLoop, read: Read
) -> None:
    held = loop.studio.server.projects[loop.studio.project_id].tasks
    first, second, *_ = held
    del held[first]
    assert again(loop, read)[0] == 1
    assert look(loop) == set(held)
    foreign = NewPrediction(second, FORM.encode("positive", "Text 1"), 0.5, "another")
    loop.studio.import_predictions([foreign])
    assert again(loop, read)[0] == 1
    assert again(loop, read)[0] == 0


def test_a_changed_form_has_all_read_once(loop: MemoryLoop, read: Read) -> None:
    held = loop.studio.server.projects[loop.studio.project_id]
    config = held.about.label_config.replace("negative", "bad")
    held.about = replace(held.about, label_config=config)
    assert again(loop, read)[0] == 1
    assert again(loop, read)[0] == 0


def test_what_a_killed_pass_may_have_written_is_read_again(loop: MemoryLoop, read: Read) -> None:
    [_, _, third, *_] = sorted(look(loop))
    key, kind = f"prediction:{third}:m", "prediction.create"
    loop.ledger.plan([Write(key, kind, f"task {third}", None, {}, NOON)])
    assert again(loop, read) == (0, [third])


def test_no_answer_is_missed_where_label_studio_s_clock_was_set_back(
    loop: MemoryLoop, read: Read
) -> None:
    [_, answered, *_] = loop.studio.server.projects[loop.studio.project_id].tasks
    answer = FORM.encode("positive", "Text 1")
    loop.studio.annotate(answered, ADA, answer)
    look(loop)
    loop.studio.server.moment -= timedelta(seconds=90)
    loop.studio.annotate(answered, BEN, answer)
    assert again(loop, read)[0] == 1
    loop.studio.annotate(answered, BEN, answer)
    assert again(loop, read) == (0, [answered]), "all were read once, by the new clock"
    assert len(loop.ledger.state().annotations) == 3
