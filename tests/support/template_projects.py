"""Each template's project: its first tasks pre-labelled by the bundled model, the last one not."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from labeling.form.form import Form
from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.model.client import BackendClient
from routing.studio import Studio
from routing.studio.models import StudioPrediction, StudioTask
from routing.sync import SyncReport, sync
from tandem.servers.label_studio import LabelStudioServer
from tests.support import examples
from tests.support.loops import MODEL_USER, PLAIN_POLICY, Person

PRE_LABELLED = 4
"""Tasks of each template that the model answers; one more is answered by a person alone."""


@dataclass(frozen=True)
class Project:
    """A template's project, in which all tasks but the last are pre-labelled.

    Attributes:
        tasks: The tasks with their pre-labels, by id.
        report: Of the pass that pre-labelled them.
    """

    template: str
    studio: Studio
    backend: BackendClient
    ledger: Ledger
    settings: Settings
    tasks: Mapping[int, StudioTask]
    report: SyncReport

    @property
    def form(self) -> Form:
        return examples.form(self.template)

    @property
    def predictions(self) -> list[StudioPrediction]:
        return [one for task in self.tasks.values() for one in task.predictions]

    def item(self, task: int) -> str:
        return self.form.text_of(self.tasks[task].data)

    def gold(self, task: int) -> str:
        """The right answer to a task."""
        [wanted] = [
            examples.gold(self.template, one)
            for one in examples.tasks(self.template)
            if self.form.text_of(one["data"]) == self.item(task)
        ]
        return wanted

    def pre_label(self, task: int) -> str | None:
        """The model's answer to a task; None where it has none."""
        return next(
            (self.form.decode(one.result, self.item(task)) for one in self.tasks[task].predictions),
            None,
        )

    @property
    def wrong(self) -> int:
        """A task that the model answered, and where there is one, wrongly."""
        answered = [task for task, seen in self.tasks.items() if seen.predictions]
        return min(answered, key=lambda task: self.pre_label(task) == self.gold(task))

    @property
    def untouched(self) -> int:
        """The task that was never pre-labelled."""
        return max(self.tasks)


def pre_labelled(
    template: str,
    label_studio: LabelStudioServer,
    backend: BackendClient,
    reviewer: Person,
    folder: Path,
) -> Project:
    """Make a template's project, pre-labelled for a person who is to review it all."""
    config, instruction = examples.config(template), examples.instruction(template)
    door = Studio(label_studio.url, label_studio.token)
    made = door.create_project(f"Template {template}", config, instruction)
    studio = Studio(label_studio.url, label_studio.token, made.id)
    *first, untouched = examples.tasks(template)[: PRE_LABELLED + 1]
    settings = Settings.model_validate(
        {
            "studio": {"model_user": MODEL_USER},
            "backend": {"url": backend.url},
            "policy": PLAIN_POLICY,
            "reviewers": [{"email": reviewer.email}],
        }
    )
    ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite3", made.id)
    ledger.upgrade()
    studio.import_tasks([one["data"] for one in first])
    report = sync(studio, backend, ledger, settings)
    studio.import_tasks([untouched["data"]])
    tasks = {task.id: task for task in studio.tasks()}
    return Project(template, studio, backend, ledger, settings, tasks, report)
