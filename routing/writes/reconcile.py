"""Reconciling: how Label Studio differs from what was decided, and the writes that close it."""

from collections.abc import Iterator, Sequence
from functools import partial

from routing.decisions.policy import unique_id
from routing.ledger import Ledger
from routing.ledger.journal import Step, carry_out, chunks
from routing.ledger.records import LEFT_TO_MODEL, LedgerAnnotation, Write
from routing.reviewers import enterprise
from routing.snapshot.snapshot import Snapshot
from routing.writes import model_labels, overlaps
from routing.writes.model_labels import (
    LabelChanges,
    StandingLabel,
    WantedLabel,
    label_changes,
)


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
    for one in accepted.missing:
        coming.setdefault(one.task, set()).add(snapshot.people.model or 0)
    return [
        *_old_predictions(snapshot),
        *model_labels.steps(snapshot, accepted),
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


def _old_predictions(snapshot: Snapshot) -> Iterator[Step]:
    """Take away predictions of Tandem's that a newer one replaced, so many a pass.

    One that an annotation came from stays, since the annotation names it. So does what a task has
    that waits for people beside its pre-label: a page that shows a prediction which is gone cannot
    be submitted.
    """
    facts = snapshot.facts
    named = {one.parent_prediction for one in snapshot.standing}
    waiting = facts.votes_owed.keys() - facts.asked_blind
    ids = [
        one.id
        for one in facts.predictions.outdated(facts.model_version)
        if one.id not in named and one.task not in waiting
    ]
    now, kind = snapshot.clock(), "prediction.delete"
    size = snapshot.tunables.recorded_writes
    for chunk in chunks(ids[: snapshot.tunables.old_predictions], size):
        writes = [Write(f"{kind}:{one}", kind, f"prediction {one}", {}, None, now) for one in chunk]
        yield Step(writes, partial(snapshot.studio.delete_predictions, chunk, snapshot.progress))


def _acceptances(snapshot: Snapshot) -> LabelChanges:
    """Have the model's user state the frozen labels that the model is left with.

    They stand whatever the model would say by now; what a person answered is theirs.
    """
    answered = snapshot.facts.answers.votes
    wanted = [
        WantedLabel(task, label, unique_id(snapshot.project.id, task, decision.number))
        for task, decision in sorted(snapshot.state.decisions.items())
        if decision.kind in LEFT_TO_MODEL
        and task not in answered
        and (label := snapshot.state.members[task].label) is not None
    ]
    tasks = {one.task for one in wanted}
    standing = [
        StandingLabel(one.id, one.task, one.answer, ground_truth=False)
        for one in snapshot.standing
        if one.kind == "model" and one.task in tasks
    ]
    return label_changes(snapshot, wanted, standing)


def _assignees(snapshot: Snapshot) -> Iterator[Step]:
    """Make those who are asked the assignees of their tasks, where the edition knows them."""
    if not snapshot.can_assign:
        return iter(())
    told = snapshot.ledger.writes(enterprise.KIND)
    notices = enterprise.assignee_notices(snapshot.state.assignments, told, snapshot.clock())
    return enterprise.steps(snapshot.studio, notices, snapshot.tunables.recorded_writes)
