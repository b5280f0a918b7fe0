"""A pass of the controller on a real Label Studio: it does what is wanting, and nothing twice."""

from dataclasses import replace
from typing import Any

import pytest

from routing.model.connect import connect
from routing.standing.standing import PopulationPhase
from routing.studio.models import NewPrediction
from routing.sync import SyncReport
from tests.integration.studio.conftest import NewLoop
from tests.support.killing.state import state_of
from tests.support.loops import Loop, Person, told

pytestmark = pytest.mark.studio

MIRROR = ("mirror", "kept answers", "rows")
"""What every look writes into the ledger, a dry run's too."""


def everything(loop: Loop) -> list[dict[str, Any]]:
    """All that there is, of the project and of its blind project."""
    parts = [loop, *([loop.blind_project] if loop.blind_project else [])]
    return [state_of(one.studio, one.ledger) for one in parts]


def everything_written(loop: Loop) -> list[dict[str, Any]]:
    """All that a pass can write, but for the mirror."""
    return [
        {name: part for name, part in state.items() if name not in MIRROR}
        for state in everything(loop)
    ]


def foretold_and_made(loop: Loop) -> tuple[SyncReport, SyncReport]:
    """Make a dry run, which writes nothing and foretells the pass that follows."""
    before = everything_written(loop)
    foretold = loop.sync(dry_run=True)
    assert everything_written(loop) == before
    made = loop.sync()
    assert told(foretold) == told(made)
    assert phases(foretold) == phases(made)
    assert replace(foretold, changes=(), standing=made.standing) == replace(made, changes=())
    return foretold, made


def phases(report: SyncReport) -> list[PopulationPhase]:
    """What is going on in each population."""
    return [one.phase for one in report.standing.populations]


def versions(loop: Loop) -> dict[int, list[str]]:
    """The versions of each task's predictions."""
    shown = loop.shown().items()
    return {task: [one.model_version for one in seen.predictions] for task, seen in shown}


def test_a_pass_labels_all_decides_and_fills_the_tabs(
    new_loop: NewLoop, people: tuple[Person, ...]
) -> None:
    loop = new_loop(0.9, 0.6, 0.95, 0.5)
    report = loop.sync()
    scores = [[one.score for one in task.predictions] for task in loop.shown().values()]
    assert scores == [[0.9], [0.6], [0.95], [0.5]]
    assert loop.kinds() == dict.fromkeys(loop.studio.task_ids(), "review")
    asked = {task: len(who) for task, who in loop.waiting(*people).items()}
    assert asked == dict.fromkeys(loop.studio.task_ids(), 1)
    assert (report.labelled, report.decisions) == (4, {"review": 4})
    assert (report.owed, report.undecided, report.remaining) == (4, 0, 4)
    assert report.model_version == "a-0"
    assert phases(report) == ["reviews"]


@pytest.mark.usefixtures("two_at_a_time")
def test_at_every_phase_a_second_pass_changes_nothing(
    new_loop: NewLoop, people: tuple[Person, ...]
) -> None:
    loop = new_loop(*[0.6] * 9, pilot=1)
    phases = []
    # As soon as a third may be wrong, the six that are open by then are frozen; three may be wrong,
    # so that three audits are enough.
    for allowed in (0.01, 0.01, 0.34, 0.34, 0.34):
        loop.policy(target_error=allowed)
        loop.sync()
        phases.append(loop.kinds_counted())
        before = everything(loop)
        report = loop.sync()
        assert (report.changes, report.labelled, report.decisions) == ([], 0, {})
        assert everything(loop) == before
        loop.answer_all("positive", *people)
    assert phases == [
        {"pilot": 1},
        {"pilot": 1, "review": 2},
        {"pilot": 1, "review": 2, "audit": 2},
        {"pilot": 1, "review": 2, "audit": 3},
        {"pilot": 1, "review": 2, "audit": 3, "accept": 3},
    ]


def test_people_s_answers_are_theirs_and_votes(
    new_loop: NewLoop, people: tuple[Person, ...]
) -> None:
    loop = new_loop(0.9, 0.5)
    loop.sync()
    (task, (person,)), (other, _) = loop.waiting(*people).items()
    person.answer(task, "negative", loop.shown()[task].predictions[0].id)
    report = loop.sync()
    (vote,) = loop.state.annotations
    assert (vote.task, vote.worker, vote.answer) == (task, person.email, "negative")
    assert (vote.kind, vote.stray) == ("person", False)
    assert loop.answers.votes == {task: ("negative",)}
    assert report.remaining == 1
    assert list(loop.waiting(*people)) == [other]


