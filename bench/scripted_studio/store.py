"""What the scripted Label Studio holds: small records, found by their ids."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Json = dict[str, Any]

DEFAULTS: Json = {
    "description": "",
    "expert_instruction": "",
    "label_config": "<View></View>",
    "show_instruction": False,
    "show_skip_button": True,
    "enable_empty_annotation": True,
    "show_annotation_history": False,
    "show_collab_predictions": True,
    "skip_queue": "REQUEUE_FOR_OTHERS",
    "sampling": "Sequential sampling",
    "color": "#FFFFFF",
    "model_version": "",
    "maximum_annotations": 1,
}
"""A new project's fields."""


@dataclass(slots=True)
class ScriptedPrediction:
    """A prediction; its result is kept as JSON, and its moment in microseconds."""

    id: int
    result: str
    score: float | None
    model_version: str
    created_at: int


@dataclass(slots=True)
class ScriptedAnnotation:
    """An annotation; moments are in microseconds."""

    id: int
    result: Any
    completed_by: int
    updated_by: int
    was_cancelled: bool
    ground_truth: bool
    lead_time: float | None
    parent_prediction: int | None
    unique_id: str | None
    created_at: int
    updated_at: int


@dataclass(slots=True)
class ScriptedTask:
    """A task; its data are kept as JSON, and its moment in microseconds."""

    id: int
    project: int
    inner_id: int
    data: str
    overlap: int
    updated_at: int
    is_labeled: bool = False
    annotations: tuple[ScriptedAnnotation, ...] = ()
    predictions: tuple[ScriptedPrediction, ...] = ()

    def count_people(self) -> None:
        """Put right whether as many people answered as are asked."""
        people = {one.completed_by for one in self.annotations if not one.was_cancelled}
        self.is_labeled = len(people) >= self.overlap


@dataclass(slots=True)
class ScriptedView:
    """A tab; `data` holds title, filters and all else."""

    id: int
    project: int
    order: int
    data: Json


@dataclass(slots=True)
class ScriptedUser:
    """A user, with a legacy token."""

    id: int
    email: str
    token: str
    first_name: str = ""
    last_name: str = ""


@dataclass(slots=True)
class ScriptedProject:
    """A project: its fields by Label Studio's names, and its tasks by ascending id."""

    id: int
    fields: Json
    tasks: list[ScriptedTask] = field(default_factory=list)
    prediction_count: int = 0
    annotation_count: int = 0


class Store:
    """All that one scripted Label Studio holds.

    Args:
        token: The administrator's token.
    """

    def __init__(self, token: str) -> None:
        self._ids = {noun: count(1) for noun in ("task", "prediction", "annotation", "any")}
        self._moment = 0
        self.projects: dict[int, ScriptedProject] = {}
        self.tasks: dict[int, ScriptedTask] = {}
        self.task_of_prediction: dict[int, int] = {}
        self.task_of_annotation: dict[int, int] = {}
        self.unique_ids: set[str] = set()
        self.views: dict[int, ScriptedView] = {}
        self.users: dict[int, ScriptedUser] = {}
        self.add_user("admin@localhost", token)

    def next_id(self, noun: str = "any") -> int:
        """Return an id that was never given to such a noun."""
        return next(self._ids[noun])

    def now(self) -> int:
        """Return the moment in microseconds; later at every call."""
        self._moment = max(self._moment + 1, time.time_ns() // 1000)
        return self._moment

    def add_user(self, email: str, token: str) -> ScriptedUser:
        """Add a user.

        Args:
            email: Their address.
            token: Their token.

        Returns:
            The user.
        """
        user = ScriptedUser(self.next_id(), email, token)
        self.users[user.id] = user
        return user

    def add_project(self, fields: Json) -> ScriptedProject:
        """Add a project with some fields, the others as they are by default."""
        project = ScriptedProject(self.next_id(), DEFAULTS | fields)
        self.projects[project.id] = project
        return project

    def add_tasks(self, project: ScriptedProject, data: Sequence[Json]) -> list[ScriptedTask]:
        """Add tasks to a project.

        Args:
            project: The project.
            data: What each shows.

        Returns:
            The tasks.
        """
        at, last = self.now(), project.tasks[-1].inner_id if project.tasks else 0
        overlap = project.fields["maximum_annotations"]
        new = [
            ScriptedTask(
                self.next_id("task"), project.id, last + place, json.dumps(one), overlap, at
            )
            for place, one in enumerate(data, start=1)
        ]
        project.tasks += new
        self.tasks.update((task.id, task) for task in new)
        return new

    def add_prediction(
        self, task: ScriptedTask, result: Sequence[Json], score: float | None, version: str
    ) -> ScriptedPrediction:
        """Add a prediction to a task, which its `updated_at` does not tell.

        Args:
            task: The task.
            result: Regions.
            score: The score.
            version: The model version.

        Returns:
            The prediction.
        """
        number = self.next_id("prediction")
        new = ScriptedPrediction(number, json.dumps(result), score, version, self.now())
        task.predictions += (new,)
        self.task_of_prediction[number] = task.id
        self.projects[task.project].prediction_count += 1
        return new

    def drop_predictions(self, task: ScriptedTask, ids: Sequence[int]) -> None:
        """Delete predictions of a task; annotations made from them name none then.

        Args:
            task: The task.
            ids: The predictions.
        """
        for number in ids:
            del self.task_of_prediction[number]
        task.predictions = tuple(one for one in task.predictions if one.id not in ids)
        self.projects[task.project].prediction_count -= len(ids)
        for annotation in task.annotations:
            if annotation.parent_prediction in ids:
                annotation.parent_prediction = None

    def add_annotation(self, task: ScriptedTask, annotation: ScriptedAnnotation) -> None:
        """Add an annotation to a task, which is labelled once enough people answered."""
        task.annotations += (annotation,)
        task.updated_at = annotation.updated_at
        task.count_people()
        self.task_of_annotation[annotation.id] = task.id
        self.projects[task.project].annotation_count += not annotation.was_cancelled
        if annotation.unique_id:
            self.unique_ids.add(annotation.unique_id)

    def drop_annotations(self, task: ScriptedTask, ids: Sequence[int]) -> None:
        """Delete annotations of a task, which may be unlabelled then.

        Args:
            task: The task.
            ids: The annotations.
        """
        project = self.projects[task.project]
        for one in task.annotations:
            if one.id in ids:
                del self.task_of_annotation[one.id]
                self.unique_ids.discard(one.unique_id or "")
                project.annotation_count -= not one.was_cancelled
        task.annotations = tuple(one for one in task.annotations if one.id not in ids)
        task.updated_at = self.now()
        task.count_people()

    def delete_task(self, task: ScriptedTask) -> None:
        """Delete a task with all that depends on it."""
        self.drop_annotations(task, [one.id for one in task.annotations])
        self.drop_predictions(task, [one.id for one in task.predictions])
        self.projects[task.project].tasks.remove(task)
        del self.tasks[task.id]

    def delete_project(self, project: ScriptedProject) -> None:
        """Delete a project with all that it holds."""
        for task in [*project.tasks]:
            self.delete_task(task)
        self.views = {
            number: view for number, view in self.views.items() if view.project != project.id
        }
        del self.projects[project.id]
