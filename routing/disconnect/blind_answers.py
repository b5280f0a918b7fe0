"""Blind answers brought to safety before the blind project is deleted.

What people answered there is copied into the main project, as each pass does, and all that the
blind project holds is exported into a file. It is deleted only where that file, read back, has
every answer that is there then.
"""

import json
from datetime import datetime
from functools import partial
from pathlib import Path

from labeling.atomic_files import replacing
from labeling.errors import LabelConfigError, StudioRefused
from labeling.form import form as forms
from labeling.private_files import make_private_folder
from routing.blind_project.copy_back import key, unique_id
from routing.clock import Clock
from routing.disconnect.inventory import Inventory
from routing.ledger import Ledger
from routing.ledger.converters import SOURCE, answer_of, item_of
from routing.ledger.journal import Step
from routing.ledger.records import Write
from routing.snapshot.task_mapping import COPY
from routing.studio.client import Studio
from routing.studio.models import NewAnnotation, StudioAnnotation, StudioTask


def copies(inventory: Inventory, studio: Studio, ledger: Ledger, clock: Clock) -> list[Step]:
    """Return the steps that copy blind answers which the main project does not have.

    Args:
        inventory: What was found.
        studio: The main project.
        ledger: Its ledger, which knows what was copied before.
        clock: Tells what the time is.

    Returns:
        A step for each answer, in an order that Label Studio counts answers rightly in.
    """
    known = {one.key for one in ledger.writes(COPY) if one.applied_at is not None}
    return [
        Step(
            [_writing(inventory, task, one, clock())],
            partial(studio.create_annotation, _copy(inventory.project.id, task, one)),
        )
        for task, one in _missing(inventory)
        if key(one.id) not in known
    ]


def export(blind: Studio, file: Path) -> None:
    """Write all that a blind project holds into a file, in Label Studio's own JSON.

    Args:
        blind: The blind project.
        file: The file, which is replaced.
    """
    make_private_folder(file.parent)
    content = blind.export_json()
    with replacing(file) as draft:
        draft.write_bytes(content)


def delete_if_safe(blind: Studio, file: Path) -> None:
    """Delete a blind project, all of whose answers a file has.

    Args:
        blind: The blind project.
        file: Its export.

    Raises:
        StudioRefused: An answer is not in the file as it is now, or somebody has begun one.
    """
    kept = {
        (one["id"], datetime.fromisoformat(one["updated_at"]))
        for task in json.loads(file.read_bytes())
        for one in task["annotations"]
    }
    there = {(one.id, one.updated_at) for task in blind.tasks() for one in task.annotations}
    unsafe = there - kept
    if unsafe:
        raise StudioRefused(
            f"{len(unsafe)} answers came into the blind project while it was exported",
            where=f"project {blind.project_id}",
            hint="Nothing of it is deleted. Run the command again.",
        )
    if drafts := blind.tasks_with_drafts():
        raise StudioRefused(
            f"{len(drafts)} tasks of the blind project have drafts that nobody has submitted yet",
            where=f"project {blind.project_id}",
            hint="Nothing of it is deleted. Have them submitted or deleted; run the command again.",
        )
    blind.delete_project()


def _missing(inventory: Inventory) -> list[tuple[StudioTask, StudioAnnotation]]:
    """List the latest blind answer of each person to tasks that they have not answered openly."""
    tasks = {task.id: task for task in inventory.tasks}
    answered = {(one.task, one.completed_by) for one in inventory.of_people}
    latest: dict[tuple[int, int], tuple[StudioTask, StudioAnnotation]] = {}
    for task in inventory.blind_tasks:
        source = tasks.get(task.data.get(SOURCE, 0))
        for one in sorted(task.annotations, key=lambda one: (one.updated_at, one.id)):
            # What is nobody's any more, since its user was deleted, is in the file alone.
            if source and one.completed_by is not None and not one.was_cancelled:
                latest[source.id, one.completed_by] = source, one
    return [found for pair, found in sorted(latest.items()) if pair not in answered]


def _copy(project: int, task: StudioTask, one: StudioAnnotation) -> NewAnnotation:
    return NewAnnotation(
        task=task.id,
        result=one.result,
        completed_by=one.completed_by or 0,
        unique_id=unique_id(project, one.id),
        lead_time=one.lead_time,
    )


def _writing(inventory: Inventory, task: StudioTask, one: StudioAnnotation, at: datetime) -> Write:
    after = {
        "task": task.id,
        "completed_by": one.completed_by,
        "answer": _answer(inventory.project.label_config, task, one),
    }
    return Write(key(one.id), COPY, f"task {task.id}", None, after, at)


def _answer(label_config: str, task: StudioTask, one: StudioAnnotation) -> str | None:
    """Return what an annotation says; None where the form cannot be read any more."""
    try:
        form = forms.parse(label_config)
    except LabelConfigError:
        return None
    return answer_of(form, one.result, item_of(task, form).text)