class TestDryRun:
    def test_before_the_first_pass_it_writes_nothing_at_all(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.9, 0.5)
        loop.sections["studio"] = {"model_user": f"model-{loop.ledger.project}@loop.localhost"}
        before = everything_written(loop)
        report = loop.sync(dry_run=True)
        assert report.labelled == 2
        assert everything_written(loop) == before
        assert loop.model.training_sets == loop.model.asked == []

    def test_it_foretells_what_the_pass_then_changes(
        self, new_loop: NewLoop, people: tuple[Person, ...]
    ) -> None:
        loop = new_loop(*[0.6] * 6, 0.9, max_votes=2, settle_above=0.8)
        loop.sync()
        *settled, doubted, skipped = loop.waiting(*people).items()
        for task, (person,) in settled:
            person.answer(task, "positive")
        loop.sync()
        doubted[1][0].answer(doubted[0], "negative")
        skipped[1][0].skip(skipped[0])
        foretold, made = foretold_and_made(loop)
        kinds = {one.kind for one in made.changes}
        # What is left may be as much for each person as before, of other tasks.
        assert kinds | {"project.directions"} == {"task.overlap", "tab", "project.directions"}
        assert foretold.decisions == {"review": 1}

    @pytest.mark.usefixtures("two_at_a_time")
    def test_it_foretells_audits_and_what_the_model_keeps(
        self, new_loop: NewLoop, people: tuple[Person, ...]
    ) -> None:
        loop = new_loop(*[0.95] * 6, target_error=0.4)
        loop.sync()
        loop.answer_all("positive", *people)
        before = everything_written(loop)
        foretold = loop.sync(dry_run=True)
        assert everything_written(loop) == before
        assert foretold.decisions == loop.sync().decisions == {"audit": 2}
        loop.answer_all("positive", *people)
        foretold, made = foretold_and_made(loop)
        assert foretold.decisions == {"accept": 2}
        assert foretold.standing.is_certified
        assert [one.kind for one in made.changes].count("annotation.create") == 2


class TestVersions:
    @pytest.mark.usefixtures("two_at_a_time")
    def test_title_and_project_and_predictions_move_together(self, new_loop: NewLoop) -> None:
        loop = new_loop(0.6, 0.5, 0.9)
        connect(loop.studio, loop.backend, loop.settings)
        for name in ("a", "b"):
            loop.model.name = name
            report = loop.sync()
            (backend,) = loop.studio.backends()
            shown = {backend.title, loop.studio.project().model_version, report.model_version}
            assert shown == {f"{name}-0"}
        kept = {task: ["a-0", "b-0"] for task in loop.kinds()}
        assert versions(loop) == {task: ["b-0"] for task in versions(loop)} | kept

    def test_a_project_shows_the_version_though_nobody_connected_it(
        self, new_loop: NewLoop
    ) -> None:
        loop = new_loop(0.6)
        loop.sync()
        assert loop.studio.project().model_version == "a-0"

    def test_what_is_frozen_keeps_the_version_that_it_was_frozen_with(
        self, new_loop: NewLoop
    ) -> None:
        loop = new_loop(0.9, 0.6, target_error=0.5)
        loop.sync()
        frozen = loop.studio.task_ids()
        loop.model.name = "b"
        assert loop.sync().model_version == "a-0"
        (later,) = loop.import_texts({"Later": 0.9})
        assert loop.sync().model_version == "b-0"
        assert loop.model.asked == [frozen, [later]]
        assert versions(loop) == {task: ["a-0"] for task in frozen} | {later: ["b-0"]}
        assert loop.sync().changes == []

    def test_what_was_imported_twice_is_left_once_but_for_what_is_in_use(
        self, new_loop: NewLoop, people: tuple[Person, ...]
    ) -> None:
        loop = new_loop(0.6, 0.5)
        loop.sync()
        plain, used = loop.studio.task_ids()
        once = {task: seen.predictions[0] for task, seen in loop.shown().items()}
        again = [
            NewPrediction(p.task, p.result, p.score or 0, p.model_version) for p in once.values()
        ]
        loop.studio.import_predictions(again)
        waited_for = loop.shown()[plain].predictions[-1]
        duplicate = loop.shown()[used].predictions[-1]
        assert duplicate.id != once[used].id
        answer = people[0].answer(used, "positive", duplicate.id)
        report = loop.sync()
        left = {t: [one.id for one in seen.predictions] for t, seen in loop.shown().items()}
        # A page that shows a prediction which is gone cannot be submitted.
        assert left == {plain: [once[plain].id, waited_for.id], used: [duplicate.id]}
        parents = {one.id: one.parent_prediction for one in loop.annotations()}
        assert parents[answer] == duplicate.id
        assert [one.kind for one in report.changes].count("prediction.delete") == 1
        assert loop.sync().changes == []
