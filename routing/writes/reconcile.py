"""Reconciling: how Label Studio differs from what was decided, and the writes that close it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from labeling.controls import Region
from routing.decisions.policy import unique_id
from routing.ledger import Ledger
from routing.ledger.journal import Step, carry_out, chunks
from routing.ledger.records import LEFT_TO_MODEL, Decision, LedgerAnnotation, LedgerState, Write
from routing.reviewers import enterprise
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import NewAnnotation


def difference(
    snapshot: Snapshot, copies: Sequence[LedgerAnnotation] = (), copying: Sequence[Step] = ()
) -> list[Step]:
    """Return the steps that bring Label Studio to what was decided; none where it is there.

    Args:
        snapshot: The project, its decisions and assignments taken.
        copies: Blind answers that are about to be copied into it.
        copying: The steps that do so.

    Returns:
        The steps, in the order in which they are to be carried out.
    """
    return [
        *_duplicates(snapshot),
        *_acceptances(snapshot),
        *copying,
        *_overlaps(snapshot, copies),
        *_assignees(snapshot),
    ]


def apply(ledger: Ledger, steps: Sequence[Step]) -> None:
    """Carry steps out, in order.

    Args:
        ledger: Where their writes are recorded.
        steps: What is done.
    """
    for step in steps:
        carry_out(ledger, step)


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
    now, kind = snapshot.clock(), "prediction.delete"
    for chunk in chunks(ids, snapshot.tunables.recorded_writes):
        writes = [Write(f"{kind}:{one}", kind, f"prediction {one}", {}, None, now) for one in chunk]
        yield Step(writes, partial(snapshot.studio.delete_predictions, chunk, snapshot.progress))


def _acceptances(snapshot: Snapshot) -> Iterator[Step]:
    answered = {one.task for one in snapshot.standing if not one.was_cancelled}
    predictions, now = snapshot.facts.predictions.latest, snapshot.clock()
    new = [
        _annotation(snapshot, decision, predictions[task].id if task in predictions else None)
        for task, decision in sorted(snapshot.state.decisions.items())
        if decision.kind in LEFT_TO_MODEL
        and task not in answered
        and _can_be_stored(snapshot, task)
    ]
    for chunk in chunks(new, snapshot.tunables.recorded_writes):
        writes = [
            Write(
                f"annotation:{one.unique_id}",
                "annotation.create",
                f"task {one.task}",
                None,
                {"completed_by": one.completed_by, "parent_prediction": one.parent_prediction},
                now,
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
    """Return whether a frozen label is still an answer of the form."""
    label, text = snapshot.state.members[task].label, snapshot.state.tasks[task].text
    return label is not None and snapshot.form.accepts(label, text or "")


def _overlaps(snapshot: Snapshot, copies: Sequence[LedgerAnnotation]) -> Iterator[Step]:
    """Bring overlaps to the people to come, and with them whether tasks are labelled.

    Label Studio leaves the latter as it was when the former changes, so a pass that was killed
    between the two leaves a task in nobody's stream. Whoever submitted something in this project
    counts for Label Studio, whatever it says, so the votes that are owed are added to them. Copies
    that are to come will put right whether the task is labelled.
    """
    tasks = snapshot.state.tasks
    submitted = _people(one for one in snapshot.standing if not one.was_cancelled)
    coming, now = _people(copies), snapshot.clock()
    desired: dict[int, int] = {}
    for demand in snapshot.facts.vote_demands:
        task = tasks[demand.task]
        here, copied = submitted.get(demand.task, set()), coming.get(demand.task, set())
        overlap = max(1, len(here | copied) + demand.votes)
        is_wrong = not copied and task.is_labeled != (len(here) >= overlap)
        if task.overlap != overlap or is_wrong:
            desired[demand.task] = overlap
    for chunk in chunks(list(desired), snapshot.tunables.recorded_writes):
        writes = [
            Write(
                f"overlap:{task}:{desired[task]}",
                "task.overlap",
                f"task {task}",
                {"overlap": tasks[task].overlap, "is_labeled": tasks[task].is_labeled},
                {"overlap": desired[task]},
                now,
            )
            for task in chunk
        ]
        overlaps = {task: desired[task] for task in chunk}
        yield Step(writes, partial(snapshot.studio.set_overlaps, overlaps, snapshot.progress))


def _assignees(snapshot: Snapshot) -> Iterator[Step]:
    """Make those who are asked the assignees of their tasks, where the edition knows them."""
    if not snapshot.can_assign:
        return iter(())
    told = snapshot.ledger.writes(enterprise.KIND)
    notices = enterprise.assignee_notices(snapshot.state.assignments, told, snapshot.clock())
    return enterprise.steps(snapshot.studio, notices, snapshot.tunables.recorded_writes)


def _people(annotations: Iterable[LedgerAnnotation]) -> dict[int, set[int]]:
    """Return the people who made these, by task."""
    people: dict[int, set[int]] = {}
    for one in annotations:
        if one.kind == "person":
            people.setdefault(one.task, set()).add(one.worker_id)
    return people
