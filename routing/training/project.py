"""The training project, kept in step: made for who is new, filled, judged, and led to by tabs.

It is made when somebody is first sent to it, found again by its mark, and reconciled as the main
project is: every step looks at what is there, so a pass that was killed is finished by the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.control_tasks.judging import is_right
from routing.ledger.control_tasks import ControlTask
from routing.ledger.converters import answer_of, item_of
from routing.ledger.journal import Step
from routing.ledger.people import PersonEvent, record_person_events
from routing.ledger.records import Write
from routing.people.states import next_event
from routing.reviewers import tabs
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import StudioTask
from routing.training.admission import admissions, in_training, trained
from routing.training.course import Course, CourseItem, course_of
from routing.training.items import items_in, notices_in
from routing.training.prepare import carry_out_there, found_or_made, prepare
from routing.training.tabs import training_tabs


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What was done to bring the training project in step.

    Attributes:
        events: What became of people by it; they are recorded, but in a dry run.
        changes: The writes into the training project, in order; a dry run tells those that it can
            foresee.
        warnings: What keeps people from being let in, a line each.
        waited_for: Who has something open there, or is to have it once there are known answers.
        shown: Pairs of a known answer's number and of a user who has met it there or is to.
    """

    events: Sequence[PersonEvent] = ()
    changes: Sequence[Write] = ()
    warnings: Sequence[str] = ()
    waited_for: Sequence[int] = ()
    shown: frozenset[tuple[int, int]] = frozenset()


def keep_in_step(
    snapshot: Snapshot, known: Sequence[ControlTask], *, dry_run: bool = False
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
    before = snapshot.person_events
    is_on = snapshot.settings.quality.training != "none"
    answered = {one.worker_id for one in snapshot.state.annotations if one.kind == "person"}
    events = list(
        admissions(snapshot.reviewers, before, answered, is_on=is_on, at=snapshot.clock())
    )
    if not dry_run:
        record_person_events(snapshot.ledger, events)
    if not trained(snapshot.reviewers, [*before, *events]):
        return TrainingReport(events, warnings=_warnings([], known, snapshot))
    project, changes = found_or_made(snapshot, known, dry_run=dry_run)
    if project is None:
        waiting = in_training(snapshot.reviewers, [*before, *events])
        warnings = _warnings([] if known else waiting, known, snapshot)
        return TrainingReport(events, changes, warnings, waiting)
    studio = snapshot.studio.beside(project.id)
    prepared, tasks = prepare(snapshot, studio, project, known, dry_run=dry_run)
    changes += prepared
    courses, judged = _courses(snapshot, known, tasks, [*before, *events])
    if not dry_run:
        record_person_events(snapshot.ledger, judged)
    changes += carry_out_there(
        snapshot, project.id, _tabs(snapshot, studio, tasks, courses), dry_run=dry_run
    )
    if not dry_run:
        # All was looked at and done, so what a killed pass left pending is in place by now.
        snapshot.ledger.beside(project.id).settle()
    events += judged
    lacking = [worker for worker, one in courses.items() if one.stage == "lacking"]
    return TrainingReport(
        events,
        changes,
        _warnings(lacking, known, snapshot),
        [worker for worker, one in courses.items() if one.open or one.stage == "lacking"],
        _shown(tasks, courses),
    )


def _courses(
    snapshot: Snapshot,
    known: Sequence[ControlTask],
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
            state, reason, evidence = course.change
            judged.append(
                next_event(so_far, worker, state, reason, snapshot.clock(), evidence=evidence)
            )
            if course.stage == "passed":
                break
    return courses, judged


def _items_of(
    worker: int, snapshot: Snapshot, known: Sequence[ControlTask], tasks: Sequence[StudioTask]
) -> list[CourseItem]:
    """Return the training project's items, to one person, by their first answers.

    Nobody is held against a known answer that is in doubt.
    """
    by_number = {one.number: one for one in known if one.counts}
    equivalence, form = snapshot.facts.equivalence, snapshot.form
    items = []
    for number, (task, part) in items_in(tasks).items():
        if number not in by_number:
            continue
        item = CourseItem(by_number[number], part, task.id)
        own = (one for one in task.annotations if one.completed_by == worker)
        first = min(own, key=lambda one: (one.created_at, one.id), default=None)
        if first is not None:
            said = answer_of(form, first.result, item_of(task, form).text)
            is_known = said is not None and is_right(equivalence, said, item.known.accepted)
            was_right = is_known and not first.was_cancelled
            item = replace(item, answered_at=first.created_at, is_right=was_right)
        items.append(item)
    return items


def _tabs(
    snapshot: Snapshot, studio: Studio, tasks: Sequence[StudioTask], courses: Mapping[int, Course]
) -> Iterator[Step]:
    """Return the steps for its tabs; one that is empty yet has none."""
    wanted = training_tabs(snapshot.people, courses, notices_in(tasks)) if tasks else []
    return tabs.steps(studio, studio.views(), wanted, snapshot.people, snapshot.clock())


def _shown(
    tasks: Sequence[StudioTask], courses: Mapping[int, Course]
) -> frozenset[tuple[int, int]]:
    return frozenset(
        (number, worker)
        for number, (task, _) in items_in(tasks).items()
        for worker, course in courses.items()
        if task.id in course.open or any(one.completed_by == worker for one in task.annotations)
    )


def _warnings(
    lacking: Sequence[int], known: Sequence[ControlTask], snapshot: Snapshot
) -> list[str]:
    """Say who waits for known answers; where nobody does and there are none, that there are none.

    Args:
        lacking: Who waits for them.
        known: The known answers.
        snapshot: The main project's.
    """
    if lacking:
        names = ", ".join(snapshot.people.names[one] for one in lacking)
        return [
            f"There are too few known answers for the training or the exam of {names}, who are"
            " asked nothing until there are more (quality.known_answers), or quality.training is"
            " none"
        ]
    training = snapshot.settings.quality.training
    if training == "none" or any(one.is_in_use for one in known):
        return []
    return [
        f"quality.training is {training}, and there are no known answers, so nobody who is new can"
        " be let in: name some (quality.known_answers), or set quality.training to none"
    ]
