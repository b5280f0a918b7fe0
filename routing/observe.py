"""Observing: one look at Label Studio, mirrored into the ledger, as every pass begins."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from labeling import form as forms
from labeling.form import Form
from labeling.settings import Settings
from routing.backend import BackendClient
from routing.ledger import Ledger
from routing.ledger.records import LedgerState, Reading
from routing.ledger.rows import answer_of
from routing.people import People, meet
from routing.progress import Progress, silent
from routing.studio.client import Studio
from routing.studio.records import StudioProject, StudioTask

CHUNK = 500
"""Tasks that are mirrored in one transaction."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a pass works with: the doors, the settings, and what was seen behind the doors.

    Attributes:
        can_assign: Whether this edition of Label Studio has the assignments API.
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
    can_assign: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that the control offers."""
        return tuple(candidate.value for candidate in self.form.control.candidates)


def observe(
    studio: Studio,
    backend: BackendClient,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    *,
    dry_run: bool = False,
) -> Scene:
    """Look at the project, its form, its people and its tasks; mirror what changed.

    Args:
        studio: Label Studio.
        backend: The ML backend; not asked anything here.
        ledger: The ledger; only its mirror of Label Studio is written.
        settings: The settings.
        progress: Told how far the reading is.
        dry_run: Write nothing into Label Studio, so do not make the model's user either.

    Raises:
        LabelConfigError: Tandem can answer no control of the project.
    """
    ledger.upgrade()
    project = studio.project()
    form = forms.parse(project.label_config)
    people = meet(studio, settings, make_model=not dry_run)
    scene = Scene(
        studio,
        backend,
        ledger,
        settings,
        progress,
        project,
        form,
        people,
        ledger.state(),
        can_assign=studio.version().edition == "enterprise",
    )
    return look_again(scene, whole=bool(ledger.pending()))


def look_again(scene: Scene, *, whole: bool = False) -> Scene:
    """Mirror what changed since the last look.

    Imported predictions and deleted tasks move no task's `updated_at`; the project's counters
    show them, and then everything is read again, as after a pass that was cut short, or after the
    labels changed.

    Args:
        scene: The last look.
        whole: Read every task, whatever the counters say.
    """
    ledger, state = scene.ledger, scene.state
    project = scene.studio.project()
    is_whole = (
        whole
        or state.cursor is None
        or project.task_count != len(state.tasks)
        or project.prediction_count != len(state.predictions)
        or _is_read_otherwise(scene)
    )
    reading = Reading(scene.form, scene.people.names, scene.people.model)
    tasks = scene.studio.tasks(None if is_whole else state.cursor, scene.progress)
    seen, cursor = _mirror(ledger, reading, tasks, state.cursor)
    if is_whole:
        ledger.forget_tasks(set(state.tasks) - seen)
    ledger.mirror([], reading, cursor)
    return replace(scene, project=project, state=ledger.state())


def _is_read_otherwise(scene: Scene) -> bool:
    """Tell whether the labels changed since answers were read, so that they say something else."""
    labels = set(scene.labels)
    return any(
        one.answer is not None and one.answer not in labels for one in scene.state.predictions
    ) or any(
        one.answer != answer_of(scene.form, one.result)
        for one in scene.state.annotations
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
