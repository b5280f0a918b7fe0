"""Observing: one look at Label Studio, mirrored into the ledger, as every pass begins."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice

from labeling.form import form as forms
from labeling.form.equivalence import Equivalence
from labeling.settings.settings import Settings
from routing.clock import Clock, system_clock
from routing.facts.answers import without_earlier
from routing.facts.project import project_facts
from routing.ledger import Ledger
from routing.ledger.converters import Reading, answer_of
from routing.ownership.guard import claim, require_no_traces, require_own
from routing.progress import Progress, silent
from routing.reviewers.users import find_people, require_reviewers
from routing.snapshot import task_mapping
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import StudioTask
from routing.tunables import DEFAULTS, Tunables


def observe(
    studio: Studio,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    *,
    clock: Clock = system_clock,
    tunables: Tunables = DEFAULTS,
    dry_run: bool = False,
) -> Snapshot:
    """Look at the project and its blind project, their people and tasks; mirror what changed.

    Args:
        studio: Label Studio.
        ledger: The ledger; only its mirror of Label Studio is written.
        settings: The settings.
        progress: Told how far the reading is.
        clock: Tells what the time is.
        tunables: How much is read at a time.
        dry_run: Write nothing into Label Studio, so do not make the model's user either.

    Returns:
        What was seen.

    Raises:
        ForeignLedger: Another ledger keeps the project.
        LabelConfigError: Tandem can answer no control of the project.
        SettingsError: The settings name a control that the project has not, or a reviewer whom
            Label Studio has not.
    """
    ledger.upgrade()
    project, descriptions = studio.project(), studio.descriptions()
    found = task_mapping.find(descriptions, project.id)
    require_own(ledger, descriptions, project.id, found)
    snapshot = look_at_project(
        studio,
        ledger,
        settings,
        progress,
        clock=clock,
        tunables=tunables,
        make_model=not dry_run,
    )
    require_no_traces(ledger, project.id, snapshot.state)
    return snapshot if dry_run else _claimed(snapshot)


def look_at_project(
    studio: Studio,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    *,
    clock: Clock = system_clock,
    tunables: Tunables = DEFAULTS,
    make_model: bool = False,
) -> Snapshot:
    """Look at the project and its blind project, whichever ledger keeps them.

    Args:
        studio: Label Studio.
        ledger: The ledger; only its mirror of Label Studio is written.
        settings: The settings.
        progress: Told how far the reading is.
        clock: Tells what the time is.
        tunables: How much is read at a time.
        make_model: Make the model's user where it is missing.

    Returns:
        What was seen.

    Raises:
        LabelConfigError: Tandem can answer no control of the project.
        SettingsError: The settings name a control that the project has not.
    """
    project = studio.project()
    equivalence = Equivalence(
        forms.parse(project.label_config, settings.old_names), settings.controls
    )
    equivalence.require_known_names()
    people = find_people(studio, settings, make_model=make_model)
    state = ledger.state()
    require_reviewers(people, has_begun=bool(state.decisions))
    snapshot = Snapshot(
        studio=studio,
        ledger=ledger,
        progress=progress,
        clock=clock,
        tunables=tunables,
        project=project,
        people=people,
        facts=project_facts(state, equivalence, settings, people.reviewers),
        standing=state.annotations,
        can_assign=studio.version().edition == "enterprise",
    )
    found = task_mapping.find(studio.descriptions(), project.id)
    blind_project = look_at_blind_project(snapshot, found) if found else None
    return with_blind_project(_look(snapshot, whole=bool(ledger.pending())), blind_project)


def look_at_blind_project(snapshot: Snapshot, project: int) -> Snapshot:
    """Look at the blind project of a snapshot's project, with the same people and settings.

    Args:
        snapshot: The main project's.
        project: Label Studio's id of the blind project.

    Returns:
        The blind project's own snapshot.
    """
    studio, ledger = snapshot.studio.beside(project), snapshot.ledger.beside(project)
    state = ledger.state()
    facts = project_facts(state, snapshot.facts.equivalence, snapshot.settings, snapshot.reviewers)
    blind_project = replace(
        snapshot,
        studio=studio,
        ledger=ledger,
        project=studio.project(),
        facts=facts,
        standing=state.annotations,
        blind_project=None,
        is_blind=True,
    )
    return _look(blind_project, whole=bool(ledger.pending()))


def with_blind_project(snapshot: Snapshot, blind_project: Snapshot | None) -> Snapshot:
    """Return the snapshot with the answers that were given in the blind project.

    Args:
        snapshot: The main project's.
        blind_project: The blind project's; None: there is none.
    """
    answers = task_mapping.join(
        snapshot.state.tasks,
        snapshot.standing,
        blind_project.state if blind_project else None,
        task_mapping.copies_of(snapshot.ledger.writes(task_mapping.COPY)),
    )
    if snapshot.settings.policy.earlier_answers == "ignore":
        answers = without_earlier(answers)
    state = replace(snapshot.state, annotations=answers)
    return replace(snapshot.with_state(state), blind_project=blind_project)


def look_again(
    snapshot: Snapshot, calibrators: Mapping[str, str] | None = None, *, whole: bool = False
) -> Snapshot:
    """Mirror what changed since the last look, in the project and in its blind project.

    Args:
        snapshot: The last look.
        calibrators: What stands behind predictions that were just stored, by model version.
        whole: Read every task of the project, as after predictions were replaced: no counter and
            no task's `updated_at` need show that.

    Returns:
        What is seen now.
    """
    blind_project = _look(snapshot.blind_project) if snapshot.blind_project else None
    return with_blind_project(_look(snapshot, whole=whole, calibrators=calibrators), blind_project)


def _claimed(snapshot: Snapshot) -> Snapshot:
    """Mark both projects as kept by this ledger; return the snapshot as it is then."""
    blind = snapshot.blind_project
    projects = [snapshot.project, *([blind.project] if blind else [])]
    told = claim(snapshot.studio, snapshot.ledger, projects, snapshot.clock)
    if blind is not None:
        described = replace(blind.project, description=told[blind.project.id])
        blind = replace(blind, project=described)
    described = replace(snapshot.project, description=told[snapshot.project.id])
    return replace(snapshot, project=described, blind_project=blind)


def _look(
    snapshot: Snapshot, *, whole: bool = False, calibrators: Mapping[str, str] | None = None
) -> Snapshot:
    """Mirror what changed in a project since the last look.

    Imported predictions and deleted tasks move no task's `updated_at`; the project's counters
    show them, and then everything is read again, as after a pass that was cut short, or after the
    labels changed.

    Args:
        snapshot: The last look.
        whole: Read every task, whatever the counters say.
        calibrators: See `look_again`.
    """
    ledger, state = snapshot.ledger, snapshot.state
    project = snapshot.studio.project()
    is_whole = (
        whole
        or state.cursor is None
        or project.task_count != len(state.tasks)
        or project.prediction_count != len(state.predictions)
        or _is_read_otherwise(snapshot)
    )
    known = {one.model_version: one.calibrator for one in state.predictions if one.calibrator}
    reading = Reading(
        snapshot.form,
        snapshot.people.names,
        snapshot.people.model,
        {**known, **(calibrators or {})},
        snapshot.tunables.edited_after,
    )
    tasks = snapshot.studio.tasks(None if is_whole else state.cursor, snapshot.progress)
    seen, cursor = _mirror(snapshot, reading, tasks)
    if is_whole:
        ledger.forget_tasks(set(state.tasks) - seen)
    ledger.mirror([], reading, cursor)
    state = ledger.state()
    return replace(snapshot.with_state(state), project=project, standing=state.annotations)


def _is_read_otherwise(snapshot: Snapshot) -> bool:
    """Return whether the form changed since tasks and answers were read, so that they differ."""
    if any(one.text is None and one.unreadable is None for one in snapshot.state.tasks.values()):
        return True
    texts = {task.id: task.text or "" for task in snapshot.state.tasks.values()}
    return any(
        one.answer is not None and not snapshot.form.accepts(one.answer, texts.get(one.task, ""))
        for one in snapshot.state.predictions
    ) or any(
        one.answer != answer_of(snapshot.form, one.result, texts.get(one.task))
        for one in snapshot.standing
        if not one.was_cancelled
    )


def _mirror(
    snapshot: Snapshot, reading: Reading, tasks: Iterator[StudioTask]
) -> tuple[set[int], datetime | None]:
    """Mirror tasks chunk by chunk; return their ids, and the latest change among them."""
    seen: set[int] = set()
    cursor = snapshot.state.cursor
    while chunk := list(islice(tasks, snapshot.tunables.read_tasks)):
        snapshot.ledger.mirror(chunk, reading)
        seen.update(task.id for task in chunk)
        cursor = max([task.updated_at for task in chunk] + ([cursor] if cursor else []))
    return seen, cursor
