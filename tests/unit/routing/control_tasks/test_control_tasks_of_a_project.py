"""Control tasks in a whole project: mixed into blind work, answered, and part of nothing else."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.blind_project import control_tasks as in_blind_project
from routing.blind_project import project
from routing.ledger.control_tasks import ControlTask, control_tasks
from routing.ledger.converters import SOURCE
from routing.ledger.people import PersonEvent, record_person_events
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from routing.snapshot.task_mapping import COPY
from routing.standing.compute import standing_of
from tests.support.label_configs import SENTIMENT
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MODEL_USER, answer_tabs
from tests.support.observed_tasks import NOON

ADA, BEN = "ada@memory.localhost", "ben@memory.localhost"
FORM = parse(SENTIMENT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Forty items with known answers."""
    path = tmp_path / "known.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = [[f"Known {number}", "negative"] for number in range(40)]
        csv.writer(out).writerows([["text", "answer"], *rows])
    return path


@pytest.fixture
def loop(tmp_path: Path, file: Path) -> Iterator[MemoryLoop]:
    """A project with a pilot of 20 tasks for two people each, and known answers."""
    made = new_memory_loop(tmp_path, 40, ADA, BEN, pilot=20, votes=2)
    made.sections["quality"] = {"known_answers": str(file), "controls_most": 0.2}
    yield made
    made.ledger.close()


def seen(loop: MemoryLoop) -> Snapshot:
    """What the next pass would see."""
    settings = Settings.model_validate(loop.sections)
    return observe(cast(Any, loop.studio), loop.ledger, settings, dry_run=True)


def known(loop: MemoryLoop) -> list[ControlTask]:
    return control_tasks(loop.ledger)


def controls_there(loop: MemoryLoop) -> dict[int, int]:
    """The numbers of the control tasks that the blind project holds, by its task."""
    by_source = {one.source: one.number for one in known(loop)}
    return {
        task.id: by_source[task.data[SOURCE]]
        for task in loop.blind.tasks()
        if task.data[SOURCE] in by_source
    }


def given(loop: MemoryLoop, user: int) -> list[int]:
    """The control tasks that stand in a person's tab, by the blind project's task."""
    there = controls_there(loop)
    place = {one.id: one.email.partition("@")[0] for one in loop.studio.users()}[user]
    return [
        task
        for view in loop.blind.views()
        if view.title.startswith(place)
        for task in view.task_ids
        if task in there
    ]


def answer(loop: MemoryLoop, task: int, user: int, label: str) -> None:
    loop.blind.annotate(task, user, FORM.encode(label, "Known"))


class TestMixing:
    def test_they_stand_among_blind_work_and_look_like_the_rest(self, loop: MemoryLoop) -> None:
        loop.sync()
        tasks = {one.id: one for one in loop.blind.tasks()}
        main = {one.id for one in loop.studio.tasks()}
        there = controls_there(loop)
        assert there
        for task in there:
            assert tasks[task].data.keys() == {"text", SOURCE}
            assert tasks[task].data[SOURCE] not in main
        assert given(loop, 2)
        assert given(loop, 3)
        [view] = [one for one in loop.blind.views() if one.title.startswith("ada")]
        assert view.title.startswith(f"ada · {view.size} left")
        assert view.ordering == ("tasks:data.text",)

    def test_the_columns_that_would_tell_are_not_shown(self, loop: MemoryLoop) -> None:
        loop.sync()
        telling = {"tasks:id", f"tasks:data.{SOURCE}", "tasks:total_annotations"}
        own = [one for one in loop.blind.views() if one.title.startswith(("ada", "ben"))]
        assert len(own) == 2
        for view in own:
            assert set(loop.blind._held.hidden[view.id]) == telling
        loop.sections["quality"] = {}
        loop.studio.import_tasks([{"text": "One more"}])
        loop.sync()
        assert all(not loop.studio._held.hidden.get(one.id) for one in loop.studio.views())

    def test_their_share_is_what_the_settings_say_of_who_is_new(self, loop: MemoryLoop) -> None:
        loop.sync()
        for user in (2, 3):
            assert len(given(loop, user)) in (4, 5)  # Of 20 items, a fifth.

    def test_a_second_pass_writes_nothing(self, loop: MemoryLoop) -> None:
        loop.sync()
        assert loop.sync().changes == []

    def test_nobody_gets_one_twice_and_each_waits_for_those_who_have_it(
        self, loop: MemoryLoop
    ) -> None:
        shown: Counter[tuple[int, int]] = Counter()
        for turn in range(6):
            loop.sync()
            there, tasks = controls_there(loop), {one.id: one for one in loop.blind.tasks()}
            for user in (2, 3):
                shown.update((there[task], user) for task in given(loop, user))
                assert not any(tasks[task].is_labeled for task in given(loop, user))
            answer_tabs(loop.studio, turn)
        assert shown
        assert max(shown.values()) == 1

    def test_they_take_no_room_from_the_work(self, loop: MemoryLoop) -> None:
        loop.sections["reviewers"] = [{"email": one, "capacity": 20} for one in (ADA, BEN)]
        loop.sync()
        assert loop.sync().changes == []
        waiting = {place.worker: place.tasks for place in standing_of(seen(loop)).work}
        assert waiting[ADA] == 20 + len(given(loop, 2))
        snapshot = seen(loop)
        blind = project.keep_in_step(snapshot, snapshot.bank, dry_run=True)
        asked = {one.task for one in blind.asked}
        assert len(asked) == 20
        assert not asked & controls_there(loop).keys()

    def test_who_is_paused_gets_none_and_who_is_watched_most(self, loop: MemoryLoop) -> None:
        loop.sync()
        told = [("paused", 2, "admin@x"), ("watched", 3, None)]
        record_person_events(
            loop.ledger,
            [
                PersonEvent(worker, 1, cast(Any, state), by, "", None, NOON)
                for state, worker, by in told
            ],
        )
        loop.sync()
        assert not given(loop, 2)
        assert given(loop, 3)

    def test_without_reviewers_nobody_is_given_any(self, loop: MemoryLoop) -> None:
        loop.staff()
        loop.sync()
        assert not seen(loop).blind_project.state.assignments  # type: ignore[union-attr]


