"""A pass of the controller on a real Label Studio: it does what is wanting, and nothing twice."""

from dataclasses import replace
from typing import Any

import pytest

from routing import evidence
from routing.connect import connect
from routing.studio.records import NewPrediction
from tests.killing.state import state_of
from tests.studio.conftest import NewLoop
from tests.studio.loops import Loop, Person, told

pytestmark = pytest.mark.studio

MIRROR = ("mirror", "kept answers", "rows")
"""What every look writes into the ledger, a dry run's too."""


def written(loop: Loop) -> dict[str, Any]:
    """All that a pass can write, but for the mirror."""
    loop.ledger.upgrade()
    state = state_of(loop.studio, loop.ledger)
    return {name: part for name, part in state.items() if name not in MIRROR}


def versions(loop: Loop) -> dict[int, list[str]]:
    """The versions of each task's predictions."""
    shown = loop.shown().items()
    return {task: [one.model_version for one in seen.predictions] for task, seen in shown}


def test_a_pass_labels_all_decides_and_fills_the_tabs(
    new_loop: NewLoop, people: tuple[Person, ...]
) -> None:
    loop = new_loop(0.9, 0.6, 0.95, 0.5)
    report = loop.sync()
    first, second, third, fourth = loop.studio.task_ids()
    scores = [[one.score for one in task.predictions] for task in loop.shown().values()]
    assert scores == [[0.9], [0.6], [0.95], [0.5]]
    assert loop.kinds() == {first: "accept", second: "review", third: "accept", fourth: "review"}
    asked = {task: len(who) for task, who in loop.waiting(*people).items()}
    assert asked == {second: 1, fourth: 1}
    assert (report.labelled, report.rulings) == (4, {"accept": 2, "review": 2})
    assert (report.owed, report.undecided, report.remaining) == (2, 0, 2)
    assert report.model_version == "a-0"


def test_a_second_pass_changes_nothing(new_loop: NewLoop) -> None:
    loop = new_loop(0.9, 0.6, 0.95, 0.5)
    loop.sync()
    before = state_of(loop.studio, loop.ledger)
    report = loop.sync()
    assert (report.changes, report.labelled, report.rulings) == ([], 0, {})
    assert state_of(loop.studio, loop.ledger) == before


def test_accepted_answers_are_the_model_s_own_and_no_votes(new_loop: NewLoop) -> None:
    loop = new_loop(0.9, 0.95)
    loop.sync()
    parents = [task.predictions[0].id for task in loop.shown().values()]
    answers = loop.annotations()
    assert [one.parent_prediction for one in answers] == parents
    assert {one.completed_by for one in answers} == {loop.model_user()}
    assert [one.result[0]["value"] for one in answers] == [{"choices": ["positive"]}] * 2
    assert [one.kind for one in loop.state.annotations] == ["model", "model"]
    assert evidence.votes(loop.state) == {}


def test_people_s_answers_are_theirs_and_votes(
    new_loop: NewLoop, people: tuple[Person, ...]
) -> None:
    loop = new_loop(0.9, 0.5)
    loop.sync()
    ((task, (person,)),) = loop.waiting(*people).items()
    person.answer(task, "negative", loop.shown()[task].predictions[0].id)
    report = loop.sync()
    (vote,) = [one for one in loop.state.annotations if one.kind == "person"]
    assert (vote.task, vote.worker, vote.answer) == (task, person.email, "negative")
    assert not vote.stray
    assert evidence.votes(loop.state) == {task: ("negative",)}
    assert report.remaining == 0
    assert loop.waiting(*people) == {}


