"""Reconciling: how Label Studio differs from what was decided, and the writes that close it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from labeling.controls import Region
from routing.blind_project import copy_back
from routing.decisions.policy import LEFT_TO_MODEL, unique_id
from routing.facts import project as facts
from routing.ledger.journal import Step, carry_out, chunks, write
from routing.ledger.records import Decision, LedgerAnnotation, LedgerState
from routing.reviewers import enterprise, tabs
from routing.reviewers.workload import vote_demands
from routing.snapshot.observe import Snapshot
from routing.studio.models import NewAnnotation


def difference(snapshot: Snapshot) -> list[Step]:
    """List the steps that bring Label Studio to what was decided; none where it is there."""
    return [
        *_duplicates(snapshot),
        *_acceptances(snapshot),
        *copy_back.steps(snapshot),
        *_overlaps(snapshot),
        *(enterprise.steps(snapshot) if snapshot.can_assign else tabs.steps(snapshot)),
    ]


def apply(snapshot: Snapshot, steps: Sequence[Step]) -> None:
    """Carry the steps out, in order."""
    for step in steps:
        carry_out(snapshot.ledger, step)


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


def _duplicates(snapshot: Snapshot) -> Iterator[Step]:
    used = {annotation.parent_prediction for annotation in snapshot.standing}
    ids = [one for one in surplus_predictions(snapshot.state) if one not in used]
    for chunk in chunks(ids):
        writes = [
            write(f"prediction.delete:{one}", "prediction.delete", f"prediction {one}", {}, None)
            for one in chunk
        ]
        yield Step(writes, partial(snapshot.studio.delete_predictions, chunk, snapshot.progress))


def _acceptances(snapshot: Snapshot) -> Iterator[Step]:
    answered = {one.task for one in snapshot.standing if not one.was_cancelled}
    predictions = facts.predictions(snapshot.state)
    new = [
        _annotation(snapshot, decision, predictions[task].id if task in predictions else None)
        for task, decision in sorted(snapshot.state.decisions.items())
        if decision.kind in LEFT_TO_MODEL
        and task not in answered
        and _can_be_stored(snapshot, task)
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
        yield Step(writes, partial(snapshot.studio.create_annotations, chunk, snapshot.progress))


def _annotation(snapshot: Snapshot, decision: Decision, prediction: int | None) -> NewAnnotation:
    """Store the frozen label, whatever the model would say by now."""
    label = snapshot.state.members[decision.task].label or ""
    result: list[Region] = snapshot.form.encode(
        label, snapshot.state.tasks[decision.task].text or ""
    )
    return NewAnnotation(
        task=decision.task,
        result=result,
        completed_by=snapshot.people.model or 0,
        unique_id=unique_id(snapshot.project.id, decision.task, decision.number),
        parent_prediction=prediction,
    )


def _can_be_stored(snapshot: Snapshot, task: int) -> bool:
    """Tell whether a frozen label is still an answer of the form."""
    label, text = snapshot.state.members[task].label, snapshot.state.tasks[task].text
    return label is not None and snapshot.form.accepts(label, text or "")


def _overlaps(snapshot: Snapshot) -> Iterator[Step]:
    """Bring overlaps to the people to come, and with them whether tasks are labelled.

    Label Studio leaves the latter as it was when the former changes, so a pass that was killed
    between the two leaves a task in nobody's stream. Whoever submitted something in this project
    counts for Label Studio, whatever it says, so the votes that are owed are added to them. Copies
    that are to come will put right whether the task is labelled.
    """
    tasks = snapshot.state.tasks
    submitted = _people(one for one in snapshot.standing if not one.was_cancelled)
    coming = _people(copy_back.missing(snapshot))
    desired: dict[int, int] = {}
    for demand in vote_demands(snapshot.state):
        task = tasks[demand.task]
        here, copied = submitted.get(demand.task, set()), coming.get(demand.task, set())
        overlap = max(1, len(here | copied) + demand.votes)
        is_wrong = not copied and task.is_labeled != (len(here) >= overlap)
        if task.overlap != overlap or is_wrong:
            desired[demand.task] = overlap
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
        yield Step(writes, partial(snapshot.studio.set_overlaps, overlaps, snapshot.progress))


def _people(annotations: Iterable[LedgerAnnotation]) -> dict[int, set[int]]:
    """Give the people who made these, by task."""
    people: dict[int, set[int]] = {}
    for one in annotations:
        if one.kind == "person":
            people.setdefault(one.task, set()).add(one.worker_id)
    return people
