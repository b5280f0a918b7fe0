"""The blind project through changes and breakdowns: it stays one, and loses no answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from routing.ledger.converters import SOURCE
from routing.studio import Studio
from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import (
    ONE,
    PILOT,
    People,
    blind_project_of,
    blind_projects,
    look,
    sources,
)
from tests.support.label_configs import OTHER_SENTIMENT

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]


@contextmanager
def killed(method: str, *, done: bool) -> Iterator[None]:
    """Break off when Label Studio is first asked for this: once it is done, or just before."""
    plainly = getattr(Studio, method)

    def call(self: Studio, *given: Any, **named: Any) -> None:
        if done:
            plainly(self, *given, **named)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Studio, method, call)
        yield


class TestKilled:
    @pytest.mark.parametrize(
        ("method", "done"),
        [
            ("create_project", True),
            ("shown_data_of", True),
            ("import_tasks", False),
            ("import_tasks", True),
            ("save_view", True),
        ],
    )
    def test_a_pass_that_breaks_off_while_it_is_made_is_finished_by_the_next(
        self, new_loop: NewLoop, people: People, method: str, done: bool
    ) -> None:
        loop = new_loop(*[0.6] * 3, **PILOT)
        with killed(method, done=done), pytest.raises(KeyboardInterrupt):
            loop.sync()
        loop.sync()
        asked = [task for task, kind in loop.kinds().items() if kind == "pilot"]
        assert len(blind_projects(loop)) == 1
        blind_project = blind_project_of(loop)
        assert sources(blind_project) == asked
        assert list(loop.waiting(*people)) == asked
        assert loop.ledger.pending() == blind_project.ledger.pending() == []
        assert loop.sync().changes == []

    @pytest.mark.parametrize("done", [False, True])
    def test_one_that_breaks_off_while_it_copies_copies_nothing_twice(
        self, new_loop: NewLoop, people: People, done: bool
    ) -> None:
        loop = new_loop(*[0.6] * 2, **PILOT)
        loop.sync()
        asked = loop.waiting(*people)
        loop.answer_all("negative", *people)
        with killed("create_annotations", done=done), pytest.raises(KeyboardInterrupt):
            loop.sync()
        loop.sync()
        copies = {one.task: one.completed_by for one in loop.annotations()}
        assert copies == {task: person.id for task, (person,) in asked.items()}
        assert len(loop.annotations()) == 2
        assert loop.ledger.pending() == []
        assert loop.sync().changes == []


class TestChanges:
    def test_it_follows_the_form_the_instruction_and_how_tasks_are_labelled_on_the_page(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 2, **PILOT)
        loop.studio.update_project(show_skip_button=False, maximum_annotations=3, color="#123456")
        loop.sync()
        main, blind = loop.studio.project(), blind_project_of(loop).studio.project()
        assert blind.page_settings == main.page_settings
        assert (blind.page_settings["show_skip_button"], blind.page_settings["color"]) == (
            False,
            "#123456",
        )
        changes = {
            "label_config": OTHER_SENTIMENT,
            "expert_instruction": "Be kind",
            "enable_empty_annotation": False,
            "skip_queue": "IGNORE_SKIPPED",
        }
        loop.studio.update_project(**changes)
        loop.model.name = "b"
        loop.sync()
        main, blind = loop.studio.project(), blind_project_of(loop).studio.project()
        assert (blind.label_config, blind.instruction) == (main.label_config, "Be kind")
        assert blind.page_settings == main.page_settings
        assert (blind.page_settings["skip_queue"], blind.page_settings["show_skip_button"]) == (
            "IGNORE_SKIPPED",
            False,
        )
        loop.answer_all("bad", *people)
        loop.sync()
        assert set(look(loop).facts.answers.blind_votes.values()) == {("bad",)}
        assert loop.sync().changes == []

    def test_the_counterpart_of_a_deleted_task_is_owed_nothing(
        self, new_loop: NewLoop, people: People
    ) -> None:
        ana, *_ = people
        loop = new_loop(*[0.6] * 2, **PILOT)
        loop.sync()
        deleted, kept = loop.studio.task_ids()
        ana.delete_task(deleted)
        report = loop.sync()
        assert report.owed == 1
        assert list(loop.waiting(*people)) == [kept]
        assert loop.sync().changes == []

    def test_of_two_counterparts_the_older_is_asked_and_what_people_said_to_either_counts(
        self, new_loop: NewLoop, people: People
    ) -> None:
        ana, *_ = people
        loop = new_loop(0.6, **ONE)
        loop.sync()
        (task,) = loop.studio.task_ids()
        blind_project = blind_project_of(loop)
        (counterpart,) = blind_project.studio.task_ids()
        blind_project.studio.import_tasks([{"text": "Text 0", SOURCE: task}])
        loop.sync()
        assert loop.place(task) == counterpart
        assert list(blind_project.waiting_here(*people)) == [counterpart]
        ana.answer(blind_project.studio.task_ids()[1], "negative")
        report = loop.sync()
        assert (report.owed, loop.waiting(*people)) == (0, {})
        assert look(loop).facts.answers.blind_votes == {task: ("negative",)}
        assert loop.sync().changes == []

    def test_a_blind_project_that_was_deleted_is_made_again_for_what_is_still_owed(
        self, new_loop: NewLoop, people: People, raw: httpx.Client
    ) -> None:
        loop = new_loop(*[0.6] * 2, **PILOT)
        loop.sync()
        (answered, (one,)), (owed, _) = loop.waiting(*people).items()
        one.answer(loop.place(answered), "negative")
        loop.sync()
        (former,) = blind_projects(loop)
        raw.delete(f"/api/projects/{former}/").raise_for_status()
        report = loop.sync()
        (made,) = blind_projects(loop)
        assert made != former
        assert sources(blind_project_of(loop)) == [owed]
        assert look(loop).facts.answers.blind_votes == {answered: ("negative",)}
        assert (report.owed, list(loop.waiting(*people))) == (1, [owed])
        assert loop.sync().changes == []
