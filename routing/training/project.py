"""The training project, kept in step: made for who is new, filled, judged, and led to by tabs.

It is made when somebody is first sent to it, found again by its mark, and reconciled as the main
project is: every step looks at what is there, so a pass that was killed is finished by the next.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from labeling.errors import StudioRefused
from routing.ledger.converters import answer_of, item_of
from routing.ledger.journal import Step, carry_out, chunks
from routing.ledger.people import PersonEvent, person_events, record_person_events
from routing.ledger.records import Write
from routing.ownership.mark import marked
from routing.reviewers import tabs
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import StudioProject, StudioTask
from routing.studio.own_text import INSTRUCTION
from routing.training import mark
from routing.training.admission import admissions, in_training, next_event, trained
from routing.training.course import Course, CourseItem, course_of
from routing.training.items import (
    KnownItem,
    Outcome,
    Part,
    items_in,
    notice_data,
    notices_in,
    parts_of,
    task_data,
)
from routing.training.label_config import with_what_is_right
from routing.training.tabs import training_tabs
from routing.training.wording import instruction_of

MAKE = "training.create"

EVERYBODY_S = 1_000
"""People whom each task of it is meant for: no number of answers takes it off the others' tabs."""


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was done to bring the training project in step.

    Attributes:
        events: What became of people by it; they are recorded, but in a dry run.
        changes: The writes into the training project, in order; a dry run tells those that it can
            foresee.
        warnings: What keeps people from being let in, a line each.
        in_training: Who is still in training, so that there is something to look at again.
        shown: The numbers of the known answers that each person has seen there or is to see.
    """

    events: Sequence[PersonEvent] = ()
    changes: Sequence[Write] = ()
    warnings: Sequence[str] = ()
    in_training: Sequence[int] = ()
    shown: Mapping[int, frozenset[int]] = field(default_factory=dict)


def keep_in_step(
    snapshot: Snapshot, known: Sequence[KnownItem], *, dry_run: bool = False
) -> TrainingReport:
    """Send who is new to the training, judge what they answered there, and say what is next.

    Args:
        snapshot: The main project's.
        known: The known answers; those that are no longer used too, so that what people said of
            them can be judged.
        dry_run: Work out what would be done, and do nothing.

    Returns:
        What was done, or would be.
    """
    before = person_events(snapshot.ledger)
    is_on = snapshot.settings.quality.training != "none"
    answered = {one.worker_id for one in snapshot.state.annotations if one.kind == "person"}
    events = list(
        admissions(snapshot.reviewers, before, answered, is_on=is_on, at=snapshot.clock())
    )
    if not dry_run:
        record_person_events(snapshot.ledger, events)
    if not trained(snapshot.reviewers, [*before, *events]):
        return TrainingReport(events)
    project, changes = _project(snapshot, known, dry_run=dry_run)
    if project is None:
        waiting = in_training(snapshot.reviewers, [*before, *events])
        warnings = [] if known or not waiting else [_lacking(waiting, snapshot)]
        return TrainingReport(events, changes, warnings, waiting)
    studio = snapshot.studio.beside(project.id)
    prepared, tasks = _prepare(snapshot, studio, project, known, dry_run=dry_run)
    changes += prepared
    courses, judged = _courses(snapshot, known, tasks, [*before, *events])
    if not dry_run:
        record_person_events(snapshot.ledger, judged)
    changes += _carry_out(
        snapshot, project.id, _tabs(snapshot, studio, tasks, courses), dry_run=dry_run
    )
    events += judged
    lacking = [worker for worker, one in courses.items() if one.stage == "lacking"]
    return TrainingReport(
        events,
        changes,
        [_lacking(lacking, snapshot)] if lacking else [],
        in_training(snapshot.reviewers, [*before, *events]),
        _shown(tasks, courses),
    )


def _project(
    snapshot: Snapshot, known: Sequence[KnownItem], *, dry_run: bool
) -> tuple[StudioProject | None, list[Write]]:
    """Find the training project; make it where it is missing and there is anything to show."""
    main, changes = snapshot.project, list[Write]()
    found = mark.find(snapshot.studio.descriptions(), main.id)
    if found is None and known and snapshot.settings.quality.training != "none":
        making = _making(snapshot)
        changes += making.writes
        if not dry_run:
            carry_out(snapshot.ledger, making)
            found = mark.find(snapshot.studio.descriptions(), main.id)
            if found is None:
                raise StudioRefused(
                    "The training project was made and is not listed",
                    where=f"project {main.id}",
                    hint="Use the key of a user who sees the projects that they make.",
                )
    return (None if found is None else snapshot.studio.beside(found).project()), changes


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
        marked(mark.description(main), snapshot.ledger.identity()),
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


def _prepare(
    snapshot: Snapshot,
    studio: Studio,
    project: StudioProject,
    known: Sequence[KnownItem],
    *,
    dry_run: bool,
) -> tuple[list[Write], list[StudioTask]]:
    """Give the training project today's form, instruction and items; return its tasks then."""
    adaptation = _adaptation(snapshot, studio, project)
    changes = _carry_out(snapshot, project.id, adaptation, dry_run=dry_run)
    tasks = list(studio.tasks())
    imports = list(_imports(snapshot, studio, _missing(snapshot, tasks, known)))
    changes += _carry_out(snapshot, project.id, imports, dry_run=dry_run)
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
    snapshot: Snapshot, tasks: Sequence[StudioTask], known: Sequence[KnownItem]
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


