"""Four people who are new on a real Label Studio, and Tandem's commands on their project.

All that becomes of them follows from what they answer and from the admin's commands. Nina and Otto
know what is right, Carl knows it in the exam alone, and Fred does not know it.
"""

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.ledger.control_tasks import control_tasks
from routing.ledger.converters import SOURCE
from routing.reviewers.tabs import owner_of
from routing.snapshot import task_mapping
from routing.studio import Studio
from routing.studio.models import StudioAnnotation, StudioTask, StudioView
from routing.studio.users import legacy_token
from routing.training.items import NUMBER, PART
from tandem.servers.label_studio import LabelStudioServer
from tests.support.killing.passes import errors_of_pass, run_command, visits_of_pass
from tests.support.killing.points import Kill, Point
from tests.support.killing.restorable import Restorable
from tests.support.killing.state import state_of
from tests.support.label_configs import SENTIMENT
from tests.support.loops import Person
from tests.support.training import TEXTS, known_answers, label_of, trainings

NAMES = ("nina", "otto", "carl", "fred")
PASSWORD = "a-long-enough-one"
TASKS = 24
KNOWN = 24

SETTINGS: Mapping[str, Any] = {
    "policy": {"pilot": TASKS, "votes": 2, "max_votes": 2, "target_error": 0.5},
    "quality": {
        "training": "both",
        "training_items": 2,
        "exam_controls": 6,
        "exam_skill": 0.5,
        "exam_probability": 0.9,
        "exam_retries": 0,
        "controls_most": 0.5,
    },
}
"""All is asked blind, of two people each. Of a person's work half are control tasks at most, so
that a few items show who is careless."""


@dataclass(frozen=True, slots=True)
class Team(Restorable):
    """The project of the four, as one can look at it from outside.

    Attributes:
        people: The four, by name.
    """

    people: Mapping[str, Person]

    def run(self, *words: str, kill: Kill | None = None) -> int:
        """Run `tandem` with these words, killed somewhere or nowhere; return its exit code."""
        environment = {"TANDEM_STUDIO__API_KEY": self.server.token}
        words = (*words, "--settings", str(self.folder / "tandem.yaml"))
        return run_command(words, environment, self.folder, kill)

    def finish(self, *words: str) -> Counter[Point]:
        """Run `tandem` to its end, and return how often it came to each point."""
        assert self.run(*words) == 0, errors_of_pass(self.folder)
        return visits_of_pass(self.folder)

    @property
    def training(self) -> Studio:
        """The training project."""
        [found] = trainings(self.studio.descriptions(), self.studio.project_id)
        return self.studio.beside(found)

    def tab(self, project: Studio, name: str) -> StudioView | None:
        """Somebody's tab in a project; None: they have none."""
        own = (one for one in project.views() if owner_of(one.title) == name.title())
        return next(own, None)

    def waiting(self, project: Studio, name: str) -> list[StudioTask]:
        """What somebody's tab lists and they did not answer, as Label Studio has it."""
        tab, worker = self.tab(project, name), self.people[name].id
        return [
            one
            for one in project.tasks_of(tab.task_ids if tab else ())
            if not any(given.completed_by == worker for given in one.annotations)
        ]

    def controls(self) -> dict[int, int]:
        """The control task that each task of the blind project stands for, by number."""
        with self.ledger() as ledger:
            numbers = {one.source: one.number for one in control_tasks(ledger)}
        tasks = self.blind_project.tasks()
        return {one.id: numbers[one.data[SOURCE]] for one in tasks if one.data[SOURCE] in numbers}

    def answer(self, name: str, tasks: list[StudioTask], *, right: bool) -> None:
        """Have somebody answer items, the right way or the other one."""
        for one in tasks:
            if one.data["text"]:
                self.people[name].answer(one.id, label_of(one.data["text"], right=right))

    def given(self) -> dict[int, StudioAnnotation]:
        """All annotations of the four in all three projects, by id, as Label Studio has them."""
        workers = {one.id for one in self.people.values()}
        return {
            given.id: given
            for project in self._projects().values()
            for task in project.tasks()
            for given in task.annotations
            if given.completed_by in workers
        }

    def state(self) -> dict[str, Any]:
        """Return all that is there now, in a form that two states can be compared by."""
        left: dict[str, Any] = {}
        with self.ledger() as ledger:
            controls = {one.source: f"control {one.number}" for one in control_tasks(ledger)}
            for part, project in self._projects().items():
                names = {one.id: _name(one, controls) for one in project.tasks()}
                found = state_of(project, ledger.beside(project.project_id), names.__getitem__)
                left |= {f"{part}: {name}": content for name, content in found.items()}
        return left

    def _projects(self) -> dict[str, Studio]:
        """The projects that there are by now."""
        main, described = self.studio.project_id, self.studio.descriptions()
        blind = task_mapping.find(described, main)
        ids = {
            "main": [main],
            "blind": [blind] if blind else [],
            "training": trainings(described, main),
        }
        return {part: self.studio.beside(one) for part, found in ids.items() for one in found}


def new_team(server: LabelStudioServer, backend: str, folder: Path) -> Team:
    """Make a project of texts, four people who are new to it, and settings that name them.

    Args:
        server: The Label Studio.
        backend: The address of the ML backend.
        folder: Holds the settings, the ledger, and what is kept of moments.
    """
    admin = Studio(server.url, server.token)
    made = admin.create_project("A team", SENTIMENT)
    studio = admin.beside(made.id)
    # By their texts they stand between the known answers, whose numbers are 1, 2, ….
    studio.import_tasks([{"text": TEXTS[one % 2].format(105 + 10 * one)} for one in range(TASKS)])
    people = {name: _new(admin, name) for name in NAMES}
    known = folder / "known.csv"
    with known.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["text", "answer", "explanation"])
        for one in known_answers(KNOWN):
            writer.writerow([one.data["text"], one.accepted[0], one.explanation])
    team = Team(server, studio, folder, people)
    content = {
        **SETTINGS,
        "studio": {"url": server.url, "project": made.id, "model_user": "model@team.localhost"},
        "backend": {"url": backend},
        "quality": {**SETTINGS["quality"], "known_answers": str(known)},
        "reviewers": [{"email": one.email, "capacity": 30} for one in people.values()],
        "data_dir": str(team.data_dir),
    }
    # JSON is YAML.
    (folder / "tandem.yaml").write_text(json.dumps(content), "utf-8")
    return team


def _new(admin: Studio, name: str) -> Person:
    user = admin.create_user(f"{name}@team.localhost", PASSWORD, name.title())
    return Person(admin.url, legacy_token(admin.url, user.email, PASSWORD), user.email, user.id)


def _name(task: StudioTask, controls: Mapping[int | None, str]) -> int | str:
    """Name a task by what it stands for; the main project's by its id."""
    if NUMBER in task.data:
        return f"{task.data[PART]} {task.data[NUMBER]}"
    source = task.data.get(SOURCE)
    return controls.get(source) or source or task.id
