"""A project of 80 tasks, and four moments of its life that it can be restored to."""

import itertools
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from routing.ledger import Ledger
from routing.ledger.control_tasks import (
    ControlTask,
    FirstAnswer,
    control_tasks,
    first_answers,
)
from routing.ledger.records import Assignment
from routing.snapshot import task_mapping
from routing.studio import Studio
from routing.studio.models import NewAnnotation
from tandem.servers.label_studio import LabelStudioServer
from tests.support.killing.passes import Job, errors_of_pass, run_pass, visits_of_pass
from tests.support.killing.points import Kill, Point
from tests.support.killing.state import copy_database, state_of

Moment = Literal["first", "freeze", "certify", "leave", "paused", "excluded", "resumed"]
"""What the next pass comes to. First: there is nothing but tasks; all are pre-labelled, and the
pilot is asked blind. Freeze: the pilot is answered; the model learns from it, labels anew, its
labels are frozen, and the first audits asked. Certify: these are answered, and prove the promise;
what nobody checked is accepted. Leave: all is done, somebody answered blind unasked since, and
Tandem is taken off. Paused, excluded, resumed: the admin just said so of the first reviewer."""

REVIEWERS = ("rosa@kill.localhost", "emil@kill.localhost")
POLICY = {"pilot": 12, "target_error": 0.6, "votes": 2, "max_votes": 2}
"""So much may be wrong that nothing needs a review, and that ten audits prove it."""

PRAISE = ("wonderful", "fine", "better", "great")


