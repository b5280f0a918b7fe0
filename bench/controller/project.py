"""A project to be measured: in a Label Studio, with people, a model and settings of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import psutil
import yaml

from bench.controller.costs import PhaseCost, StepCost
from bench.controller.databases import megabytes
from bench.controller.step import READY
from bench.controller.texts import number_of, right
from labeling.settings.settings import SETTINGS_FILE, Settings
from routing.ledger import Ledger
from routing.reviewers.tabs import own_tabs
from routing.reviewers.users import find_people
from routing.snapshot import task_mapping
from routing.studio import Studio
from routing.studio.connection import PAGING
from routing.studio.models import NewAnnotation
from routing.studio.users import legacy_token

REVIEWERS = ("ana@bench.localhost", "ben@bench.localhost", "carl@bench.localhost")
PASSWORD = "a-long-enough-one"
CAPACITY = 1_000
"""Tasks that may wait for each of them."""

SETTLING = PAGING.settling.total_seconds() + 1
"""Seconds after which a pass need not read again what the one before wrote."""

REGION = {"from_name": "topic", "to_name": "text", "type": "choices"}


class MeasuredStudio(Protocol):
    """A Label Studio whose process can be watched."""

    url: str

    @property
    def token(self) -> str:
        """The administrator's legacy token."""

    @property
    def process_id(self) -> int | None:
        """Its first process."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project is measured.

    Attributes:
        server: The Label Studio.
        studio: `real` or `scripted`, as in `PhaseCost`.
        folder: Of settings and ledger; empty.
        backend_url: The ML backend.
        ledger: The ledger's SQLAlchemy URL; None: a SQLite file in the folder.
        profiles: Where profiles are kept, which slow down what they are of; None: there are none.
    """

    server: MeasuredStudio
    studio: str
    folder: Path
    backend_url: str
    ledger: str | None = None
    profiles: Path | None = None


@dataclass(frozen=True, slots=True)
class AskedTask:
    """A task that a person is asked in a project."""

    project: int
    task: int
    user: int


class MeasuredProject:
    """One project, its settings, and what its steps cost.

    Args:
        place: Where it is.
        project: The administrator's door to it.
        policy: The policy to begin with.
    """

    def __init__(self, place: Place, project: Studio, policy: Mapping[str, Any]) -> None:
        self.place, self.studio = place, project
        self.tasks = project.project().task_count
        self._users = [project.create_user(email, PASSWORD) for email in REVIEWERS]
        self._doors: dict[tuple[int, int], Studio] = {}
        self._sections: dict[str, Any] = {
            "data_dir": str(place.folder / "data"),
            "studio": {"url": place.server.url, "project": project.project_id},
            "backend": {"url": place.backend_url},
            "policy": dict(policy),
            "reviewers": [{"email": email, "capacity": CAPACITY} for email in REVIEWERS],
        }
        if place.ledger:
            self._sections["ledger"] = place.ledger
        self._save_settings()

    @property
    def settings(self) -> Settings:
        """The settings, without the key."""
        return Settings.model_validate(self._sections)

    def begin_ledger(self) -> None:
        """Make the ledger as one that knows of what Tandem did in the project."""
        self.settings.data_dir.mkdir(parents=True)
        ledger = Ledger(self.settings.ledger_url, self.studio.project_id)
        ledger.upgrade()
        ledger.identify()
        ledger.close()

    def change_policy(self, **changes: Any) -> None:
        """Change the policy from the next step on."""
        self._sections["policy"] |= changes
        self._save_settings()

    def answer(self, answers: int) -> None:
        """Have people answer what waits in their tabs, the first of each in turn.

        Raises:
            RuntimeError: Fewer than so many tasks wait.
        """
        waiting = list(islice(self._waiting(), answers))
        if len(waiting) < answers:
            raise RuntimeError(f"only {len(waiting)} of {answers} answers are asked of people")
        for project, tasks in groupby(waiting, key=lambda one: one.project):
            asked = {one.task: one.user for one in tasks}
            shown = self.studio.beside(project).shown_data_of(list(asked))
            for task, user in asked.items():
                said = right(number_of(shown[task]["text"]))
                result = [{**REGION, "value": {"choices": [said]}}]
                answer = NewAnnotation(task, result, user, str(uuid4()))
                self._door(project, user).create_annotation(answer)

    def measure(self, phase: str, step: str = "pass", times: int = 1) -> PhaseCost:
        """Make a step in a process of its own, and rest until what it wrote has settled.

        Args:
            phase: What it is called.
            step: One of `bench.controller.step.STEPS`.
            times: How often, within that process; the last time counts.

        Returns:
            What it took.

        Raises:
            CalledProcessError: The step failed.
        """
        command = [sys.executable, "-m", "bench.controller.step", step, str(self._settings_file)]
        command += ["--times", str(times)]
        if self.place.profiles:
            self.place.profiles.mkdir(parents=True, exist_ok=True)
            name = f"{self.tasks}-{phase.replace(' ', '-')}.profile"
            command += ["--profile", str((self.place.profiles / name).absolute())]
        environment = {**os.environ, "LABEL_STUDIO_API_KEY": self.place.server.token}
        marks: list[float] = []
        costs: list[StepCost] = []
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, env=environment, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                costs += [] if line.strip() == READY else [StepCost(**json.loads(line))]
                marks.append(self._studio_cpu_seconds())
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        self.rest()
        return self._phase_cost(phase, costs[-1], marks[-1] - marks[-2])

    def rest(self, seconds: float = SETTLING) -> None:
        """Wait until what was written has settled, as it has where passes are a minute apart."""
        time.sleep(seconds)

    def _phase_cost(self, phase: str, step: StepCost, studio_cpu: float) -> PhaseCost:
        return PhaseCost(
            tasks=self.tasks,
            studio=self.place.studio,
            phase=phase,
            wall_seconds=step.wall_seconds,
            cpu_seconds=step.cpu_seconds,
            studio_cpu_seconds=studio_cpu,
            requests=sum(step.requests.values()),
            peak_mb=step.peak_mb,
            ledger_mb=megabytes(self.settings.ledger_url),
            predictions=self.studio.project().prediction_count,
            kinds=step.requests,
            load_average=os.getloadavg()[0],
        )

    def _waiting(self) -> Iterator[AskedTask]:
        """Yield what is asked of people, the blind project's first."""
        own = self.studio.project_id
        blind = task_mapping.find(self.studio.descriptions(), own)
        people = find_people(self.studio, self.settings, make_model=False)
        for project in (blind, own) if blind else (own,):
            tabs = own_tabs(self.studio.beside(project).views(), people)
            for user, tab in tabs.items():
                yield from (AskedTask(project, task, user) for task in tab.task_ids)

    def _door(self, project: int, user: int) -> Studio:
        """Return a user's own door to a project."""
        if (project, user) not in self._doors:
            [email] = [one.email for one in self._users if one.id == user]
            token = legacy_token(self.place.server.url, email, PASSWORD)
            self._doors[project, user] = Studio(self.place.server.url, token, project)
        return self._doors[project, user]

    def _studio_cpu_seconds(self) -> float:
        first = psutil.Process(self.place.server.process_id)
        return sum(
            times.user + times.system + times.children_user + times.children_system
            for times in (one.cpu_times() for one in [first, *first.children(recursive=True)])
        )

    @property
    def _settings_file(self) -> Path:
        return self.place.folder / SETTINGS_FILE

    def _save_settings(self) -> None:
        self._settings_file.write_text(yaml.safe_dump(self._sections), "utf-8")
