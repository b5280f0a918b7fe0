"""A Label Studio in memory: as much of it as a pass touches.

People's answers are simulated, seeded: each is right with a probability, whoever is asked.
"""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from labeling.form.form import parse
from routing.progress import Progress, silent
from routing.reviewers.tabs import owner_of
from routing.studio.connection import PAGING
from routing.studio.id_filters import ranges_of
from routing.studio.models import (
    NewAnnotation,
    NewPrediction,
    StudioAnnotation,
    StudioPrediction,
    StudioProject,
    StudioTask,
    StudioUser,
    StudioVersion,
    StudioView,
    TaskOverlap,
)
from routing.studio.own_text import INSTRUCTION
from routing.studio.views import DEFAULT_TITLE
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import NOON

MODEL_USER = StudioUser(1, "model@memory.localhost", "Tandem")


@dataclass
class MemoryProject:
    """What one project holds."""

    about: StudioProject
    tasks: dict[int, StudioTask] = field(default_factory=dict)
    views: dict[int, StudioView] = field(default_factory=dict)
    hidden: dict[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class MemoryServer:
    """All projects and people of a Label Studio in memory; who has no name is called by address."""

    people: Sequence[str]
    label_config: str = SENTIMENT
    names: Mapping[str, str] = field(default_factory=dict)
    projects: dict[int, MemoryProject] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: count(100))
    moment: datetime = NOON
    drafts: dict[int, list[int]] = field(default_factory=dict)

    @property
    def users(self) -> list[StudioUser]:
        people = [
            StudioUser(number, one, self.names.get(one, one))
            for number, one in enumerate(self.people, start=2)
        ]
        return [MODEL_USER, *people]

    def now(self) -> datetime:
        """Return a moment that is later than any before."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def new_project(self, title: str, instruction: str = "", description: str = "") -> int:
        number = next(self.ids)
        about = StudioProject(
            number, title, self.label_config, instruction, description, "", 0, 0, 0
        )
        self.projects[number] = MemoryProject(about)
        return number


class MemoryStudio:
    """One project of a server in memory, with the methods of `routing.studio.Studio`."""

    requests = 0

    def __init__(self, server: MemoryServer, project_id: int) -> None:
        self.server = server
        self.project_id = project_id

    @property
    def _held(self) -> MemoryProject:
        return self.server.projects[self.project_id]

    def beside(self, project_id: int) -> "MemoryStudio":
        return MemoryStudio(self.server, project_id)

    def project(self) -> StudioProject:
        tasks = self._held.tasks.values()
        predictions = sum(len(one.predictions) for one in tasks)
        return replace(self._held.about, task_count=len(tasks), prediction_count=predictions)

    def me(self) -> StudioUser:
        return StudioUser(0, "admin@memory.localhost", "Admin")

    def users(self) -> list[StudioUser]:
        return self.server.users

    def version(self) -> StudioVersion:
        return StudioVersion("1.23.2", "community")

    def descriptions(self) -> dict[int, str]:
        return {number: one.about.description for number, one in self.server.projects.items()}

    def projects_of(self, ids: Sequence[int]) -> dict[int, StudioProject]:
        return {one: self.beside(one).project() for one in ids}

    @property
    def answered_at(self) -> datetime:
        return self.server.moment

    def tasks(self, progress: Progress = silent) -> Iterator[StudioTask]:
        found = list(self._held.tasks.values())
        progress("Reading Label Studio", len(found), len(found))
        return iter(found)

    def tasks_of(self, ids: Sequence[int], _progress: Progress = silent) -> Iterator[StudioTask]:
        return iter([self._held.tasks[one] for one in ids if one in self._held.tasks])

    def changed_since(self, at: datetime) -> dict[int, datetime]:
        since = at - self.paging.look_back
        return {
            task: one.updated_at
            for task, one in self._held.tasks.items()
            if one.updated_at >= since
        }

    def views(self) -> list[StudioView]:
        return list(self._held.views.values())

    def save_view(
        self,
        title: str,
        tasks: Sequence[int],
        ordering: Sequence[str],
        view: int | None,
        *,
        hidden: Sequence[str] = (),
    ) -> None:
        number = view or next(self.server.ids)
        self._held.hidden[number] = tuple(hidden)
        saved = StudioView(number, title, ranges_of(tasks), tuple(ordering), is_all_selected=True)
        self._held.views[number] = saved

    def add_default_view(self) -> None:
        number = next(self.server.ids)
        self._held.views[number] = StudioView(number, DEFAULT_TITLE, (), ())

    def delete_view(self, view: int) -> None:
        self._held.views.pop(view, None)

    def order_views(self, views: Sequence[int]) -> None:
        self._held.views = {view: self._held.views[view] for view in views}

    url = "http://memory"
    paging = PAGING

    def backends(self) -> list[Any]:
        return []

    def webhooks(self) -> list[Any]:
        return []

    def update_project(self, **changes: Any) -> None:
        if (html := changes.pop("expert_instruction", None)) is not None:
            changes["instruction"] = INSTRUCTION.without_own(html)
            changes["directions"] = INSTRUCTION.own_part(html)
        if (shown := changes.pop("show_instruction", None)) is not None:
            changes["shows_instruction"] = shown
        self._held.about = replace(self._held.about, **changes)

    def create_project(
        self,
        title: str,
        label_config: str,
        instruction: str,
        description: str,
        settings: Mapping[str, Any],
    ) -> StudioProject:
        made = self.beside(self.server.new_project(title, "", description))
        overlap = settings.get("maximum_annotations", 1)
        made.update_project(
            label_config=label_config, expert_instruction=instruction, overlap=overlap
        )
        return made.project()

    def import_tasks(self, data: Sequence[Mapping[str, Any]]) -> None:
        for one in data:
            number = next(self.server.ids)
            now = self.server.now()
            overlap = self._held.about.overlap
            self._held.tasks[number] = StudioTask(number, dict(one), overlap, False, now, (), ())

    def task_ids(self) -> list[int]:
        return list(self._held.tasks)

    def tasks_with_drafts(self) -> list[int]:
        return self.server.drafts.get(self.project_id, [])

    def delete_tasks(self, ids: Sequence[int]) -> None:
        for task in ids:
            self._held.tasks.pop(task, None)

    def delete_project(self) -> None:
        del self.server.projects[self.project_id]

    def shown_data_of(self, tasks: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        return {task: self._held.tasks[task].data for task in tasks}

    def import_predictions(self, new: Sequence[NewPrediction]) -> None:
        for one in new:
            task = self._held.tasks[one.task]
            number = next(self.server.ids)
            made = StudioPrediction(
                number, one.task, one.model_version, one.score, one.result, self.server.now()
            )
            self._held.tasks[one.task] = replace(task, predictions=(*task.predictions, made))

    def predictions(self) -> Iterator[StudioPrediction]:
        return iter([one for task in self._held.tasks.values() for one in task.predictions])

    def clear_predictions(self, tasks: Sequence[int]) -> None:
        for task in tasks:
            self._held.tasks[task] = replace(self._held.tasks[task], predictions=())

    def delete_predictions(self, predictions: Sequence[int], _progress: Progress) -> None:
        for number, held in list(self._held.tasks.items()):
            left = tuple(one for one in held.predictions if one.id not in predictions)
            self._held.tasks[number] = replace(held, predictions=left)

    def create_annotations(self, new: Sequence[NewAnnotation], _progress: Progress) -> None:
        for one in new:
            self.annotate(one.task, one.completed_by, one.result)

    def annotate(self, task: int, user: int, result: Sequence[Any]) -> None:
        """Store a user's answer."""
        now, held = self.server.now(), self._held.tasks[task]
        number = next(self.server.ids)
        made = StudioAnnotation(number, task, user, user, result, False, 5.0, now, now, None, None)
        annotations = (*held.annotations, made)
        is_labeled = len({one.completed_by for one in annotations}) >= held.overlap
        self._held.tasks[task] = replace(
            held, annotations=annotations, is_labeled=is_labeled, updated_at=now
        )

    def overlaps(self) -> dict[int, TaskOverlap]:
        return {
            number: TaskOverlap(one.overlap, one.is_labeled)
            for number, one in self._held.tasks.items()
        }

    def set_common_overlap(self, overlap: int) -> None:
        self._held.about = replace(self._held.about, overlap=overlap)
        tasks = self._held.tasks
        cohort = {number for number, one in tasks.items() if overlap > 1 and one.overlap > 1}
        for number in cohort or set(tasks):
            people = {one.completed_by for one in tasks[number].annotations}
            is_labeled = len(people) >= overlap
            tasks[number] = replace(tasks[number], overlap=overlap, is_labeled=is_labeled)

    def set_overlaps(
        self, overlaps: Mapping[int, int], finished: Collection[int], _progress: Progress
    ) -> None:
        for task, overlap in overlaps.items():
            held = self._held.tasks[task]
            people = {one.completed_by for one in held.annotations}
            self._held.tasks[task] = replace(
                held,
                overlap=overlap,
                is_labeled=task in finished or len(people) >= overlap,
                updated_at=self.server.now(),
            )


def answer_tabs(studio: MemoryStudio, seed: int, *, right: float = 0.8) -> int:
    """Have every reviewer answer what waits in their tabs, here and in the blind project.

    Args:
        studio: The main project.
        seed: Seed of what they answer.
        right: Probability that one gives the label that is right for them all.

    Returns:
        How many answers that were.
    """
    form, given = parse(studio.server.label_config), 0
    labels = [one.value for one in form.controls[0].candidates]
    by_name = {one.email.partition("@")[0]: one.id for one in studio.users()}
    for number in list(studio.server.projects):
        project = studio.beside(number)
        for view in project.views():
            owner = owner_of(view.title)
            if owner is None:
                continue
            user = by_name[owner]
            for task in view.task_ids:
                held = next(one for one in project.tasks() if one.id == task)
                text = str(held.data["text"])
                truth = labels[0] if random.Random(text).random() < 0.7 else labels[-1]
                drawn = random.Random(f"{seed} {user} {text}")
                label = truth if drawn.random() < right else drawn.choice(labels)
                project.annotate(task, user, form.encode(label, text))
                given += 1
    return given
