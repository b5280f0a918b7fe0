"""Training items: known answers as the tasks of a training project, and who gets which. Pure.

A task says in its data what it is, so that the project itself tells all that stands in it. What is
right of an exam's item stands nowhere in Label Studio, where anybody could read it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

from labeling.errors import TaskError
from labeling.form.form import Form
from labeling.settings.quality_section import QualitySettings
from routing.blind_project.importable import importable
from routing.guarantee.hash_random import hash_uniform
from routing.ledger.control_tasks import ControlTask
from routing.studio.models import StudioTask
from routing.training.label_config import HEAD, NOTE
from routing.training.wording import HEADS, NO_ANSWER, NOTICES, note_of

Part = Literal["training", "exam"]
"""An item of the *training* shows what is right; one of the *exam* does not."""

Outcome = Literal["passed", "failed", "lacking"]
"""How it ends for a person; *lacking*: there are too few known answers for an exam."""

NUMBER = "tandem_known"
"""The field of a task's data that names its known answer; 0: it is a notice."""

PART = "tandem_part"
"""The field of a task's data that says of which part it is, or of which outcome it tells."""

OWN_FIELDS = (HEAD, NOTE, NUMBER, PART)
"""What a task's data hold beside the item."""


def has(quality: QualitySettings, part: Part) -> bool:
    """Return whether who is new gets this part first."""
    return quality.training in (part, "both")


def balanced(items: Iterable[ControlTask], seed: int, purpose: str) -> list[ControlTask]:
    """Put items into an order at random in which every label comes as often as can be.

    Args:
        items: The items.
        seed: Seed of the order.
        purpose: What it is for; another purpose has another order.

    Returns:
        All of them: of each label one, then of each another one, and so on.
    """
    drawn = sorted(items, key=lambda one: hash_uniform(seed, purpose, one.number))
    by_label: dict[str, list[ControlTask]] = defaultdict(list)
    for one in drawn:
        by_label[one.accepted[0]].append(one)
    turns = zip_longest(*by_label.values())
    return [one for turn in turns for one in turn if one is not None]


def parts_of(
    known: Sequence[ControlTask],
    present: Mapping[int, Part],
    quality: QualitySettings,
    seed: int,
) -> dict[int, Part]:
    """Say which known answers a training project is to hold, and of which part each is.

    What stands there keeps its part, since people may have seen what is right. Items with an
    explanation come first in the training. The exam has as many as one person can come to need.

    Args:
        known: The known answers.
        present: What stands in the project already.
        quality: The settings: how many.
        seed: Seed of the choice.

    Returns:
        The part of each, by number.
    """
    usable = {one.number for one in known if one.is_in_use}
    parts, free = dict(present), [one for one in known if one.number in usable - present.keys()]
    room: dict[Part, int] = {
        "training": quality.training_items if has(quality, "training") else 0,
        "exam": quality.exam_controls * (1 + quality.exam_retries) if has(quality, "exam") else 0,
    }
    for part, wanted in room.items():
        order = balanced(free, seed, part)
        if part == "training":
            order.sort(key=lambda one: one.explanation is None)
        held = sum(kind == part and number in usable for number, kind in present.items())
        missing = max(wanted - held, 0)
        parts.update((one.number, part) for one in order[:missing])
        free = order[missing:]
    return parts


def task_data(item: ControlTask, part: Part, form: Form, label_config: str) -> dict[str, Any]:
    """Return the data of the task that stands for a known answer.

    Args:
        item: The known answer.
        part: Of which part it is.
        form: The main project's.
        label_config: The training project's.
    """
    try:
        text = form.text_of(item.data)
    except TaskError:
        text = ""
    note = note_of(form, item.accepted, item.explanation, text) if part == "training" else NO_ANSWER
    own = {HEAD: HEADS[part], NOTE: note, NUMBER: item.number, PART: part}
    return importable(label_config, {**item.data, **own})


def notice_data(outcome: Outcome, label_config: str) -> dict[str, Any]:
    """Return the data of the task that tells people how it ended, whose form is empty."""
    own = {HEAD: NOTICES[outcome], NOTE: NOTICES[outcome], NUMBER: 0, PART: outcome}
    return importable(label_config, own)


def items_in(tasks: Iterable[StudioTask]) -> dict[int, tuple[StudioTask, Part]]:
    """Return a training project's items by number; of several tasks for one the oldest counts."""
    found: dict[int, tuple[StudioTask, Part]] = {}
    for task in sorted(tasks, key=lambda one: one.id):
        if task.data.get(NUMBER) and task.data.get(PART) in ("training", "exam"):
            found.setdefault(int(task.data[NUMBER]), (task, task.data[PART]))
    return found


def notices_in(tasks: Iterable[StudioTask]) -> dict[str, int]:
    """Return a training project's notices: the oldest task by outcome."""
    found: dict[str, int] = {}
    for task in sorted(tasks, key=lambda one: one.id):
        if task.data.get(NUMBER) == 0 and task.data.get(PART) in NOTICES:
            found.setdefault(task.data[PART], task.id)
    return found