class TestDryRun:
    def test_before_the_first_pass_it_writes_nothing_at_all(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9, 0.5)
        loop.sections["studio"] = {"model_user": f"model-{loop.ledger.project}@loop.localhost"}
        before = written(loop)
        report = loop.sync(dry_run=True)
        assert report.labelled == 2
        assert written(loop) == before
        assert loop.model.lessons == loop.model.asked == []

    def test_it_foretells_what_the_pass_then_changes(
        self, new_loop: NewLoop, people: tuple[Person, ...]
    ) -> None:
        loop = new_loop(*[0.6] * 6, 0.9, max_votes=2, settle_above=0.8)
        loop.sync()
        *taught, doubted, skipped = loop.waiting(*people).items()
        for task, (person,) in taught:
            person.answer(task, "positive")
        loop.sync()
        doubted[1][0].answer(doubted[0], "negative")
        skipped[1][0].skip(skipped[0])
        before = written(loop)
        foretold = loop.sync(dry_run=True)
        assert written(loop) == before
        made = loop.sync()
        assert told(foretold) == told(made)
        assert {one.kind for one in made.changes} == {"task.overlap", "tab"}
        assert replace(foretold, changes=()) == replace(made, changes=())
        assert foretold.rulings == {"review": 1}

    def test_it_foretells_what_is_taken_back(
        self, new_loop: NewLoop, people: tuple[Person, ...]
    ) -> None:
        loop = new_loop(0.9, 0.9)
        loop.sync()
        loop.policy(audit_share=1)
        loop.import_texts({"More 0": 0.9, "More 1": 0.9})
        loop.sync()
        loop.answer_all("negative", *people)
        foretold = loop.sync(dry_run=True)
        made = loop.sync()
        assert told(foretold) == told(made)
        assert [one.kind for one in made.changes].count("annotation.delete") == 2


class TestVersions:
    def test_title_and_project_and_predictions_move_together(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.6, 0.5)
        connect(loop.studio, loop.backend, loop.settings)
        for name in ("a", "b"):
            loop.model.name = name
            report = loop.sync()
            (backend,) = loop.studio.backends()
            shown = {backend.title, loop.studio.project().model_version, report.model_version}
            assert shown == {f"{name}-0"}
        assert {tuple(one) for one in versions(loop).values()} == {("a-0", "b-0")}

    def test_a_project_shows_the_version_though_nobody_connected_it(
        self, new_loop: NewLoop
    ) -> None:
        loop = new_loop(0.6)
        loop.sync()
        assert loop.studio.project().model_version == "a-0"

    def test_what_was_accepted_keeps_its_prediction(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9, 0.6)
        loop.sync()
        accepted, reviewed = loop.studio.task_ids()
        before = loop.annotations()
        loop.model.name = "b"
        loop.sync()
        assert loop.model.asked == [[accepted, reviewed], [reviewed]]
        assert versions(loop) == {accepted: ["a-0"], reviewed: ["a-0", "b-0"]}
        assert loop.annotations() == before
        assert loop.sync().changes == []

    def test_what_was_imported_twice_is_left_once_but_for_what_is_in_use(
        self, new_loop: NewLoop, people: tuple[Person, ...]
    ) -> None:
        loop = new_loop(0.9, 0.6, 0.5)
        loop.sync()
        accepted, plain, used = loop.studio.task_ids()
        once = {task: seen.predictions[0] for task, seen in loop.shown().items()}
        again = [
            NewPrediction(p.task, p.result, p.score or 0, p.model_version) for p in once.values()
        ]
        loop.studio.import_predictions(again)
        twin = loop.shown()[used].predictions[-1]
        assert twin.id != once[used].id
        answer = people[0].answer(used, "positive", twin.id)
        report = loop.sync()
        left = {t: {one.id for one in seen.predictions} for t, seen in loop.shown().items()}
        same_version = {
            one.id for one in loop.shown()[used].predictions if one.model_version == "a-0"
        }
        assert left[accepted] == {once[accepted].id}
        assert once[plain].id in left[plain]
        assert same_version == {once[used].id, twin.id}
        assert versions(loop)[plain].count("a-0") == 1
        parents = {one.id: one.parent_prediction for one in loop.annotations()}
        assert parents[answer] == twin.id
        assert [one.kind for one in report.changes].count("prediction.delete") == 2
        assert loop.sync().changes == []
