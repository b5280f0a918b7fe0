"""The training project itself: made, given the main project's form, and filled with items."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from labeling.errors import StudioRefused
from routing.ledger.control_tasks import ControlTask
from routing.ledger.journal import Step, carry_out, chunks
from routing.ledger.records import Write
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import StudioProject, StudioTask
from routing.studio.own_text import INSTRUCTION
from routing.training import mark
from routing.training.items import (
    Outcome,
    Part,
    items_in,
    notice_data,
    notices_in,
    parts_of,
    task_data,
)
from routing.training.label_config import with_what_is_right
from routing.training.wording import instruction_of

MAKE = "training.create"

EVERYBODY_S = 1_000
"""People whom each task of it is meant for: no number of answers takes it off the others' tabs."""


def found_or_made(
    snapshot: Snapshot, known: Sequence[ControlTask], *, dry_run: bool
) -> tuple[StudioProject | None, list[Write]]:
    """Find the training project; make it where it is missing and there is anything to show.

    Args:
        snapshot: The main project's.
        known: The known answers.
        dry_run: Make nothing.

    Returns:
        The training project, None where there is none yet, and the writes that made it.
    """
    main, changes = snapshot.project, list[Write]()
    found = find_training_project(snapshot)
    if found is None and known and snapshot.settings.quality.training != "none":
        making = _making(snapshot)
        changes += making.writes
        if not dry_run:
            carry_out(snapshot.ledger, making)
            found = find_training_project(snapshot)
            if found is None:
                raise StudioRefused(
                    "The training project was made and is not listed",
                    where=f"project {main.id}",
                    hint="Use the key of a user who sees the projects that they make.",
                )
    return (None if found is None else snapshot.studio.beside(found).project()), changes


def find_training_project(snapshot: Snapshot) -> int | None:
    """Return Label Studio's id of the training project of a main project; None: there is none."""
    descriptions = snapshot.studio.descriptions()
    return mark.find(descriptions, snapshot.project.id, _ledger_id(snapshot))


def _ledger_id(snapshot: Snapshot) -> str:
    """Return what the ledger is called; one that has kept nothing yet is called nothing."""
    identity = snapshot.ledger.identity()
    return identity.id if identity else ""


def _making(snapshot: Snapshot) -> Step:
    main, title = snapshot.project, mark.title(snapshot.project.title)
    made = sum(one.applied_at is not None for one in snapshot.ledger.writes(MAKE))
    writing = Write(
        f"training_project:{made + 1}",
        MAKE,
        f"project {title}",
        None,
        {"title": title},
        snapshot.clock(),
    )
    call = partial(
        snapshot.studio.create_project,
        title,
        with_what_is_right(snapshot.form),
        INSTRUCTION.with_own(main.instruction, instruction_of(snapshot.settings.quality)),
        mark.description(main, _ledger_id(snapshot)),
        _page_settings(main),
    )
    return Step([writing], call)


def _page_settings(main: StudioProject) -> dict[str, Any]:
    """Return how its tasks are labelled on the page: as the main project's, and not skipped."""
    return {
        **main.page_settings,
        "show_skip_button": False,
        "show_instruction": True,
        "sampling": "Sequential sampling",
        "maximum_annotations": EVERYBODY_S,
    }


def prepare(
    snapshot: Snapshot,
    studio: Studio,
    project: StudioProject,
    known: Sequence[ControlTask],
    *,
    dry_run: bool,
) -> tuple[list[Write], list[StudioTask]]:
    """Give the training project today's form, instruction and items.

    Args:
        snapshot: The main project's.
        studio: Label Studio, and the training project.
        project: The training project as it is.
        known: The known answers.
        dry_run: Work out what would be done, and do nothing.

    Returns:
        The writes, and the tasks that it holds then.
    """
    adaptation = _adaptation(snapshot, studio, project)
    changes = carry_out_there(snapshot, project.id, adaptation, dry_run=dry_run)
    tasks = list(studio.tasks())
    imports = list(_imports(snapshot, studio, _missing(snapshot, tasks, known)))
    changes += carry_out_there(snapshot, project.id, imports, dry_run=dry_run)
    return changes, list(studio.tasks()) if imports and not dry_run else tasks


def _adaptation(snapshot: Snapshot, studio: Studio, project: StudioProject) -> Iterator[Step]:
    """Give the step that brings its form and its instruction up to date."""
    main, told = snapshot.project, instruction_of(snapshot.settings.quality)
    wanted = {
        "label_config": with_what_is_right(snapshot.form).strip(),
        "expert_instruction": INSTRUCTION.with_own(main.instruction.strip(), told),
    }
    present = {
        "label_config": project.label_config.strip(),
        "expert_instruction": INSTRUCTION.with_own(project.instruction.strip(), project.directions),
    }
    changes = {name: value for name, value in wanted.items() if value != present[name]}
    if changes:
        digest = hashlib.sha256(repr(changes).encode()).hexdigest()[:16]
        before = {name: present[name] for name in changes}
        target = f"project {project.id}"
        key = f"training_project:{digest}"
        writing = Write(key, "project.update", target, before, changes, snapshot.clock())
        yield Step([writing], partial(studio.update_project, **changes))


def _missing(
    snapshot: Snapshot, tasks: Sequence[StudioTask], known: Sequence[ControlTask]
) -> list[tuple[str, dict[str, Any]]]:
    """List the data of the tasks that are to stand there and do not, each with its name."""
    settings, config = snapshot.settings, with_what_is_right(snapshot.form)
    present: dict[int, Part] = {number: part for number, (_, part) in items_in(tasks).items()}
    parts = parts_of(known, present, settings.quality, settings.policy.seed)
    by_number = {one.number: one for one in known}
    outcomes: tuple[Outcome, ...] = ("passed", "failed", "lacking")
    notices = notices_in(tasks)
    return [
        (f"notice {one}", notice_data(one, config)) for one in outcomes if one not in notices
    ] + [
        (f"known answer {number}", task_data(by_number[number], part, snapshot.form, config))
        for number, part in parts.items()
        if number not in present
    ]


def _imports(
    snapshot: Snapshot, studio: Studio, missing: Sequence[tuple[str, dict[str, Any]]]
) -> Iterator[Step]:
    now = snapshot.clock()
    for chunk in chunks(missing, snapshot.tunables.recorded_writes):
        writes = [
            Write(f"training_task:{name}", "task.create", name, None, None, now)
            for name, _ in chunk
        ]
        yield Step(writes, partial(studio.import_tasks, [data for _, data in chunk]))


def carry_out_there(
    snapshot: Snapshot, project: int, steps: Iterable[Step], *, dry_run: bool
) -> list[Write]:
    """Carry steps in the training project out, unless it is a dry run.

    Args:
        snapshot: The main project's.
        project: Label Studio's id of the training project.
        steps: The steps.
        dry_run: Do nothing.

    Returns:
        Their writes, in order.
    """
    done, ledger = list(steps), snapshot.ledger.beside(project)
    if not dry_run:
        for step in done:
            carry_out(ledger, step)
    return [write for step in done for write in step.writes]
