"""Where a pass left nothing to do and nothing changed since, the next asks no more than that."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labeling.errors import BackendUnreachable
from labeling.form.form import parse
from routing.clock import system_clock
from routing.control_tasks.decisions import next_decision
from routing.ledger.control_decisions import record_control_decisions
from routing.ledger.records import Write
from routing.studio.connection import PAGING
from routing.sync import SyncReport
from routing.tunables import DEFAULTS
from tests.support.memory_backend import MemoryBackend
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

A_WHILE = PAGING.look_back + timedelta(seconds=1)


class FailingBackend(MemoryBackend):
    """A backend that fails for every task."""

    def predict_parts(self, _project: Any, _config: str, tasks: Any, *_: Any) -> Iterator[Any]:
        yield [(place, {"error": "no field"}) for place in range(len(tasks))]


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[MemoryLoop]:
    """A project whose people were asked, and whose server stood still since."""
    loop = new_memory_loop(tmp_path, 12, "ada@x", "ben@x", pilot=4)
    yield loop
    loop.ledger.close()


@pytest.fixture
def last(loop: MemoryLoop) -> SyncReport:
    """A pass that found nothing to do."""
    while (report := loop.sync()).idle is None:
        loop.studio.server.moment += A_WHILE
    loop.studio.server.moment += A_WHILE
    assert report.owed, "people are asked"
    return report


def test_the_last_pass_stands_for_the_next(loop: MemoryLoop, last: SyncReport) -> None:
    assert loop.sync(last=last) is last


def test_a_pass_that_did_something_stands_for_none(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 12, "ada@x", "ben@x", pilot=4)

    first = loop.sync()

    assert first.changes
    assert first.idle is None
    assert loop.sync(last=first) is not first


def test_a_wish_for_training_is_acted_on_where_there_is_something_to_teach(
    loop: MemoryLoop, last: SyncReport
) -> None:
    lessons = loop.backend.lessons
    loop.backend.is_training_wanted = True
    report = loop.sync(last=last)
    assert report is not last
    assert loop.backend.lessons == lessons, "nobody answered yet"

    while loop.backend.lessons == lessons:
        assert answer_tabs(loop.studio, 1, right=1.0)
        loop.studio.server.moment += A_WHILE
        loop.sync()
    assert not loop.backend.is_training_wanted
    taught, rounds = loop.backend.lessons, loop.ledger.state().rounds

    loop.backend.is_training_wanted = True
    loop.sync()
    assert loop.backend.lessons == taught + 1, "though people said nothing new"
    assert loop.ledger.state().rounds == rounds, "which is no round of its own"


def test_an_answer_is_acted_on(loop: MemoryLoop, last: SyncReport) -> None:
    assert answer_tabs(loop.blind, 1)

    report = loop.sync(last=last)

    assert report is not last
    assert report.changes, "answers are copied, and more is asked"


def test_a_task_that_came_or_went_is_seen(loop: MemoryLoop, last: SyncReport) -> None:
    loop.studio.import_tasks([{"text": "One more"}])

    assert loop.sync(last=last).standing.tasks == last.standing.tasks + 1


def test_a_change_of_the_projects_settings_is_seen(loop: MemoryLoop, last: SyncReport) -> None:
    loop.studio.update_project(title="Renamed")

    assert loop.sync(last=last).standing.project == "Renamed"


def test_predictions_that_somebody_deleted_are_made_again(
    loop: MemoryLoop, last: SyncReport
) -> None:
    loop.studio.clear_predictions([next(loop.studio.tasks()).id])

    assert loop.sync(last=last).labelled == 1


def test_a_decision_on_a_control_task_is_acted_on(loop: MemoryLoop, last: SyncReport) -> None:
    decision = next_decision([], 1, "keep", None, "admin@x", system_clock())
    record_control_decisions(loop.ledger, [decision])
    assert loop.sync(last=last) is not last


def test_another_model_is_learned_of(loop: MemoryLoop, last: SyncReport) -> None:
    loop.backend.name = "other"

    assert loop.sync(last=last) is not last


def test_a_backend_that_went_away_is_told(
    loop: MemoryLoop, last: SyncReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> Any:
        raise BackendUnreachable("The ML backend does not answer")

    monkeypatch.setattr(loop.backend, "setup", away)

    report = loop.sync(last=last)

    assert report.backend_problem
    assert report.idle is None, "the next pass tries again"


def test_a_write_that_a_killed_pass_left_behind_is_finished(
    loop: MemoryLoop, last: SyncReport
) -> None:
    loop.ledger.plan([Write("view:x", "view.save", "view 1", None, None, system_clock())])

    assert loop.sync(last=last) is not last
    assert not loop.ledger.pending()


@pytest.mark.parametrize("passed", [DEFAULTS.idle_for, -timedelta(days=1)], ids=["later", "back"])
def test_all_is_looked_at_again_after_a_while_or_where_the_clock_was_set_back(
    loop: MemoryLoop, last: SyncReport, passed: timedelta
) -> None:
    [tab, *_] = loop.blind.views()
    loop.blind.delete_view(tab.id)

    assert loop.sync(last=last) is last, "no task and no counter tells"
    report = loop.sync(last=last, clock=lambda: system_clock() + passed)
    assert tab.title in {one.title for one in loop.blind.views()}
    assert report.changes


def test_label_studio_s_clock_was_set_back(loop: MemoryLoop, last: SyncReport) -> None:
    loop.studio.server.moment -= 2 * A_WHILE

    assert loop.sync(last=last) is not last


def test_few_questions_are_asked(
    loop: MemoryLoop, last: SyncReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    studio = type(loop.studio)
    for name in ("projects_of", "changed_since", "tasks", "tasks_of", "views", "users"):
        method = getattr(studio, name)

        def noted(self: Any, *given: Any, _name: str = name, _method: Any = method) -> Any:
            asked.append(_name)
            return _method(self, *given)

        monkeypatch.setattr(studio, name, noted)

    loop.sync(last=last)

    assert asked == ["projects_of", "changed_since", "changed_since"]


def test_a_task_that_the_model_failed_for_is_tried_again(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 3, "ada@x", pilot=1)
    loop.backend = FailingBackend(parse(loop.studio.server.label_config))

    assert loop.sync().idle is None
    assert loop.sync().idle is None
