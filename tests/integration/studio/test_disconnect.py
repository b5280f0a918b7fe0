"""Tandem is taken off a messy project on a real Label Studio, and comes back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from labeling.errors import StudioRefused
from routing.disconnect.disconnect import disconnect
from routing.disconnect.inventory import take_inventory
from routing.disconnect.parts import Choice, Part
from routing.disconnect.removal import Removal
from routing.model.connect import connect
from routing.progress import silent
from routing.reviewers.tabs import owner_of
from routing.studio import Studio
from routing.studio.models import StudioAnnotation
from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import blind_project_of
from tests.support.loops import Loop, Person
from tests.support.studio_answers import choice_result, new_prediction

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]

People = tuple[Person, Person, Person]


def parts_of(loop: Loop, folder: Path, **choice: bool) -> list[Part]:
    found = take_inventory(loop.studio, loop.ledger, loop.settings, silent)
    removal = Removal(found, Choice(**choice), loop.studio, loop.ledger, folder, silent, loop.clock)
    return removal.parts()


def going(parts: Sequence[Part]) -> dict[str, int]:
    return {one.what: one.count for one in parts if one.goes}


def of_people(loop: Loop) -> dict[int, StudioAnnotation]:
    model = loop.model_user()
    return {one.id: one for one in loop.annotations() if one.completed_by != model}


def test_all_of_tandem_goes_and_nothing_of_people_s_and_it_comes_back(
    new_loop: NewLoop, people: People, raw: httpx.Client, tmp_path: Path
) -> None:
    loop = new_loop(*[0.6] * 6, pilot=2)
    studio, first = loop.studio, loop.studio.task_ids()[0]
    studio.import_predictions([new_prediction(first, version="other-1")])
    studio.update_project(description="Moods of letters.", model_version="other-1")
    studio.save_view("Mine", [first])
    hook: dict[str, Any] = {"project": studio.project_id, "url": "http://hooks.example.org/mine"}
    raw.post("/api/webhooks/", json=hook).raise_for_status()
    loop.sync()
    connect(studio, loop.backend, loop.settings)
    for task, [who] in loop.waiting(*people).items():
        who.answer(loop.place(task), "negative")
    loop.sync()
    task, [who] = next(iter(loop.waiting(*people).items()))
    ours = [one for one in loop.shown()[task].predictions if one.model_version != "other-1"]
    shown = max(ours, key=lambda one: one.id)
    kept = who.answer(task, "positive", parent_prediction=shown.id)
    blind = blind_project_of(loop)
    unasked = next(iter(blind.shown()))
    stranger = next(one for one in people if one.id not in answerers(blind, unasked))
    stranger.answer(unasked, "positive")
    before = of_people(loop)

    dry = parts_of(loop, tmp_path)
    assert going(dry)["blind project"] == 1
    assert of_people(loop) == before, "looking takes nothing off"
    disconnect(loop.ledger, dry)

    after = of_people(loop)
    assert {number: after[number] for number in before} == before
    copied = [one for number, one in after.items() if number not in before]
    assert [one.completed_by for one in copied] == [stranger.id]
    assert after[kept].parent_prediction == shown.id
    assert loop.blind_project is None
    [file] = tmp_path.glob("blind-project-*.json")
    assert str(stranger.id) in file.read_text("utf-8")
    left = {one.model_version for task in loop.shown().values() for one in task.predictions}
    assert left == {"other-1", shown.model_version}
    project = studio.project()
    assert (project.description, project.model_version) == ("Moods of letters.", "other-1")
    assert [one.title for one in studio.views() if owner_of(one.title)] == []
    assert "Mine" in [one.title for one in studio.views()]
    assert [one.url for one in studio.webhooks()] == [hook["url"]]
    assert studio.backends() == []
    assert {task.overlap for task in loop.shown().values()} == {1}
    assert going(parts_of(loop, tmp_path)) == {}

    loop.sync()
    connect(studio, loop.backend, loop.settings)
    answered = {one.task for one in of_people(loop).values()}
    assert answered.isdisjoint(loop.waiting(*people)), "nobody is asked anew"
    assert of_people(loop) == after
    assert studio.project().shows_instruction, "directions are shown again"
    assert loop.sync().changes == []


def test_a_blind_project_with_an_answer_that_is_not_safe_stays(
    new_loop: NewLoop, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = new_loop(*[0.6] * 2, pilot=1)
    loop.sync()
    parts = parts_of(loop, tmp_path)
    export = Studio.export_json

    def answered_meanwhile(studio: Studio) -> bytes:
        content = export(studio)
        [(task, [who])] = loop.waiting(*people).items()
        who.answer(loop.place(task), "negative")
        return content

    monkeypatch.setattr(Studio, "export_json", answered_meanwhile)
    with pytest.raises(StudioRefused, match="1 answers came into the blind project"):
        disconnect(loop.ledger, parts)
    monkeypatch.undo()
    assert loop.blind_project is not None
    disconnect(loop.ledger, parts_of(loop, tmp_path, model_user=True))
    assert loop.blind_project is None
    assert [one.result[0]["value"]["choices"] for one in loop.annotations()] == [["negative"]]
    assert going(parts_of(loop, tmp_path, model_user=True)) == {}


def test_a_blind_project_with_drafts_stays_until_they_are_submitted(
    new_loop: NewLoop, raw: httpx.Client, tmp_path: Path
) -> None:
    loop = new_loop(*[0.6] * 2, pilot=1)
    loop.sync()
    blind = blind_project_of(loop)
    begun, *_ = blind.shown()
    before_the_draft = parts_of(loop, tmp_path)
    draft = {"result": choice_result("negative"), "lead_time": 3.0}
    raw.post(f"/api/tasks/{begun}/drafts", json=draft).raise_for_status()
    assert blind.studio.tasks_with_drafts() == [begun]

    with pytest.raises(StudioRefused, match="1 tasks of the blind project have drafts"):
        disconnect(loop.ledger, before_the_draft)
    parts = parts_of(loop, tmp_path)
    [kept] = [one for one in parts if one.what == "blind project"]
    assert (kept.goes, "1 tasks with drafts" in kept.note) == (False, True)
    disconnect(loop.ledger, parts)
    assert loop.blind_project is not None
    blind.studio.delete_project()


def answerers(loop: Loop, task: int) -> set[int | None]:
    return {one.completed_by for one in loop.shown()[task].annotations}
