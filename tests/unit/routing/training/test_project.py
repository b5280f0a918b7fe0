"""The training project in step: made, filled, judged, and led to, on a Label Studio in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.ledger.control_tasks import ControlTask
from routing.ledger.people import PersonEvent, person_events
from routing.reviewers.tabs import owner_of
from routing.snapshot.observe import observe
from routing.studio.models import StudioTask, StudioView
from routing.training.items import NUMBER, PART
from routing.training.prepare import EVERYBODY_S, MAKE
from routing.training.project import TrainingReport, keep_in_step
from tests.support.known_answers import known_answer, retire
from tests.support.label_configs import SENTIMENT
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MemoryStudio
from tests.support.training import trainings

ANN, BEN = "ann@x.localhost", "ben@x.localhost"
QUALITY = {
    "training": "both",
    "training_items": 2,
    "exam_controls": 6,
    "exam_skill": 0.5,
    "exam_probability": 0.9,
}
"""Three right answers in a row pass the exam, and four wrong ones fail it."""

LABELS = ("positive", "negative")
KNOWN = tuple(
    known_answer(n, LABELS[n % 2], "So it says.", text=f"Known {n}") for n in range(1, 30)
)


@dataclass
class Training:
    """A project whose new people are trained."""

    loop: MemoryLoop
    known: Sequence[ControlTask] = KNOWN

    def step(self, *, dry_run: bool = False) -> TrainingReport:
        settings = Settings.model_validate(self.loop.sections)
        snapshot = observe(cast(Any, self.loop.studio), self.loop.ledger, settings)
        return keep_in_step(snapshot, self.known, dry_run=dry_run)

    @property
    def studio(self) -> MemoryStudio:
        main = self.loop.studio
        [found] = trainings(main.descriptions(), main.project_id)
        return main.beside(found)

    def tab(self, name: str) -> StudioView:
        return next(one for one in self.studio.views() if owner_of(one.title) == name)

    def open(self, name: str) -> list[StudioTask]:
        listed = self.tab(name).task_ids
        return [one for one in self.studio.tasks() if one.id in listed]

    def answer(self, name: str, *, right: bool) -> None:
        """Answer all that is open, with the accepted answer or with the other one."""
        user = next(one.id for one in self.studio.users() if one.email.startswith(name))
        form = parse(SENTIMENT)
        for task in self.open(name):
            label = LABELS[(task.data[NUMBER] % 2) ^ (not right)]
            self.studio.annotate(task.id, user, form.encode(label, task.data["text"]))

    def events(self, name: str) -> list[PersonEvent]:
        user = next(one.id for one in self.loop.studio.users() if one.email.startswith(name))
        return [one for one in person_events(self.loop.ledger) if one.worker == user]


@pytest.fixture
def training(tmp_path: Path) -> Training:
    """A project with two people, of whom nobody has answered anything."""
    loop = new_memory_loop(tmp_path, 5, ANN, BEN)
    loop.sections["quality"] = QUALITY
    return Training(loop)


def test_nothing_is_made_where_the_setting_is_off(training: Training) -> None:
    training.loop.sections["quality"] = {}
    report = training.step()
    assert (report.events, report.changes, report.waited_for) == ([], (), ())
    assert len(training.loop.studio.server.projects) == 1


def test_who_is_new_finds_a_tab_with_the_training(training: Training) -> None:
    report = training.step()
    assert [one.state for one in report.events] == ["in training"] * 2
    assert training.tab("ann").title == "ann · 2 left · Tandem"
    assert [one.data[PART] for one in training.open("ann")] == ["training"] * 2
    assert training.open("ann") == training.open("ben")
    assert {one.overlap for one in training.studio.tasks()} == {EVERYBODY_S}
    assert report.waited_for == [2, 3]


def test_a_second_step_writes_nothing(training: Training) -> None:
    training.step()
    again = training.step()
    assert (again.changes, again.events) == ([], [])


def test_who_passes_is_active_and_told_so(training: Training) -> None:
    training.step()
    training.answer("ann", right=False)
    training.step()
    assert {one.data[PART] for one in training.open("ann")} == {"exam"}
    training.answer("ann", right=True)
    report = training.step()
    assert [(one.worker, one.state) for one in report.events] == [(2, "active")]
    assert training.tab("ann").title == "ann · result · Tandem"
    assert [one.data[PART] for one in training.open("ann")] == ["passed"]
    assert training.step().changes == []


def test_who_fails_every_attempt_is_told_so_and_nobody_else_is(training: Training) -> None:
    training.step()
    for _ in range(5):
        training.answer("ben", right=False)
        training.step()
    assert [one.data[PART] for one in training.open("ben")] == ["failed"]
    assert training.tab("ben").title == "ben · result · Tandem"
    assert [one.state for one in training.events("ben")] == ["in training"] * 3
    attempts = [one.evidence["attempt"] for one in training.events("ben") if one.evidence]
    assert attempts == [1, 2]
    assert len(training.events("ann")) == 1
    assert training.step().waited_for == [2]


def test_what_somebody_has_seen_is_told(training: Training) -> None:
    training.step()
    training.answer("ann", right=True)
    shown = training.step().shown
    parts = {one.data[NUMBER]: one.data[PART] for one in training.studio.tasks()}
    of_each = {user: sorted(parts[n] for n, worker in shown if worker == user) for user in (2, 3)}
    assert of_each == {2: ["exam"] * 5 + ["training"] * 2, 3: ["training"] * 2}


def test_a_dry_run_records_and_writes_nothing(training: Training) -> None:
    report = training.step(dry_run=True)
    assert [one.kind for one in report.changes] == [MAKE]
    assert len(report.events) == 2
    assert person_events(training.loop.ledger) == []
    assert len(training.loop.studio.server.projects) == 1


def test_without_known_answers_it_says_what_is_missing(training: Training) -> None:
    training.known = ()
    [warning] = training.step().warnings
    assert ANN in warning
    assert "quality.known_answers" in warning
    training.known = KNOWN[:2]
    training.step()
    training.answer("ann", right=True)
    [warning] = training.step().warnings
    assert ANN in warning
    assert BEN not in warning
    training.known = KNOWN
    assert training.step().warnings == []
    assert {one.data[PART] for one in training.open("ann")} == {"exam"}


@pytest.mark.parametrize("kind", ["training", "exam", "both"])
def test_that_nothing_is_known_is_said_where_nobody_waits_for_it_too(
    training: Training, kind: str
) -> None:
    training.known, training.loop.sections["quality"] = (), {"training": kind}
    training.loop.staff()
    [warning] = training.loop.sync().warnings
    assert warning.startswith(f"quality.training is {kind}, and there are no known answers")
    assert "quality.known_answers" in warning
    training.known = KNOWN
    assert training.step().warnings == []


def test_people_who_worked_already_are_not_sent_there(training: Training) -> None:
    form, studio = parse(SENTIMENT), training.loop.studio
    task = next(studio.tasks())
    studio.annotate(task.id, 2, form.encode("positive", task.data["text"]))
    assert [one.worker for one in training.step().events] == [3]


def test_a_changed_form_reaches_it_and_the_answers_stay(training: Training) -> None:
    training.step()
    training.answer("ann", right=True)
    before = [one.annotations for one in training.studio.tasks()]
    training.loop.studio.update_project(expert_instruction="Be kind")
    training.step()
    assert training.studio.project().instruction == "Be kind"
    assert [one.annotations for one in training.studio.tasks()] == before


def test_what_becomes_known_later_joins_it_and_a_retired_item_stays(training: Training) -> None:
    training.known = KNOWN[:9]
    training.step()
    held = {one.data[NUMBER] for one in training.studio.tasks()}
    training.known = [retire(one) if one.number == 4 else one for one in KNOWN]
    training.step()
    numbers = [one.data[NUMBER] for one in training.studio.tasks() if one.data[NUMBER]]
    assert held - {0} < set(numbers)
    assert len(numbers) == len(set(numbers))


def test_the_end_of_the_training_lets_everybody_work(training: Training) -> None:
    training.step()
    training.loop.sections["quality"] = {}
    report = training.step()
    assert [one.state for one in report.events] == ["active"] * 2
    assert report.waited_for == []