def _courses(
    snapshot: Snapshot,
    known: Sequence[KnownItem],
    tasks: Sequence[StudioTask],
    events: Sequence[PersonEvent],
) -> tuple[dict[int, Course], list[PersonEvent]]:
    """Return where everybody stands who is or was in training, and the events that follow."""
    settings, judged = snapshot.settings, list[PersonEvent]()
    courses: dict[int, Course] = {}
    still = set(in_training(snapshot.reviewers, events))
    for worker in trained(snapshot.reviewers, events):
        if worker not in still:
            courses[worker] = Course("passed")
            continue
        items = _items_of(worker, snapshot, known, tasks)
        while True:
            so_far = [one for one in [*events, *judged] if one.worker == worker]
            course = course_of(worker, items, so_far, settings.quality, settings.policy.seed)
            courses[worker] = course
            if course.change is None:
                break
            judged.append(next_event(worker, so_far, *course.change, snapshot.clock()))
            if course.stage == "passed":
                break
    return courses, judged


def _items_of(
    worker: int, snapshot: Snapshot, known: Sequence[KnownItem], tasks: Sequence[StudioTask]
) -> list[CourseItem]:
    """Return the training project's items, to one person, by their first answers."""
    by_number, form = {one.number: one for one in known}, snapshot.form
    items = []
    for number, (task, part) in items_in(tasks).items():
        if number not in by_number:
            continue
        item = CourseItem(by_number[number], part, task.id)
        own = (one for one in task.annotations if one.completed_by == worker)
        first = min(own, key=lambda one: (one.created_at, one.id), default=None)
        if first is not None:
            answer = answer_of(form, first.result, item_of(task, form).text)
            is_right = not first.was_cancelled and item.known.is_right(
                snapshot.facts.equivalence, answer
            )
            item = replace(item, answered_at=first.created_at, is_right=is_right)
        items.append(item)
    return items


def _tabs(
    snapshot: Snapshot, studio: Studio, tasks: Sequence[StudioTask], courses: Mapping[int, Course]
) -> Iterator[Step]:
    """Return the steps for its tabs; one that is empty yet has none."""
    wanted = training_tabs(snapshot.people, courses, notices_in(tasks)) if tasks else []
    return tabs.steps(studio, studio.views(), wanted, snapshot.people, snapshot.clock())


def _carry_out(
    snapshot: Snapshot, project: int, steps: Iterable[Step], *, dry_run: bool
) -> list[Write]:
    """Carry steps out, unless it is a dry run, and return their writes."""
    done, ledger = list(steps), snapshot.ledger.beside(project)
    if not dry_run:
        for step in done:
            carry_out(ledger, step)
    return [write for step in done for write in step.writes]


def _shown(tasks: Sequence[StudioTask], courses: Mapping[int, Course]) -> dict[int, frozenset[int]]:
    items = items_in(tasks)
    return {
        worker: frozenset(
            number
            for number, (task, _) in items.items()
            if task.id in course.open or any(one.completed_by == worker for one in task.annotations)
        )
        for worker, course in courses.items()
    }


def _lacking(workers: Sequence[int], snapshot: Snapshot) -> str:
    names = ", ".join(snapshot.people.names[one] for one in workers)
    return (
        f"There are too few known answers for the training or the exam of {names}, who are asked"
        " nothing until there are more (quality.known_answers), or quality.training is none"
    )
