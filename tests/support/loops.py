"""A project in the loop: people of a real Label Studio, and a model that believes what it is told.

The model is an ML backend over HTTP, so that a test can choose every confidence.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from labeling.settings.settings import Settings
from routing.clock import Clock, system_clock
from routing.facts.answers import AnswerFacts
from routing.facts.populations import checks_of, frozen_of, proven
from routing.guarantee import certificate_file
from routing.guarantee.frozen_population import FrozenPopulation
from routing.ledger import Ledger
from routing.ledger.records import BLIND, LedgerState
from routing.model.client import BackendClient
from routing.progress import Progress, silent
from routing.reviewers.tabs import own_tabs
from routing.reviewers.users import People, find_people
from routing.snapshot import task_mapping
from routing.studio import Studio
from routing.studio.models import StudioAnnotation, StudioTask, StudioView
from routing.sync import FormDecision, SyncReport, sync
from routing.tunables import DEFAULTS, Tunables
from tests.support.loop_model import Model

MODEL_USER = "model@loop.localhost"
PLAIN_POLICY = {"pilot": 0, "target_error": 0.01, "blind_share": 0, "max_votes": 1}
"""One vote settles each task, beside the pre-label."""


@dataclass(frozen=True)
class Person:
    """A user of Label Studio who works there by themselves."""

    url: str
    token: str
    email: str
    id: int

    def answer(
        self,
        task: int,
        label: str,
        parent_prediction: int | None = None,
        lead_time: float | None = None,
    ) -> int:
        """Submit an answer; gives the annotation."""
        body = _saying(label) | {"parent_prediction": parent_prediction, "lead_time": lead_time}
        return int(self._ask("POST", f"/api/tasks/{task}/annotations/", body)["id"])

    def skip(self, task: int) -> int:
        """Skip a task; gives the annotation."""
        body = {"result": [], "was_cancelled": True}
        return int(self._ask("POST", f"/api/tasks/{task}/annotations/", body)["id"])

    def submit_nothing(self, task: int) -> None:
        """Submit without having picked anything."""
        self._ask("POST", f"/api/tasks/{task}/annotations/", {"result": []})

    def edit(self, annotation: int, label: str) -> None:
        self._ask("PATCH", f"/api/annotations/{annotation}/", _saying(label))

    def delete(self, annotation: int) -> None:
        self._ask("DELETE", f"/api/annotations/{annotation}/")

    def open(self, task: int) -> None:
        """Open a task as the page does, which has the backend asked where it has no prediction."""
        self._ask("GET", f"/api/tasks/{task}/")

    def delete_task(self, task: int) -> None:
        self._ask("DELETE", f"/api/tasks/{task}/")

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Token {self.token}"}
        answer = httpx.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=60)
        answer.raise_for_status()
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content


def _saying(label: str) -> dict[str, Any]:
    region = {"from_name": "sentiment", "to_name": "text", "type": "choices"}
    return {"result": [{**region, "value": {"choices": [label]}}]}


@dataclass
class Loop:
    """A project with its model, its people and its ledger.

    Attributes:
        sections: Sections of the settings, in the form that the file has.
        clock: Tells a pass what the time is.
        tunables: How much a pass does at a time.
    """

    studio: Studio
    model: Model
    ledger: Ledger
    sections: dict[str, Any] = field(default_factory=dict)
    clock: Clock = system_clock
    tunables: Tunables = DEFAULTS

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(self.sections)

    @property
    def backend(self) -> BackendClient:
        return BackendClient(self.model.url)

    @property
    def state(self) -> LedgerState:
        return self.ledger.state()

    @property
    def answers(self) -> AnswerFacts:
        """What the ledger knows of people's answers in this very project."""
        return AnswerFacts(self.state.annotations)

    @property
    def blind_project(self) -> "Loop | None":
        """The project where tasks are asked blind; None: there is none."""
        found = task_mapping.find(self.studio.descriptions(), self.studio.project_id)
        if found is None:
            return None
        return replace(self, studio=self.studio.beside(found), ledger=self.ledger.beside(found))

    def place(self, task: int) -> int:
        """The task under which people are asked it: its twin, where it is asked blind."""
        return self.places()[task]

    def places(self) -> dict[int, int]:
        """The task under which people are asked each task that was decided."""
        blind_project = self.blind_project
        twin = task_mapping.counterparts(blind_project.state) if blind_project else {}
        return {
            task: twin.get(task, task) if kind in BLIND else task
            for task, kind in self.kinds().items()
        }

    def policy(self, **changes: Any) -> None:
        """Change the policy from the next pass on."""
        self.sections["policy"] = self.sections["policy"] | changes

    def staff(self, *people: Person, capacity: int = 100) -> None:
        """Say who reviews from the next pass on."""
        self.sections["reviewers"] = [{"email": one.email, "capacity": capacity} for one in people]

    def sync(
        self,
        progress: Progress = silent,
        *,
        dry_run: bool = False,
        on_form_change: FormDecision | None = None,
    ) -> SyncReport:
        return sync(
            self.studio,
            self.backend,
            self.ledger,
            self.settings,
            progress,
            clock=self.clock,
            tunables=self.tunables,
            dry_run=dry_run,
            on_form_change=on_form_change,
        )

    def import_texts(self, confidences: Mapping[str, float]) -> list[int]:
        """Add tasks with these texts and what the model believes of them; gives the tasks."""
        known = set(self.studio.task_ids())
        self.model.confidences.update(confidences)
        self.studio.import_tasks([{"text": text} for text in confidences])
        return [task for task in self.studio.task_ids() if task not in known]

    def shown(self) -> dict[int, StudioTask]:
        """What Label Studio shows of each task."""
        return {task.id: task for task in self.studio.tasks()}

    def annotations(self) -> list[StudioAnnotation]:
        return [one for task in self.studio.tasks() for one in task.annotations]

    def kinds(self) -> dict[int, str]:
        """What was decided of each task."""
        return {task: one.kind for task, one in self.state.decisions.items()}

    def kinds_counted(self) -> Counter[str]:
        return Counter(self.kinds().values())

    def asked(self, person: Person) -> list[int]:
        """The tasks that wait for a person, here or in the blind project."""
        return list(self.waiting(person))

    def waiting(self, *people: Person) -> dict[int, list[Person]]:
        """Who is asked each task, of these people, here or in the blind project."""
        by_task = self.waiting_here(*people)
        blind_project = self.blind_project
        if blind_project:
            twin = task_mapping.counterparts(blind_project.state)
            blind = blind_project.waiting_here(*people)
            by_task |= {task: blind[twin[task]] for task in twin if twin[task] in blind}
        return dict(sorted(by_task.items()))

    def tabs(self) -> dict[int, StudioView]:
        """The tab of each reviewer in this very project, by user."""
        return own_tabs(self.studio.views(), self.people())

    def people(self) -> People:
        """Who reviews."""
        return find_people(self.studio, self.settings, make_model=False)

    def waiting_here(self, *people: Person) -> dict[int, list[Person]]:
        """Who is asked each task of this very project; their tabs list the same."""
        tabs = self.tabs()
        asked = {(one.task, one.worker) for one in self.state.assignments if one.state == "open"}
        by_task: dict[int, list[Person]] = {}
        for person in people:
            tasks = sorted(task for task, worker in asked if worker == person.id)
            assert list(tabs[person.id].task_ids) == tasks
            for task in tasks:
                by_task.setdefault(task, []).append(person)
        return dict(sorted(by_task.items()))

    def answer_all(self, label: str, *people: Person) -> None:
        """Have these people answer all that waits for them, here and in the blind project."""
        places = self.places()
        for task, asked in self.waiting(*people).items():
            for person in asked:
                person.answer(places[task], label)

    def frozen(self, number: int = 1) -> FrozenPopulation:
        """A population as it was frozen."""
        return frozen_of(self.state, self.state.populations[number - 1])

    def checks(self, number: int = 1) -> list[tuple[int, str, str, str | None]]:
        """What was checked of a population: task, kind, state and answer, in order."""
        checks = checks_of(self.state, self.state.populations[number - 1])
        return [(one.task, one.kind, one.state, one.answer) for one in checks]

    def certificate(self, number: int = 1) -> bytes:
        """The certificate of a population."""
        population = self.state.populations[number - 1]
        return certificate_file.write(self.frozen(number), proven(self.state, population))

    def accepted(self) -> dict[int, str]:
        """What Label Studio holds in the name of the model's user, by task."""
        model = self.model_user()
        return {
            one.task: one.result[0]["value"]["choices"][0]
            for one in self.annotations()
            if one.completed_by == model
        }

    def model_user(self) -> int:
        return next(one.id for one in self.studio.users() if one.email == MODEL_USER)


def told(report: SyncReport) -> list[tuple[str, str, Any, Any]]:
    """The changes of a report, without the moment at which they were planned."""
    return [(one.key, one.target, one.before, one.after) for one in report.changes]
