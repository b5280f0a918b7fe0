"""Labels in the name of the model's user: one annotation a task, which says what the label is.

An annotation of the model's user is Tandem's own. Where it says another label than it should, it is
deleted and made anew, never edited: an edited one counts as its editor's answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from labeling.controls import Region
from labeling.form.form import Form
from routing.ledger.converters import answer_of
from routing.ledger.journal import Step, chunks
from routing.ledger.records import Write
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import NewAnnotation


@dataclass(frozen=True, slots=True)
class StandingLabel:
    """An annotation of the model's user.

    Attributes:
        answer: What it says; None where that is no answer of the form.
        ground_truth: Whether it is marked as the right answer.
    """

    annotation: int
    task: int
    answer: str | None
    ground_truth: bool


@dataclass(frozen=True, slots=True)
class WantedLabel:
    """A label that the model's user is to state.

    Attributes:
        unique_id: Makes storing it twice harmless.
        ground_truth: Whether it is to be marked as the right answer; None: as it may be.
    """

    task: int
    label: str
    unique_id: str
    ground_truth: bool | None = None


@dataclass(frozen=True, slots=True)
class LabelChanges:
    """How the annotations of the model's user change.

    Attributes:
        stale: Annotations that go.
        missing: Labels that are to be stated.
    """

    stale: Sequence[int]
    missing: Sequence[WantedLabel]


def label_changes(
    snapshot: Snapshot, wanted: Sequence[WantedLabel], standing: Iterable[StandingLabel]
) -> LabelChanges:
    """Return what is to change for each wanted label to be stated once, and no other beside it.

    Args:
        snapshot: The project.
        wanted: The labels, one a task; one that is no answer of the form any more is not stated.
        standing: What the model's user states now of these tasks, and of others where that is to
            go.

    Returns:
        The changes; none where all is so.
    """
    storable = {one.task: one for one in wanted if _is_storable(snapshot, one)}
    kept: set[int] = set()
    stale: list[int] = []
    for one in standing:
        to_be = storable.get(one.task)
        if to_be and one.task not in kept and _states(snapshot, one, to_be):
            kept.add(one.task)
        else:
            stale.append(one.annotation)
    missing = [one for task, one in sorted(storable.items()) if task not in kept]
    return LabelChanges(stale, missing)


def steps(snapshot: Snapshot, changes: LabelChanges) -> list[Step]:
    """Return the steps that make the changes, deletions first.

    Args:
        snapshot: The project.
        changes: What is to change.

    Returns:
        The steps.
    """
    return [*_deletions(snapshot, changes.stale), *_creations(snapshot, changes.missing)]


def final_label_id(project: int, task: int, label: str, *, ground_truth: bool) -> str:
    """Name the annotation that states a final label.

    Args:
        project: Label Studio's id of the project.
        task: The task.
        label: The label.
        ground_truth: Whether it is marked as the right answer.

    Returns:
        A UUID.
    """
    mark = "truth" if ground_truth else "label"
    return str(uuid5(NAMESPACE_URL, f"tandem:{project}:{task}:{mark}:{label}"))


def _states(snapshot: Snapshot, one: StandingLabel, wanted: WantedLabel) -> bool:
    if wanted.ground_truth not in (None, one.ground_truth):
        return False
    # What is stored is read back in the form's own words.
    text = snapshot.state.texts.get(wanted.task)
    stored = answer_of(snapshot.form, _encode(snapshot.form, wanted.label, text), text)
    return one.answer is not None and one.answer == stored


def _is_storable(snapshot: Snapshot, wanted: WantedLabel) -> bool:
    text = snapshot.state.texts.get(wanted.task)
    return wanted.task in snapshot.state.tasks and snapshot.form.accepts(wanted.label, text or "")


def _deletions(snapshot: Snapshot, annotations: Sequence[int]) -> list[Step]:
    now = snapshot.clock()
    return [
        Step(
            [
                Write(
                    f"annotation.delete:{one}",
                    "annotation.delete",
                    f"annotation {one}",
                    {},
                    None,
                    now,
                )
                for one in part
            ],
            partial(snapshot.studio.delete_annotations, part, snapshot.progress),
        )
        for part in chunks(annotations, snapshot.tunables.recorded_writes)
    ]


def _creations(snapshot: Snapshot, wanted: Sequence[WantedLabel]) -> list[Step]:
    now = snapshot.clock()
    new = [_annotation(snapshot, one) for one in wanted]
    return [
        Step(
            [
                Write(
                    f"annotation:{one.unique_id}",
                    "annotation.create",
                    f"task {one.task}",
                    None,
                    {
                        "completed_by": one.completed_by,
                        "parent_prediction": one.parent_prediction,
                    },
                    now,
                )
                for one in part
            ],
            partial(snapshot.studio.create_annotations, part, snapshot.progress),
        )
        for part in chunks(new, snapshot.tunables.recorded_writes)
    ]


def _annotation(snapshot: Snapshot, wanted: WantedLabel) -> NewAnnotation:
    text = snapshot.state.texts.get(wanted.task)
    prediction = snapshot.facts.predictions.latest.get(wanted.task)
    return NewAnnotation(
        task=wanted.task,
        result=_encode(snapshot.form, wanted.label, text),
        completed_by=snapshot.people.model or 0,
        unique_id=wanted.unique_id,
        parent_prediction=prediction.id if prediction else None,
        ground_truth=bool(wanted.ground_truth),
    )


def _encode(form: Form, label: str, text: str | None) -> list[Region]:
    return form.encode(label, text or "")
