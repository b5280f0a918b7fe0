"""Control tasks on a real Label Studio: they look like any other work, and are part of nothing."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from routing.ledger.control_tasks import control_tasks
from routing.ledger.converters import SOURCE
from routing.reviewers.tabs import LABELLING, tab_path
from routing.snapshot.snapshot import Snapshot
from routing.standing.compute import standing_of
from tests.integration.studio.conftest import PASSWORD, NewLoop
from tests.support.blind_projects import People, blind_project_of, look
from tests.support.browser import photograph
from tests.support.browser_fixtures import LogIn
from tests.support.loops import Loop, Person

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]

KNOWN = [f"Known {number}" for number in range(20)]


@pytest.fixture
def loop(new_loop: NewLoop, tmp_path: Path) -> Loop:
    """A project whose ten tasks are all asked blind, with twenty known answers."""
    made = new_loop(*[0.6] * 10, pilot=10, votes=2, max_votes=2)
    file = tmp_path / "known.jsonl"
    rows = [json.dumps({"text": text, "answer": "negative"}) for text in KNOWN]
    file.write_text("\n".join(rows), encoding="utf-8")
    made.sections["quality"] = {"known_answers": str(file), "controls_most": 0.3}
    return made


def controls_of(loop: Loop, person: Person) -> list[int]:
    """The control tasks in a person's tab, as the blind project numbers them."""
    sources = {one.source for one in control_tasks(loop.ledger)}
    blind_project = blind_project_of(loop)
    return [
        task
        for task in blind_project.tabs()[person.id].task_ids
        if blind_project.shown()[task].data[SOURCE] in sources
    ]


def in_tab(loop: Loop, person: Person) -> list[dict[str, Any]]:
    """The tasks that Label Studio itself shows in a person's tab, in its order."""
    studio = blind_project_of(loop).studio
    view = blind_project_of(loop).tabs()[person.id].id
    answer = studio.get_json("api/tasks", "tasks", view=view, project=studio.project_id)
    return list(answer["tasks"])


class TestMixing:
    def test_they_look_like_other_tasks_and_their_place_tells_nothing(
        self, loop: Loop, people: People
    ) -> None:
        loop.sync()
        (ana, *_), main = people, loop.shown()
        controls = controls_of(loop, ana)
        shown = in_tab(loop, ana)
        assert controls
        assert {one["id"] for one in shown} > set(controls)
        assert len({frozenset(one["data"]) for one in shown}) == 1
        assert (
            len({(one["overlap"], one["is_labeled"]) for one in shown if one["overlap"] == 1}) < 2
        )
        assert [one["data"]["text"] for one in shown] == sorted(
            one["data"]["text"] for one in shown
        )
        sources = {one["data"][SOURCE] for one in shown if one["id"] in controls}
        assert not sources & main.keys()
        assert loop.sync().changes == []

    def test_a_task_marked_as_ground_truth_is_asked_of_others_as_a_copy(
        self, loop: Loop, people: People, raw: Any
    ) -> None:
        loop.sections["quality"] = {"known_from": ["ground_truth"], "controls_most": 1.0}
        loop.sync()
        ana, *others = people
        (task, *_) = [task for task, asked in loop.waiting(*people).items() if ana in asked]
        marked = ana.answer(task, "negative")
        raw.patch(f"/api/annotations/{marked}/", json={"ground_truth": True}).raise_for_status()
        loop.sync()
        [known] = control_tasks(loop.ledger)
        assert (known.origin, known.task, known.accepted) == ("ground_truth", task, ["negative"])
        loop.sync()
        asked = [one.worker for one in loop_assignments(loop, known.source)]
        assert ana.id not in asked
        assert set(asked) <= {one.id for one in others}


class TestPage:
    def test_a_reviewer_finds_them_among_the_rest_in_the_tab_s_order(
        self, loop: Loop, people: People, logged_in: LogIn
    ) -> None:
        loop.sync()
        ana, *_ = people
        shown = [one["data"]["text"] for one in in_tab(loop, ana)]
        assert any(text in KNOWN for text in shown)
        blind_project = blind_project_of(loop)
        view = blind_project.tabs()[ana.id].id
        address = f"{loop.studio.url}{tab_path(blind_project.studio.project_id, view)}"
        page = logged_in(ana.email, PASSWORD)
        page.goto(address)
        page.get_by_text("Submitted annotations:").wait_for()
        texts = page.get_by_text(re.compile(r"^(Known|Text) \d+$"))
        texts.first.wait_for()
        photograph(page, "control tasks among blind work")
        assert texts.all_inner_texts() == shown
        assert not page.get_by_text("Runtime error").is_visible()
        page.goto(f"{address}{LABELLING}")
        page.get_by_text(shown[0], exact=True).first.wait_for()
        page.close()


def loop_assignments(loop: Loop, source: int | None) -> list[Any]:
    state = blind_project_of(loop).state
    return [one for one in state.assignments if state.tasks[one.task].source == source]


class TestAnswers:
    def test_the_main_project_and_all_that_is_made_of_it_never_see_them(
        self, loop: Loop, people: People
    ) -> None:
        loop.sync()
        ana, ben, _ = people
        right, *_ = controls_of(loop, ana)
        wrong, *_ = controls_of(loop, ben)
        ana.answer(right, "negative")
        given = ben.answer(wrong, "positive")
        loop.sync()
        ben.edit(given, "negative")
        loop.sync()
        snapshot = look(loop)
        assert said(snapshot) == {(ana.id, True), (ben.id, False)}
        assert not snapshot.facts.answers.votes
        assert standing_of(snapshot).human_labels == 0
        assert loop.annotations() == []
        exported = loop.studio.export_json().decode()
        assert "Known" not in exported
        assert right not in controls_of(loop, ana)
        assert loop.sync().changes == []

    def test_a_skip_is_no_error_and_the_task_moves_on(self, loop: Loop, people: People) -> None:
        loop.sync()
        ana, *_ = people
        task, *_ = controls_of(loop, ana)
        ana.skip(task)
        loop.sync()
        assert said(look(loop)) == set()
        assert task not in controls_of(loop, ana)


def said(snapshot: Snapshot) -> set[tuple[int, bool]]:
    return {(one.worker, one.is_right) for one in snapshot.control_answers}
