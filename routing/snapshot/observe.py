"""Observing: one look at Label Studio, mirrored into the ledger, as every pass begins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from labeling.form import form as forms
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from labeling.settings.settings import Settings
from routing.clock import Clock, system_clock
from routing.facts.project import offered
from routing.ledger import Ledger
from routing.ledger.converters import answer_of
from routing.ledger.records import LedgerAnnotation, LedgerState, Reading
from routing.model.client import BackendClient
from routing.progress import Progress, silent
from routing.reviewers.users import People, meet
from routing.snapshot import task_mapping
from routing.studio.client import Studio
from routing.studio.models import StudioProject, StudioTask

CHUNK = 500
"""Tasks that are mirrored in one transaction."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a pass works with: the doors, the settings, and what was seen behind the doors.

    Attributes:
        state: All that counts, with the answers that were given blind in the blind project.
        standing: The annotations that stand in this very project, copies of blind answers too.
        can_assign: Whether this edition of Label Studio has the assignments API.
        blind_project: The blind project, where tasks are asked blind; None: not made yet.
        is_blind: This is the blind project.
    """

    studio: Studio
    backend: BackendClient
    ledger: Ledger
    settings: Settings
    progress: Progress
    project: StudioProject
    form: Form
    people: People
    state: LedgerState
    standing: Sequence[LedgerAnnotation]
    can_assign: bool = False
    blind_project: "Snapshot | None" = None
    is_blind: bool = False
    clock: Clock = system_clock

    @property
    def labels(self) -> tuple[str, ...]:
        """Every answer that the form offers; where answers are open, those that are known."""
        return offered(self.state, self.form)

    @property
    def equivalence(self) -> Equivalence:
        """Which answers say the same, and which controls count."""
        return Equivalence(self.form, self.settings.controls)


def observe(
    studio: Studio,
    backend: BackendClient,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    *,
    clock: Clock = system_clock,
    dry_run: bool = False,
) -> Snapshot:
    """Look at the project and its blind project, their people and tasks; mirror what changed.

    Args:
        studio: Label Studio.
        backend: The ML backend; not asked anything here.
        ledger: The ledger; only its mirror of Label Studio is written.
        settings: The settings.
        progress: Told how far the reading is.
        clock: Tells what the time is.
        dry_run: Write nothing into Label Studio, so do not make the model's user either.

    Raises:
        LabelConfigError: Tandem can answer no control of the project.
        SettingsError: The settings name a control that the project has not.
    """
    ledger.upgrade()
    project = studio.project()
    form = forms.parse(project.label_config)
    Equivalence(form, settings.controls).require_known_names()
    people = meet(studio, settings, make_model=not dry_run)
    state = ledger.state()
    snapshot = Snapshot(
        studio,
        backend,
        ledger,
        settings,
        progress,
        project,
        form,
        people,
        state,
        state.annotations,
        can_assign=studio.version().edition == "enterprise",
        clock=clock,
    )
    found = task_mapping.find(studio.descriptions(), project.id)
    blind_project = look_at_blind_project(snapshot, found) if found else None
    return with_blind_project(_look(snapshot, whole=bool(ledger.pending())), blind_project)


def look_at_blind_project(snapshot: Snapshot, project: int) -> Snapshot:
    """Look at the blind project of a snapshot's project, with the same people and settings."""
    studio, ledger = snapshot.studio.beside(project), snapshot.ledger.beside(project)
    state = ledger.state()
    blind_project = replace(
        snapshot,
        studio=studio,
        ledger=ledger,
        project=studio.project(),
        state=state,
        standing=state.annotations,
        blind_project=None,
        is_blind=True,
    )
    return _look(blind_project, whole=bool(ledger.pending()))


def with_blind_project(snapshot: Snapshot, blind_project: Snapshot | None) -> Snapshot:
    """Give the snapshot with the answers that were given in the blind project."""
    answers = task_mapping.join(
        snapshot.state.tasks,
        snapshot.standing,
        blind_project.state if blind_project else None,
        task_mapping.copied(snapshot.ledger.writes(task_mapping.COPY)),
    )
    return replace(
        snapshot, state=replace(snapshot.state, annotations=answers), blind_project=blind_project
    )


def look_again(snapshot: Snapshot, calibrators: Mapping[str, str] | None = None) -> Snapshot:
    """Mirror what changed since the last look, in the project and in its blind project.

    Args:
        snapshot: The last look.
        calibrators: What stands behind predictions that were just stored, by model version.
    """
    blind_project = _look(snapshot.blind_project) if snapshot.blind_project else None
    return with_blind_project(_look(snapshot, calibrators=calibrators), blind_project)


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
    )
    tasks = snapshot.studio.tasks(None if is_whole else state.cursor, snapshot.progress)
    seen, cursor = _mirror(ledger, reading, tasks, state.cursor)
    if is_whole:
        ledger.forget_tasks(set(state.tasks) - seen)
    ledger.mirror([], reading, cursor)
    state = ledger.state()
    return replace(snapshot, project=project, state=state, standing=state.annotations)


def _is_read_otherwise(snapshot: Snapshot) -> bool:
    """Tell whether the labels changed since answers were read, so that they say something else."""
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
    ledger: Ledger, reading: Reading, tasks: Iterator[StudioTask], cursor: datetime | None
) -> tuple[set[int], datetime | None]:
    """Mirror tasks chunk by chunk; give their ids, and the latest change among them."""
    seen: set[int] = set()
    while chunk := list(islice(tasks, CHUNK)):
        ledger.mirror(chunk, reading)
        seen.update(task.id for task in chunk)
        cursor = max([task.updated_at for task in chunk] + ([cursor] if cursor else []))
    return seen, cursor
