"""The blind project: what is asked blind, kept in step with the main project.

It has the main project's form, instruction and page, and no predictions and no backend. It is made
when something is first asked blind, found again by its mark, and reconciled as the main project is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from labeling.errors import StudioRefused
from routing.blind_project.control_assignments import control_changes
from routing.blind_project.control_tasks import import_steps, with_sources, without_controls
from routing.blind_project.importable import importable
from routing.ledger.converters import SOURCE
from routing.ledger.journal import Step, carry_out, chunks
from routing.ledger.records import Assignment, Write
from routing.model.connect import hook_headers, hook_url
from routing.ownership.mark import marked
from routing.reviewers.matching import matching_of
from routing.reviewers.workload import assignment_changes, with_assignment_changes
from routing.snapshot import task_mapping
from routing.snapshot.bank import Bank
from routing.snapshot.observe import look_again, look_at_blind_project, with_blind_project
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioProject
from routing.writes.reconcile import apply, difference

MAKE = "project.create"


@dataclass(frozen=True, slots=True)
class BlindProjectReport:
    """What was done to bring the blind project in step.

    Attributes:
        snapshot: The main project's snapshot, with the blind project as it is now.
        changes: The writes into the blind project, in order; a dry run tells those that it can
            foresee: nobody is asked what the blind project does not hold yet.
        unassigned: Votes by the blind project's task that wait for a reviewer with room.
        asked: What people are asked in the blind project; control tasks, which take nothing of the
            room that they have for others, are left out.
    """

    snapshot: Snapshot
    changes: list[Write]
    unassigned: dict[int, int] = field(default_factory=dict)
    asked: Sequence[Assignment] = ()


def keep_in_step(snapshot: Snapshot, bank: Bank, *, dry_run: bool = False) -> BlindProjectReport:
    """Make what is asked blind stand in the blind project, asked of people in its tabs.

    Every step looks at what is there, so a pass that was killed is finished by the next one.

    Args:
        snapshot: The main project, its decisions taken.
        bank: The control tasks, as `keep_bank` brought them to what is known by now.
        dry_run: Work out what would be done, and do nothing.

    Returns:
        What was done, or would be, and the snapshot as it is then.
    """
    changes: list[Write] = []
    blind_project = snapshot.blind_project
    if blind_project is None and _not_held_yet(snapshot, blind_project):
        making = _making(snapshot)
        changes += making.writes
        if not dry_run:
            carry_out(snapshot.ledger, making)
            found = snapshot.studio.beside(_found(snapshot)).project()
            blind_project = look_at_blind_project(snapshot, found)
    tasks = _not_held_yet(snapshot, blind_project)
    if blind_project is None:
        return BlindProjectReport(
            snapshot, changes + [_creation(task, snapshot.clock()) for task in tasks]
        )
    preparing = [
        *_adaptation(snapshot, blind_project),
        *_hook(snapshot, blind_project),
        *_imports(snapshot, blind_project, tasks),
    ]
    changes += _writes(preparing)
    if preparing and not dry_run:
        apply(blind_project.ledger, preparing)
        blind_project = look_again(blind_project)
    if not dry_run:
        bank = with_sources(snapshot, blind_project, bank)
    checking = import_steps(snapshot, blind_project, bank)
    changes += _writes(checking)
    if checking and not dry_run:
        apply(blind_project.ledger, checking)
        blind_project = look_again(blind_project)
    return _reconcile(
        with_blind_project(snapshot, snapshot.own_state, blind_project, bank),
        blind_project,
        changes,
        dry_run=dry_run,
    )


def _reconcile(
    snapshot: Snapshot, seen: Snapshot, changes: list[Write], *, dry_run: bool
) -> BlindProjectReport:
    """Bring the blind project to what was decided of the tasks that it holds."""
    bank = snapshot.bank
    blind_project = seen.with_state(task_mapping.asked(snapshot.state, seen.state))
    planned = blind_project.with_state(without_controls(blind_project.state, bank))
    sources = {task: one.source or task for task, one in seen.state.tasks.items()}
    matching = matching_of(snapshot.facts, sources)
    reassigned = assignment_changes(
        planned.facts, _waiting(snapshot), snapshot.clock(), matching, is_blind=True
    )
    blind_project = blind_project.with_state(
        with_assignment_changes(blind_project.state, reassigned)
    )
    checked = control_changes(snapshot, blind_project, bank)
    blind_project = blind_project.with_state(with_assignment_changes(blind_project.state, checked))
    steps = difference(blind_project)
    if not dry_run:
        known = seen.state.decisions
        asked = blind_project.state.decisions
        blind_project.ledger.decide([one for task, one in asked.items() if known.get(task) != one])
        for planned_changes in (reassigned, checked):
            blind_project.ledger.assign(planned_changes.new, planned_changes.changed)
        apply(blind_project.ledger, steps)
        blind_project.ledger.settle()
    told = seen.with_state(
        replace(
            seen.state,
            decisions={**seen.state.decisions, **blind_project.state.decisions},
            assignments=blind_project.state.assignments,
        )
    )
    return BlindProjectReport(
        replace(snapshot, blind_project=told),
        changes + _writes(steps),
        reassigned.unassigned,
        without_controls(blind_project.state, bank).assignments,
    )


def _waiting(snapshot: Snapshot) -> list[Assignment]:
    """List what people are asked in the main project and have not answered yet.

    Who answered has room again, and what is asked blind comes first.
    """
    answered = {(one.task, one.worker_id) for one in snapshot.standing}
    return [one for one in snapshot.state.assignments if (one.task, one.worker) not in answered]


def _not_held_yet(snapshot: Snapshot, blind_project: Snapshot | None) -> list[int]:
    """List the tasks that people owe a blind answer, and that they cannot be asked yet."""
    present = task_mapping.counterparts(blind_project.state) if blind_project else {}
    return [
        demand.task
        for demand in snapshot.facts.vote_demands
        if demand.votes > 0
        and demand.task in snapshot.facts.asked_blind
        and demand.task not in present
    ]


def _making(snapshot: Snapshot) -> Step:
    """Return the step that makes the blind project."""
    project = snapshot.project
    title = task_mapping.title(project.title)
    made = sum(one.applied_at is not None for one in snapshot.ledger.writes(MAKE))
    writing = Write(
        f"blind_project:{made + 1}",
        MAKE,
        f"project {title}",
        None,
        {"title": title},
        snapshot.clock(),
    )
    call = partial(
        snapshot.studio.create_project,
        title,
        project.label_config,
        project.instruction,
        marked(task_mapping.description(project), snapshot.ledger.identity()),
        project.page_settings,
    )
    return Step([writing], call)


def _found(snapshot: Snapshot) -> int:
    found = task_mapping.find(snapshot.studio.descriptions(), snapshot.project.id)
    if found is None:
        raise StudioRefused(
            "The blind project was made and is not listed",
            where=f"project {snapshot.project.id}",
            hint="Use the key of a user who sees the projects that they make.",
        )
    return found


def _adaptation(snapshot: Snapshot, blind_project: Snapshot) -> list[Step]:
    """List the step that gives the blind project the main one's form, instruction and page."""
    present, wanted = _shown(blind_project.project), _shown(snapshot.project)
    changes = {name: value for name, value in wanted.items() if value != present.get(name)}
    if not changes:
        return []
    digest = hashlib.sha256(repr(changes).encode()).hexdigest()[:16]
    writing = Write(
        f"blind_project:{digest}",
        "project.update",
        f"project {blind_project.project.id}",
        {name: present.get(name) for name in changes},
        changes,
        snapshot.clock(),
    )
    return [Step([writing], partial(blind_project.studio.update_project, **changes))]


