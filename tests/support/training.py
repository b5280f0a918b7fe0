"""A project whose new people are trained on a real Label Studio, and passes that may be killed."""

import multiprocessing
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.ledger.control_tasks import ControlTask
from routing.ledger.people import person_events
from routing.reviewers.tabs import owner_of
from routing.snapshot.observe import observe
from routing.studio import Studio
from routing.studio.models import NewAnnotation, StudioTask, StudioView
from routing.training import mark
from routing.training.items import NUMBER, PART
from routing.training.project import keep_in_step
from tests.support.killing.points import Kill, Point, Watch
from tests.support.known_answers import known_answer
from tests.support.label_configs import SENTIMENT

LABELS = ("positive", "negative")

TEXTS = (
    "I would see it again tomorrow, said number {}.",
    "Dull, and far too long, said number {}.",
)
"""Texts with these labels, in order."""

SECONDS = 120

_processes = multiprocessing.get_context("forkserver")


def known_answers(n: int) -> list[ControlTask]:
    """So many known answers, of both labels in turn, each with its explanation."""
    whys = ("“Again tomorrow” is praise.", "“Far too long” is blame.")
    return [
        known_answer(one, LABELS[one % 2], whys[one % 2], text=TEXTS[one % 2].format(one))
        for one in range(1, n + 1)
    ]


def label_of(text: str, *, right: bool) -> str:
    """The right label of one of the texts, or the other one."""
    return LABELS[("tomorrow" not in text) ^ (not right)]


def trainings(descriptions: Mapping[int, str], project: int) -> list[int]:
    """List the projects that bear the mark of a training project, whatever the ledger."""
    beginning = mark.marker(project, "")
    return [one for one, text in descriptions.items() if beginning in text]


@dataclass(frozen=True)
class TrainedProject:
    """A project whose new people are trained.

    Attributes:
        url: Where Label Studio is.
        token: The administrator's.
        project: The main project.
        ledger_url: Where its ledger is.
        settings: The content of its settings.
        known: The known answers.
    """

    url: str
    token: str
    project: int
    ledger_url: str
    settings: Mapping[str, Any]
    known: Sequence[ControlTask]

    @property
    def studio(self) -> Studio:
        """The administrator's door to the main project."""
        return Studio(self.url, self.token, self.project)

    def ledger(self) -> Ledger:
        """Open the ledger."""
        ledger = Ledger(self.ledger_url, self.project)
        ledger.upgrade()
        return ledger

    @property
    def training(self) -> Studio:
        """The training project."""
        return self.studio.beside(min(trainings(self.studio.descriptions(), self.project)))

    def tab(self, name: str) -> StudioView:
        """Somebody's tab in the training project."""
        return next(one for one in self.training.views() if owner_of(one.title) == name)

    def answer(self, name: str, worker: int, *, right: bool) -> None:
        """Answer all that is open to somebody, the right way or the other one."""
        form, training, listed = parse(SENTIMENT), self.training, self.tab(name).task_ids
        for task in training.tasks():
            if task.id in listed and task.data[NUMBER]:
                label = label_of(task.data["text"], right=right)
                result = form.encode(label, task.data["text"])
                training.create_annotation(
                    NewAnnotation(task.id, result, worker, unique_id=str(uuid4()))
                )

    def step(self) -> None:
        """Keep the training in step, in this process."""
        _step(self)

    def run(self, folder: Path, kill: Kill | None = None) -> tuple[int, Counter[Point]]:
        """Keep it in step in a process of its own, which may be killed.

        Args:
            folder: Where the process writes how often it came to each point.
            kill: Where it is killed; None: nowhere.

        Returns:
            Its exit code, and the visits of a process that came to its end.
        """
        visits = folder / "visits.txt"
        visits.unlink(missing_ok=True)
        process = _processes.Process(target=_watched, args=(self, visits, kill))
        process.start()
        process.join(SECONDS)
        code = process.exitcode
        process.kill()
        process.join()
        assert code is not None, f"it takes longer than {SECONDS} s"
        counted = visits.read_text("utf-8").splitlines() if visits.exists() else []
        found: Counter[Point] = Counter()
        for line in counted:
            written, progress, times = line.split("\t")
            found[Point(written, progress)] = int(times)  # type: ignore[arg-type]
        return code, found

    def state(self) -> Mapping[str, Any]:
        """All that a step leaves behind, but for numbers that Label Studio gives."""
        training = self.training
        tasks = {one.id: one for one in training.tasks()}
        project = training.project()
        ledger = self.ledger()
        left = {
            "projects": len(trainings(self.studio.descriptions(), self.project)),
            "form": (project.label_config, project.directions, project.overlap),
            # Label Studio may go on with an import whose caller is dead; of two the oldest counts.
            "tasks": sorted({_name(one) for one in tasks.values()}),
            "answers": sorted(
                (_name(one), str(given.result))
                for one in tasks.values()
                for given in one.annotations
            ),
            "tabs": [
                (_title(one.title), [_name(tasks[task]) for task in one.task_ids])
                for one in training.views()
            ],
            "events": sorted(
                (_nth(self, one.worker), one.number, one.state, one.reason)
                for one in person_events(ledger)
            ),
            "pending": [one.key for one in ledger.beside(training.project_id).pending()],
        }
        ledger.close()
        return left


def _name(task: StudioTask) -> str:
    return f"{task.data[PART]} {task.data[NUMBER]}"


def _title(title: str) -> str:
    return title.rpartition(" · Tandem")[0] or title


def _nth(project: TrainedProject, worker: int) -> int:
    emails = [one["email"] for one in project.settings["reviewers"]]
    by_id = {one.id: one.email for one in project.studio.users()}
    return emails.index(by_id[worker])


def _noon() -> datetime:
    return datetime(2026, 1, 1, 12, tzinfo=UTC)


def _step(project: TrainedProject) -> None:
    ledger = project.ledger()
    settings = Settings.model_validate(project.settings)
    snapshot = observe(project.studio, ledger, settings, clock=_noon)
    keep_in_step(snapshot, project.known)
    ledger.close()


def _watched(project: TrainedProject, visits: Path, kill: Kill | None) -> None:
    watch = Watch(kill)
    watch.start()
    _step(project)
    lines = [f"{written}\t{progress}\t{n}" for (written, progress), n in watch.visits.items()]
    visits.write_text("\n".join(lines), "utf-8")
