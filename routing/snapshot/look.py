"""A look at a project's tasks: what changed since the last one, mirrored into the ledger."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from itertools import islice

from routing.ledger.converters import Reading
from routing.ledger.records import LedgerState, Write
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import StudioPrediction, StudioProject, StudioTask

LISTED_FOR_A_TASK = 20
"""Predictions that Label Studio lists in the time in which it tells one task with all it holds."""


def look(
    snapshot: Snapshot,
    *,
    calibrators: Mapping[str, str] | None = None,
    predicted: Iterable[int] = (),
) -> LedgerState:
    """Mirror what changed in a project since the last look, and read no more than that.

    Imported predictions and deleted tasks move no task's `updated_at`. Whose predictions Tandem
    touched the caller and the journal tell; what others did, the project's counters show, and then
    everything is read again, as where the form is another one than it was read by, or where Label
    Studio's clock was set back.

    Args:
        snapshot: The last look, but for its project, which was just read.
        calibrators: What stands behind predictions that were just stored, by model version.
        predicted: Tasks whose predictions were just stored or taken away.

    Returns:
        What the ledger knows now of this very project.
    """
    studio, state = snapshot.studio, snapshot.own_state
    reading, began = _reading(snapshot, calibrators or {}), studio.answered_at
    cursor = snapshot.ledger.cursor()
    if cursor is None or cursor.reading != reading.digest or is_set_back(studio, cursor.updated_at):
        return _whole(snapshot, reading, began)
    unsure = _touched(snapshot.ledger.pending(), state)
    moved = changed_tasks(studio, cursor.updated_at, partial(_seen_at, state))
    listed = (set(predicted) & state.tasks.keys()) - moved - unsure
    if not _are_better_listed(snapshot, len(listed)):
        moved, listed = moved | set(predicted), set()
    changed = sorted(moved | unsure)
    if len(changed) * studio.paging.tasks > len(state.tasks) * studio.paging.listed:
        # Reading all takes fewer requests, which name no tasks.
        return _whole(snapshot, reading, began)
    newest = _mirror(snapshot, reading, studio.tasks_of(changed, snapshot.progress))
    if listed:
        _mirror_predictions(snapshot, reading, listed)
    state = snapshot.ledger.renewed(state, sorted({*changed, *listed}))
    # What came while the tasks were read is no reason to read them all.
    synthetic = snapshot.ledger.synthetic_tasks()
    if not any(_is_as_counted(state, synthetic, one) for one in _counts(snapshot)):
        return _whole(snapshot, reading, began)
    latest = max([cursor.updated_at, *newest.values()])
    snapshot.ledger.mirror([], reading, began or latest)
    return state


def changed_tasks(
    studio: Studio,
    since: datetime,
    seen_at: Callable[[Collection[int]], Mapping[int, datetime]],
) -> set[int]:
    """Return the tasks of a project that may be other than when they were last read.

    Args:
        studio: Label Studio.
        since: How far it was read.
        seen_at: Tells the `updated_at` that some tasks had when they were read, by task, as far as
            they are known.

    Returns:
        Tasks, also such as are known to the letter but may not have settled yet.
    """
    told, settled = studio.changed_since(since), since - studio.paging.settling
    known = seen_at(told)
    return {task for task, at in told.items() if known.get(task) != at or at >= settled}


def is_set_back(studio: Studio, since: datetime) -> bool:
    """Return whether Label Studio's clock was set back, so that what changes seems to be read.

    Args:
        studio: Label Studio.
        since: How far it was read, by its own clock.
    """
    present = studio.answered_at
    return present is not None and present < since - studio.paging.look_back


def _whole(snapshot: Snapshot, reading: Reading, began: datetime | None) -> LedgerState:
    """Read every task, and forget those that are gone."""
    newest = _mirror(snapshot, reading, snapshot.studio.tasks(snapshot.progress))
    known = {*snapshot.state.tasks, *snapshot.ledger.synthetic_tasks()}
    snapshot.ledger.forget_tasks(known - newest.keys())
    snapshot.ledger.mirror([], reading, began or max(newest.values(), default=None))
    return snapshot.ledger.state()


def _reading(snapshot: Snapshot, calibrators: Mapping[str, str]) -> Reading:
    predictions = snapshot.state.predictions
    known = {one.model_version: one.calibrator for one in predictions if one.calibrator}
    return Reading(
        snapshot.form,
        snapshot.people.names,
        snapshot.people.model,
        {**known, **calibrators},
        snapshot.tunables.edited_after,
        None if snapshot.is_blind else snapshot.settings.policy.groups,
        snapshot.settings.policy.needs,
    )


def _seen_at(state: LedgerState, tasks: Collection[int]) -> dict[int, datetime]:
    return {task: state.tasks[task].updated_at for task in tasks if task in state.tasks}


def _touched(writes: Sequence[Write], state: LedgerState) -> set[int]:
    """Return the tasks that writes are about, which an earlier pass may have done or not."""
    if not writes:
        return set()
    task_of = {f"prediction {one.id}": one.task for one in state.predictions}
    task_of |= {f"task {task}": task for task in state.tasks}
    return {task_of[one.target] for one in writes if one.target in task_of}


def _counts(snapshot: Snapshot) -> Iterator[StudioProject]:
    """Give the project's counters as they were before its tasks were read, then as they are."""
    yield snapshot.project
    yield snapshot.studio.project()


def _is_as_counted(
    state: LedgerState, synthetic: Mapping[int, int], project: StudioProject
) -> bool:
    """Return whether Label Studio counts what is known: synthetic tasks, which it counts, too."""
    tasks = len(state.tasks) + len(synthetic)
    predictions = len(state.predictions) + sum(synthetic.values())
    return (project.task_count, project.prediction_count) == (tasks, predictions)


def _are_better_listed(snapshot: Snapshot, tasks: int) -> bool:
    """Return whether all predictions are read sooner than so many tasks with all they hold."""
    predictions = snapshot.project.prediction_count
    limit = min(tasks * LISTED_FOR_A_TASK, snapshot.studio.paging.predictions)
    return 0 < predictions <= limit


def _mirror_predictions(snapshot: Snapshot, reading: Reading, tasks: Set[int]) -> None:
    """Mirror what tasks are predicted, of which nothing else changed."""
    state, seen = snapshot.own_state, set[int]()

    def of_tasks() -> Iterator[StudioPrediction]:
        for one in snapshot.studio.predictions():
            if one.task in tasks:
                seen.add(one.id)
                yield one

    texts = {task: state.texts.get(task) for task in sorted(tasks)}
    snapshot.ledger.mirror_predictions(of_tasks(), texts, reading)
    gone = [one.id for one in state.predictions if one.task in tasks and one.id not in seen]
    snapshot.ledger.forget_predictions(gone)


def _mirror(
    snapshot: Snapshot, reading: Reading, tasks: Iterator[StudioTask]
) -> dict[int, datetime]:
    """Mirror tasks chunk by chunk; return when each was last changed."""
    newest: dict[int, datetime] = {}
    while chunk := list(islice(tasks, snapshot.tunables.read_tasks)):
        snapshot.ledger.mirror(chunk, reading, present=snapshot.studio.answered_at)
        newest.update((task.id, task.updated_at) for task in chunk)
    return newest