def _shown(project: StudioProject) -> dict[str, Any]:
    """Return all that people see of a project, by Label Studio's names, which strips its texts."""
    return {
        **project.page_settings,
        "label_config": project.label_config.strip(),
        "expert_instruction": project.instruction.strip(),
    }


def _hook(snapshot: Snapshot, blind_project: Snapshot) -> list[Step]:
    """List the step that sends the backend blind answers, where it is sent others."""
    address, url = snapshot.settings.address_for_studio, hook_url(snapshot.settings)
    is_told = any(one.url.rstrip("/") == address for one in snapshot.backends)
    if not is_told or any(one.url == url for one in blind_project.studio.webhooks()):
        return []
    target = f"project {blind_project.project.id}"
    key = f"webhook:{blind_project.project.id}:{url}"
    writing = Write(key, "webhook", target, None, {"url": url}, snapshot.clock())
    headers = hook_headers(snapshot.settings)
    return [Step([writing], partial(blind_project.studio.save_webhook, url, headers))]


def _imports(snapshot: Snapshot, blind_project: Snapshot, tasks: Sequence[int]) -> list[Step]:
    """List the steps that put tasks into the blind project."""
    now = snapshot.clock()
    return [
        Step(
            [_creation(task, now) for task in chunk],
            partial(_import, snapshot, blind_project, chunk),
        )
        for chunk in chunks(tasks, snapshot.tunables.recorded_writes)
    ]


def _creation(task: int, at: datetime) -> Write:
    target = f"twin of task {task}"
    return Write(f"twin:{task}", "task.create", target, None, {SOURCE: task}, at)


def _import(snapshot: Snapshot, blind_project: Snapshot, tasks: Sequence[int]) -> None:
    """Put tasks into the blind project, which has none of the main project's storages.

    What lies in one is fetched by way of the main project's task.
    """
    data, config = snapshot.studio.shown_data_of(tasks), snapshot.project.label_config
    blind_project.studio.import_tasks(
        [importable(config, data[task]) | {SOURCE: task} for task in tasks if task in data]
    )


def _writes(steps: Sequence[Step]) -> list[Write]:
    return [one for step in steps for one in step.writes]
