"""A project of 80 tasks, and four moments of its life that it can be restored to."""

import itertools
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from routing.ledger.records import Assignment
from routing.studio.models import NewAnnotation
from tandem.servers.backend import BackendServer
from tests.support.killing.passes import Job, errors_of_pass, run_pass, visits_of_pass
from tests.support.killing.points import Kill, Point
from tests.support.killing.restorable import Restorable
from tests.support.killing.state import state_of

Moment: TypeAlias = Literal["first", "freeze", "certify", "leave"]
"""What the next pass comes to. First: there is nothing but tasks; all are pre-labelled, and the
pilot is asked blind. Freeze: the pilot is answered; the model learns from it, labels anew, its
labels are frozen, and the first audits asked. Certify: these are answered, and prove the promise;
what nobody checked is accepted. Leave: all is done, somebody answered blind unasked since, and
Tandem is taken off."""

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
class RestorableProject(Restorable):
    """A project that a real backend pre-labels, learns from, and that comes to be certified.

    Attributes:
        backend: Its ML backend, whose versions are a part of each moment.
    """

    backend: BackendServer

    def save(self, moment: str) -> None:
        """Keep the present as a moment."""
        Restorable.save(self, moment)
        shutil.copytree(self._versions, self.folder / f"{moment}-versions", dirs_exist_ok=True)

    def restore(self, moment: str) -> None:
        """Make Label Studio, the ledger and the backend what they were at a moment."""
        Restorable.restore(self, moment)
        shutil.rmtree(self._versions)
        shutil.copytree(self.folder / f"{moment}-versions", self._versions, dirs_exist_ok=True)

    @property
    def _versions(self) -> Path:
        folder = self.backend.folder / "learned"
        folder.mkdir(exist_ok=True)
        return folder

    def run_pass(self, kill: Kill | None = None, job: Job = "sync") -> int:
        """Run a pass, or a disconnection, killed somewhere or nowhere; return its exit code."""
        settings = {
            "studio": {
                "url": self.server.url,
                "api_key": self.server.token,
                "project": self.studio.project_id,
                "model_user": "model@kill.localhost",
            },
            "backend": {"url": self.backend.url},
            "policy": POLICY,
            "reviewers": [{"email": email, "capacity": 200} for email in REVIEWERS],
            "data_dir": self.data_dir,
        }
        return run_pass(settings, self.folder, kill, job)

    def finish_pass(self, job: Job = "sync") -> Counter[Point]:
        """Run a pass to its end, and return how often it came to each point."""
        assert self.run_pass(job=job) == 0, errors_of_pass(self.folder)
        return visits_of_pass(self.folder)

    def state(self) -> dict[str, Any]:
        """Return all that is there now, in a form that two states can be compared by."""
        blind = self.blind_project
        with self.ledger() as ledger:
            return {
                **state_of(self.studio, ledger),
                "blind project": state_of(blind, ledger.beside(blind.project_id)),
            }

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
        blind, admin = self.blind_project, self.studio.me().id
        for task in list(blind.tasks())[:tasks]:
            unasked = Assignment(task.id, admin, "open", task.updated_at)
            blind.create_annotation(_answer(unasked, "negative"))

    def answer_all(self) -> None:
        """Have the reviewers answer all that waits for them: audits, as the frozen label says."""
        with self.ledger() as ledger:
            known, blind = ledger.state(), ledger.beside(self.blind_project.project_id).state()
            texts = dict(known.texts)

        def label_of(task: int) -> str:
            if task in known.members:
                return known.members[task].label or ""
            text = texts[task] or ""
            return "positive" if any(word in text for word in PRAISE) else "negative"

        waiting = [one for one in blind.assignments if one.state == "open"]
        for worker in {one.worker for one in waiting}:
            self.studio.create_annotations(
                [
                    _answer(one, label_of(blind.tasks[one.task].source or 0))
                    for one in waiting
                    if one.worker == worker
                ]
            )


def _answer(asked: Assignment, label: str) -> NewAnnotation:
    region = {
        "from_name": "sentiment",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [label]},
    }
    unique_id = f"00000000-0000-0000-0000-{asked.task:06d}{asked.worker:06d}"
    return NewAnnotation(asked.task, [region], asked.worker, unique_id)
