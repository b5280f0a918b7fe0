"""The final labels, stated in Label Studio: one annotation a task, by the model's user.

Label Studio stamps an annotation that is marked as ground truth as changed, and by whom, so
people's own are left alone: what the label is, is said beside them. Where the label moves later, or
the task is asked again, running it once more puts that right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from routing.ledger.converters import answer_of, is_of_model, item_of
from routing.ledger.records import LEFT_TO_MODEL
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioTask
from routing.writes.model_labels import (
    StandingLabel,
    WantedLabel,
    final_label_id,
    label_changes,
    steps,
)
from routing.writes.reconcile import apply
from tandem.export.outcome import ProjectOutcome

StudioMark = Literal["annotation", "ground-truth"]


@dataclass(frozen=True, slots=True)
class StatedLabels:
    """What was done in Label Studio.

    Attributes:
        standing: Final labels that stand there now.
        made: Annotations that were made for that.
        removed: Annotations of the model's user that were taken away.
    """

    standing: int
    made: int
    removed: int


def state_labels(
    snapshot: Snapshot, outcome: ProjectOutcome, tasks: Sequence[StudioTask], how: StudioMark
) -> StatedLabels:
    """Have the model's user state the final label of each task that is done with.

    Args:
        snapshot: The project; it is this ledger's, and the model's user is there.
        outcome: Its labels.
        tasks: Its tasks, as Label Studio has them now.
        how: As an annotation, or as one that is marked as ground truth.

    Returns:
        What was done.
    """
    is_truth = how == "ground-truth"
    labels = final_labels(snapshot, outcome)
    wanted = [
        WantedLabel(
            task,
            label,
            final_label_id(snapshot.project.id, task, label, ground_truth=is_truth),
            is_truth,
        )
        for task, label in labels.items()
    ]
    left_to_model = {
        task for task, one in snapshot.state.decisions.items() if one.kind in LEFT_TO_MODEL
    }
    standing = [
        one
        for one in _standing(snapshot, tasks)
        if one.task in labels or one.task not in left_to_model
    ]
    changes = label_changes(snapshot, wanted, standing)
    apply(snapshot.ledger, steps(snapshot, changes))
    return StatedLabels(len(labels), len(changes.missing), len(changes.stale))


def final_labels(snapshot: Snapshot, outcome: ProjectOutcome) -> dict[int, str]:
    """Return the label of each task that was decided about and waits for nobody.

    Args:
        snapshot: The project.
        outcome: Its labels.

    Returns:
        Labels, by task.
    """
    waited_for = snapshot.round_status.waited_for
    frame = outcome.dataset
    return {
        int(task): label
        for task, label in zip(frame["task"], frame["label"], strict=True)
        if label is not None
        and int(task) in snapshot.state.decisions
        and int(task) not in waited_for
    }


def _standing(snapshot: Snapshot, tasks: Sequence[StudioTask]) -> list[StandingLabel]:
    model = snapshot.people.model
    if model is None:
        return []
    return [
        StandingLabel(
            one.id,
            task.id,
            answer_of(snapshot.form, one.result, item_of(task, snapshot.form).text),
            one.ground_truth,
        )
        for task in tasks
        for one in task.annotations
        if is_of_model(one, model)
    ]
