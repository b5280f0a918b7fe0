"""Reconciling: how Label Studio differs from what was decided, and the writes that close it."""

from collections.abc import Iterator, Sequence
from functools import partial

from labeling.controls import Region
from routing.decisions.policy import unique_id
from routing.facts.answers import to_answers
from routing.ledger import Ledger
from routing.ledger.journal import Step, carry_out, chunks
from routing.ledger.records import LEFT_TO_MODEL, Decision, LedgerAnnotation, LedgerState, Write
from routing.reviewers import enterprise
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import NewAnnotation
from routing.writes import overlaps


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
    accepted = _acceptances(snapshot)
    coming = overlaps.workers(copies)
    for one in accepted:
        coming.setdefault(one.task, set()).add(one.completed_by)
    return [
        *_duplicates(snapshot),
        *_acceptance_steps(snapshot, accepted),
        *copying,
        *overlaps.steps(snapshot, coming),
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


def _acceptances(snapshot: Snapshot) -> list[NewAnnotation]:
    """List the labels that are left to the model and that no annotation says yet."""
    answered = {one.task for one in to_answers(snapshot.state.annotations)}
    predictions = snapshot.facts.predictions.latest
    return [
        _annotation(snapshot, decision, predictions[task].id if task in predictions else None)
        for task, decision in sorted(snapshot.state.decisions.items())
        if decision.kind in LEFT_TO_MODEL
        and task not in answered
        and _can_be_stored(snapshot, task)
    ]


def _acceptance_steps(snapshot: Snapshot, new: Sequence[NewAnnotation]) -> Iterator[Step]:
    now = snapshot.clock()
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


def _assignees(snapshot: Snapshot) -> Iterator[Step]:
    """Make those who are asked the assignees of their tasks, where the edition knows them."""
    if not snapshot.can_assign:
        return iter(())
    told = snapshot.ledger.writes(enterprise.KIND)
    notices = enterprise.assignee_notices(snapshot.state.assignments, told, snapshot.clock())
    return enterprise.steps(snapshot.studio, notices, snapshot.tunables.recorded_writes)
