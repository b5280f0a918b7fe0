"""The companion project: what is asked blind, kept in step with the main project.

It has the main project's form and instruction, and no predictions and no backend. It is made when
something is first asked blind, found again by its mark, and reconciled as the main project is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from labeling.errors import StudioRefused
from routing.blind_project import task_mapping
from routing.decisions.policy import BLIND
from routing.ledger.converters import SOURCE
from routing.ledger.records import Assignment, Write
from routing.model.connect import hook_headers, hook_url
from routing.reviewers.workload import duties_of, needs, with_duties
from routing.snapshot import Scene, look_again, look_at_companion, with_companion
from routing.writes.journal import Step, carry_out, chunks, write
from routing.writes.reconcile import apply, difference

MAKE = "project.create"


@dataclass(frozen=True, slots=True)
class Kept:
    """The companion in step.

    Attributes:
        scene: The main project's scene, with the companion as it is now.
        changes: The writes into the companion, in order; a dry run tells those that it can foresee:
            nobody is asked what has no twin yet.
        unassigned: Votes by twin that wait for a reviewer with room.
    """

    scene: Scene
    changes: list[Write]
    unassigned: dict[int, int]


def keep_in_step(scene: Scene, *, dry_run: bool = False) -> Kept:
    """Make what is asked blind stand in the companion, asked of people in its tabs.

    Every step looks at what is there, so a pass that was killed is finished by the next one.

    Args:
        scene: The main project, its decisions taken.
        dry_run: Tell what would be done, and do nothing.
    """
    changes: list[Write] = []
    companion = scene.companion
    if companion is None and _without_twin(scene, companion):
        making = _making(scene)
        changes += making.writes
        if not dry_run:
            carry_out(scene.ledger, making)
            companion = look_at_companion(scene, _found(scene))
    tasks = _without_twin(scene, companion)
    if companion is None:
        return Kept(scene, changes + [_twin(task) for task in tasks], {})
    preparing = [
        *_adaptation(scene, companion),
        *_hook(scene, companion),
        *_imports(scene, companion, tasks),
    ]
    changes += _writes(preparing)
    if preparing and not dry_run:
        apply(companion, preparing)
        companion = look_again(companion)
    return _reconcile(with_companion(scene, companion), companion, changes, dry_run=dry_run)


def _reconcile(scene: Scene, seen: Scene, changes: list[Write], *, dry_run: bool) -> Kept:
    """Bring the companion to what was decided of the tasks that its twins stand for."""
    companion = replace(seen, state=task_mapping.asked(scene.state, seen.state))
    duties = duties_of(companion, _waiting(scene))
    companion = with_duties(companion, duties)
    steps = difference(companion)
    if not dry_run:
        known = seen.state.decisions
        asked = companion.state.decisions
        companion.ledger.decide([one for task, one in asked.items() if known.get(task) != one])
        companion.ledger.assign(duties.new, duties.changed)
        apply(companion, steps)
        companion.ledger.settle()
    told = replace(seen.state, assignments=companion.state.assignments)
    scene = replace(scene, companion=replace(seen, state=told))
    return Kept(scene, changes + _writes(steps), duties.unassigned)


def _waiting(scene: Scene) -> list[Assignment]:
    """List what people are asked in the main project and have not answered yet.

    Who answered has room again, and what is asked blind comes first.
    """
    answered = {(one.task, one.worker_id) for one in scene.standing}
    return [one for one in scene.state.assignments if (one.task, one.worker) not in answered]


def _without_twin(scene: Scene, companion: Scene | None) -> list[int]:
    """List the tasks that people owe a blind answer, and that they cannot be asked yet."""
    present = task_mapping.twins(companion.state) if companion else {}
    return [
        need.task
        for need in needs(scene.state)
        if need.votes > 0
        and scene.state.decisions[need.task].kind in BLIND
        and need.task not in present
    ]


def _making(scene: Scene) -> Step:
    """Make the companion."""
    project = scene.project
    title = task_mapping.title(project.title)
    made = sum(one.applied_at is not None for one in scene.ledger.writes(MAKE))
    writing = write(f"companion:{made + 1}", MAKE, f"project {title}", None, {"title": title})
    call = partial(
        scene.studio.create_project,
        title,
        project.label_config,
        project.instruction,
        task_mapping.description(project),
    )
    return Step([writing], call)


def _found(scene: Scene) -> int:
    found = task_mapping.find(scene.studio.descriptions(), scene.project.id)
    if found is None:
        raise StudioRefused(
            "The companion project was made and is not listed",
            where=f"project {scene.project.id}",
            mend="Use the key of a user who sees the projects that they make.",
        )
    return found


def _adaptation(scene: Scene, companion: Scene) -> list[Step]:
    """List the step that gives the companion the form and the instruction of the main project."""
    present = {
        "label_config": companion.project.label_config,
        "expert_instruction": companion.project.instruction,
    }
    wanted = {
        "label_config": scene.project.label_config,
        "expert_instruction": scene.project.instruction,
    }
    # Label Studio strips what it is sent.
    changes = {
        name: value for name, value in wanted.items() if value.strip() != present[name].strip()
    }
    if not changes:
        return []
    digest = hashlib.sha256(repr(changes).encode()).hexdigest()[:16]
    writing = write(
        f"companion:{digest}",
        "project.update",
        f"project {companion.project.id}",
        {name: present[name] for name in changes},
        changes,
    )
    return [Step([writing], partial(companion.studio.update_project, **changes))]


def _hook(scene: Scene, companion: Scene) -> list[Step]:
    """List the step that has the backend told of blind answers, where it is told of others."""
    address, url = scene.settings.backend.address_for_studio, hook_url(scene.settings)
    is_told = any(one.url.rstrip("/") == address for one in scene.studio.backends())
    if not is_told or any(one.url == url for one in companion.studio.webhooks()):
        return []
    target = f"project {companion.project.id}"
    writing = write(f"webhook:{companion.project.id}:{url}", "webhook", target, None, {"url": url})
    headers = hook_headers(scene.settings)
    return [Step([writing], partial(companion.studio.save_webhook, url, headers))]


def _imports(scene: Scene, companion: Scene, tasks: Sequence[int]) -> list[Step]:
    """List the steps that give tasks their twins."""
    return [
        Step([_twin(task) for task in chunk], partial(_import, scene, companion, chunk))
        for chunk in chunks(tasks)
    ]


def _twin(task: int) -> Write:
    return write(f"twin:{task}", "task.create", f"twin of task {task}", None, {SOURCE: task})


def _import(scene: Scene, companion: Scene, tasks: Sequence[int]) -> None:
    data = scene.studio.data_of(tasks)
    companion.studio.import_tasks([{**data[task], SOURCE: task} for task in tasks if task in data])


def _writes(steps: Sequence[Step]) -> list[Write]:
    return [one for step in steps for one in step.writes]