class TestAnswers:
    def test_the_first_answer_counts_whatever_becomes_of_it(self, loop: MemoryLoop) -> None:
        loop.sync()
        task, *_ = given(loop, 2)
        answer(loop, task, 2, "positive")
        [first] = seen(loop).control_answers
        assert (first.worker, first.answer, first.is_right) == (2, "positive", False)
        loop.sync()
        held = loop.blind._held.tasks[task]
        [old] = held.annotations
        right = FORM.encode("negative", "Known")
        at = loop.studio.server.now()
        loop.blind._held.tasks[task] = replace(
            held, annotations=(replace(old, result=right, updated_at=at),), updated_at=at
        )
        [again] = seen(loop).control_answers
        assert (again.answer, again.is_right) == ("positive", False)

    def test_they_are_no_part_of_the_dataset(self, loop: MemoryLoop) -> None:
        loop.sync()
        for user in (2, 3):
            for task in given(loop, user):
                answer(loop, task, user, "negative")
        loop.sync()
        snapshot = seen(loop)
        assert len(snapshot.control_answers) >= 8
        assert not snapshot.state.annotations
        assert not snapshot.facts.answers.votes
        assert not snapshot.facts.consensus.labels
        assert not loop.ledger.writes(COPY)
        assert standing_of(snapshot).human_labels == 0
        assert all(not one.annotations for one in loop.studio.tasks())

    def test_a_certificate_counts_none_of_them(self, loop: MemoryLoop) -> None:
        loop.sections["policy"] = {"pilot": 10, "votes": 2, "target_error": 0.3}
        for turn in range(4):
            loop.sync()
            answer_tabs(loop.studio, turn, right=1.0)
        loop.sync()
        snapshot, main = seen(loop), {one.id for one in loop.studio.tasks()}
        assert standing_of(snapshot).is_certified
        assert snapshot.state.checks
        assert {one.task for one in snapshot.state.checks} <= main
        assert snapshot.facts.consensus.labels.keys() <= main
        there = controls_there(loop)
        # What was answered blind is copied into the main project, to its annotator's name.
        given_there = [
            one
            for task in loop.studio.tasks()
            for one in task.annotations
            if one.completed_by != MODEL_USER.id
        ]
        assert standing_of(snapshot).human_labels == len(given_there)
        assert len(snapshot.control_answers) == sum(
            len(task.annotations) for task in loop.blind.tasks() if task.id in there
        )

    def test_who_answered_a_task_is_never_asked_what_shows_the_same(
        self, loop: MemoryLoop, file: Path
    ) -> None:
        rows = "\n".join(f"Text {number},positive" for number in range(40))
        file.write_text(f"text,answer\n{rows}\n", encoding="utf-8")
        loop.sync()
        text = {one.id: one.data["text"] for one in loop.blind.tasks()}
        for user in (2, 3):
            [asked] = [
                view.task_ids
                for view in loop.blind.views()
                if view.title.startswith("ada" if user == 2 else "ben")
            ]
            shown = [text[task] for task in asked]
            assert given(loop, user)
            assert len(shown) == len(set(shown))


class TestKills:
    @pytest.mark.parametrize(
        "step", ["record_control_tasks", "import_steps", "control_changes", "without_controls"]
    )
    def test_a_pass_that_ends_midway_is_finished_by_the_next(
        self, loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        class Killed(Exception):
            pass

        def die(*_: Any, **__: Any) -> Any:
            raise Killed

        place: Any = project if hasattr(project, step) else in_blind_project
        with monkeypatch.context() as patched:
            patched.setattr(place, step, die)
            with pytest.raises(Killed):
                loop.sync()
        loop.sync()
        there = controls_there(loop)
        assert len(there) == len(set(there.values())) == min(40, len(list(loop.blind.tasks())) // 2)
        assert loop.sync().changes == []