def texts() -> list[str]:
    """Return 80 short reviews, some plain and some not."""
    parts = itertools.product(
        ("The film", "This book", "Our dinner", "The hotel", "His new album"),
        ("was", "is simply", "turned out", "seemed", "had to be called"),
        ("wonderful", "dull", "fine, I suppose", "a mess", "better than feared", "odd", "great"),
        (".", ", says everybody who was there."),
    )
    every = [" ".join(part[:3]) + part[3] for part in parts]
    return every[:: len(every) // 80][:80]


@dataclass(frozen=True, slots=True)
class RestorableProject:
    """A project that can be made what it was at a moment.

    Attributes:
        server: The Label Studio that holds the project.
        studio: The administrator's door to it.
        backend_url: The address of its ML backend.
        folder: Holds the ledger, and a copy of both databases for each moment.
        reviewers: Who is asked.
        sections: More sections of its settings.
    """

    server: LabelStudioServer
    studio: Studio
    backend_url: str
    folder: Path
    reviewers: Sequence[str] = REVIEWERS
    sections: Mapping[str, Any] = field(default_factory=dict)

    def save(self, moment: Moment) -> None:
        """Keep the present as a moment."""
        copy_database(self._studio_file, self.folder / f"{moment}-studio.sqlite3")
        if self._ledger_file.exists():
            copy_database(self._ledger_file, self.folder / f"{moment}-ledger.sqlite3")

    def restore(self, moment: Moment) -> None:
        """Make Label Studio and the ledger what they were at a moment."""
        copy_database(self.folder / f"{moment}-studio.sqlite3", self._studio_file)
        shutil.rmtree(self._ledger_file.parent, ignore_errors=True)
        kept = self.folder / f"{moment}-ledger.sqlite3"
        if kept.exists():
            self._ledger_file.parent.mkdir()
            copy_database(kept, self._ledger_file)

    def run_pass(self, kill: Kill | None = None, job: Job = "sync") -> int:
        """Run a pass, or a disconnection, killed somewhere or nowhere; return its exit code."""
        settings = {
            "studio": {
                "url": self.server.url,
                "api_key": self.server.token,
                "project": self.studio.project_id,
                "model_user": "model@kill.localhost",
            },
            "backend": {"url": self.backend_url},
            "policy": POLICY,
            "reviewers": [{"email": email, "capacity": 200} for email in self.reviewers],
            "data_dir": self._ledger_file.parent,
            **self.sections,
        }
        return run_pass(settings, self.folder, kill, job)

    def finish_pass(self, job: Job = "sync") -> Counter[Point]:
        """Run a pass to its end, and return how often it came to each point."""
        assert self.run_pass(job=job) == 0, errors_of_pass(self.folder)
        return visits_of_pass(self.folder)

    def known_controls(self) -> list[tuple[ControlTask, list[FirstAnswer]]]:
        """Return the control tasks as the ledger has them, each with what was said of it first."""
        ledger = Ledger(f"sqlite:///{self._ledger_file}", self.studio.project_id)
        try:
            given = first_answers(ledger)
            return [
                (one, [said for said in given if said.control == one.number])
                for one in control_tasks(ledger)
            ]
        finally:
            ledger.close()

    def state(self) -> dict[str, Any]:
        """Return all that is there now, in a form that two states can be compared by."""
        ledger = Ledger(f"sqlite:///{self._ledger_file}", self.studio.project_id)
        blind_project = self._blind_project
        try:
            return {
                **state_of(self.studio, ledger),
                "blind project": state_of(
                    self.studio.beside(blind_project), ledger.beside(blind_project)
                ),
            }
        finally:
            ledger.close()

    def left(self) -> dict[str, Any]:
        """Return what the end of Tandem leaves in Label Studio, people's answers to the letter."""
        tasks = list(self.studio.tasks())
        about = self.studio.project()
        return {
            "answers": [one for task in tasks for one in task.annotations],
            "predictions": sum(len(task.predictions) for task in tasks),
            "overlaps": {task.id: (task.overlap, task.is_labeled) for task in tasks},
            "projects": [one.title for one in self.studio.projects()],
            "tabs": self.studio.views(),
            "connections": [*self.studio.backends(), *self.studio.webhooks()],
            "texts": (about.description, about.instruction, about.model_version),
            "users": sorted(one.email for one in self.studio.users()),
        }

    def answer_blind_unasked(self, tasks: int) -> None:
        """Have the administrator, whom nobody asked, answer tasks of the blind project."""
        blind, admin = self.studio.beside(self._blind_project), self.studio.me().id
        for task in list(blind.tasks())[:tasks]:
            unasked = Assignment(task.id, admin, "open", task.updated_at)
            blind.create_annotation(_answer(unasked, "negative"))

    def answer_all(self, by: str | None = None, most: int | None = None) -> None:
        """Have the reviewers answer all that waits for them: audits, as the frozen label says.

        Args:
            by: The address of the one who answers; None: all do.
            most: How many each of them answers; None: all.
        """
        answering = {one.id for one in self.studio.users() if by in (None, one.email)}
        ledger = Ledger(f"sqlite:///{self._ledger_file}", self.studio.project_id)
        known, blind = ledger.state(), ledger.beside(self._blind_project).state()
        texts = dict(known.texts)
        ledger.close()

        def label_of(task: int) -> str:
            if task in known.members:
                return known.members[task].label or ""
            text = texts[task] or ""
            return "positive" if any(word in text for word in PRAISE) else "negative"

        waiting = [one for one in blind.assignments if one.state == "open"]
        for worker in {one.worker for one in waiting} & answering:
            self.studio.create_annotations(
                [
                    _answer(one, label_of(blind.tasks[one.task].source or 0))
                    for one in [one for one in waiting if one.worker == worker][:most]
                ]
            )

    @property
    def _blind_project(self) -> int:
        """The one project where people are asked blind."""
        mark = task_mapping.marker(self.studio.project_id)
        (blind_project,) = [one.id for one in self.studio.projects() if mark in one.description]
        return blind_project

    @property
    def _ledger_file(self) -> Path:
        return self.folder / "data" / "ledger.sqlite3"

    @property
    def _studio_file(self) -> Path:
        return self.server.data_dir / "label_studio.sqlite3"


def _answer(asked: Assignment, label: str) -> NewAnnotation:
    region = {
        "from_name": "sentiment",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [label]},
    }
    unique_id = f"00000000-0000-0000-0000-{asked.task:06d}{asked.worker:06d}"
    return NewAnnotation(asked.task, [region], asked.worker, unique_id)
