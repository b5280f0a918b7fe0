"""Reconciling: how Label Studio differs from what was decided, and the writes that mend it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from labeling.controls import Region
from routing import facts
from routing.blind_project import copy_back
from routing.decisions.policy import LEFT_TO_MODEL, unique_id
from routing.ledger.records import Decision, LedgerAnnotation, LedgerState
from routing.reviewers import enterprise, tabs
from routing.reviewers.workload import needs
from routing.snapshot import Scene
from routing.studio.models import NewAnnotation
from routing.writes.journal import Step, carry_out, chunks, write


def difference(scene: Scene) -> list[Step]:
    """List the steps that bring Label Studio to what was decided; none where it is there."""
    return [
        *_duplicates(scene),
        *_acceptances(scene),
        *copy_back.steps(scene),
        *_overlaps(scene),
        *(enterprise.steps(scene) if scene.can_assign else tabs.steps(scene)),
    ]


def apply(scene: Scene, steps: Sequence[Step]) -> None:
    """Carry the steps out, in order."""
    for step in steps:
        carry_out(scene.ledger, step)


def surplus_predictions(state: LedgerState) -> list[int]:
    """List the predictions of Tandem's that repeat a task and version, the first of each left."""
    kept: set[tuple[int, str]] = set()
    surplus = []
    for one in sorted(state.predictions, key=lambda prediction: prediction.id):
        if one.calibrator is None:
            continue
        if (one.task, one.model_version) in kept:
            surplus.append(one.id)
        kept.add((one.task, one.model_version))
    return surplus


def _duplicates(scene: Scene) -> Iterator[Step]:
    used = {annotation.parent_prediction for annotation in scene.standing}
    ids = [one for one in surplus_predictions(scene.state) if one not in used]
    for chunk in chunks(ids):
        writes = [
            write(f"prediction.delete:{one}", "prediction.delete", f"prediction {one}", {}, None)
            for one in chunk
        ]
        yield Step(writes, partial(scene.studio.delete_predictions, chunk, scene.progress))


def _acceptances(scene: Scene) -> Iterator[Step]:
    answered = {one.task for one in scene.standing if not one.was_cancelled}
    predictions = facts.predictions(scene.state)
    new = [
        _annotation(scene, decision, predictions[task].id if task in predictions else None)
        for task, decision in sorted(scene.state.decisions.items())
        if decision.kind in LEFT_TO_MODEL and task not in answered and _can_be_stored(scene, task)
    ]
    for chunk in chunks(new):
        writes = [
            write(
                f"annotation:{one.unique_id}",
                "annotation.create",
                f"task {one.task}",
                None,
                {"completed_by": one.completed_by, "parent_prediction": one.parent_prediction},
            )
            for one in chunk
        ]
        yield Step(writes, partial(scene.studio.create_annotations, chunk, scene.progress))


def _annotation(scene: Scene, decision: Decision, prediction: int | None) -> NewAnnotation:
    """Store the frozen label, whatever the model would say by now."""
    label = scene.state.members[decision.task].label or ""
    result: list[Region] = scene.form.encode(label, scene.state.tasks[decision.task].text or "")
    return NewAnnotation(
        task=decision.task,
        result=result,
        completed_by=scene.people.model or 0,
        unique_id=unique_id(scene.project.id, decision.task, decision.number),
        parent_prediction=prediction,
    )


def _can_be_stored(scene: Scene, task: int) -> bool:
    """Tell whether a frozen label is still an answer of the form."""
    label, text = scene.state.members[task].label, scene.state.tasks[task].text
    return label is not None and scene.form.accepts(label, text or "")


def _overlaps(scene: Scene) -> Iterator[Step]:
    """Bring overlaps to the people to come, and with them whether tasks are labelled.

    Label Studio leaves the latter as it was when the former changes, so a pass that was killed
    between the two leaves a task in nobody's stream. Whoever submitted something in this project
    counts for Label Studio, whatever it says, so the votes that are owed are added to them. Copies
    that are to come will put right whether the task is labelled.
    """
    tasks = scene.state.tasks
    submitted = _people(one for one in scene.standing if not one.was_cancelled)
    coming = _people(copy_back.missing(scene))
    desired: dict[int, int] = {}
    for need in needs(scene.state):
        task = tasks[need.task]
        here, copied = submitted.get(need.task, set()), coming.get(need.task, set())
        overlap = max(1, len(here | copied) + need.votes)
        is_wrong = not copied and task.is_labeled != (len(here) >= overlap)
        if task.overlap != overlap or is_wrong:
            desired[need.task] = overlap
    for chunk in chunks(list(desired)):
        writes = [
            write(
                f"overlap:{task}:{desired[task]}",
                "task.overlap",
                f"task {task}",
                {"overlap": tasks[task].overlap, "is_labeled": tasks[task].is_labeled},
                {"overlap": desired[task]},
            )
            for task in chunk
        ]
        overlaps = {task: desired[task] for task in chunk}
        yield Step(writes, partial(scene.studio.set_overlaps, overlaps, scene.progress))


def _people(annotations: Iterable[LedgerAnnotation]) -> dict[int, set[int]]:
    """Give the people who made these, by task."""
    people: dict[int, set[int]] = {}
    for one in annotations:
        if one.kind == "person":
            people.setdefault(one.task, set()).add(one.worker_id)
    return people
