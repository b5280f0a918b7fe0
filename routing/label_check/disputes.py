"""Disputes of suspected labels, recorded for the next pass to ask people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregation.label_errors.records import Suspicion
from labeling.errors import SettingsError
from routing.decisions.decide import with_decisions
from routing.decisions.policy import number_after
from routing.facts.project import ProjectFacts
from routing.label_check.pick import askable, pick
from routing.ledger.label_checks import (
    LabelCheck,
    PickedLabel,
    label_checks,
    record_label_check,
)
from routing.ledger.records import Decision
from routing.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class DisputedLabels:
    """What became of a wish to have suspected labels reviewed.

    Attributes:
        new: The labels that people are asked about from now on.
        waiting: How many of earlier checks people have not answered yet.
    """

    new: Sequence[PickedLabel]
    waiting: int


def dispute_labels(
    snapshot: Snapshot, suspicions: Sequence[Suspicion], labels: Mapping[int, str], count: int
) -> DisputedLabels:
    """Have people asked again about suspected labels, until so many wait for them.

    What an earlier check gave is never given again, and what of it waits counts, so that repeating
    it gives nothing twice.

    Args:
        snapshot: The project.
        suspicions: All, the most suspect first.
        labels: The form's answer that stands, by task.
        count: How many labels may wait for people.

    Returns:
        What people are asked about now.

    Raises:
        SettingsError: Nobody who reviews is left to be asked about any of them.
    """
    facts, checks = snapshot.facts, label_checks(snapshot.ledger)
    given = {one.task for check in checks for one in check.picks}
    waiting = len(given & facts.votes_owed.keys())
    free = askable(suspicions, given | facts.votes_owed.keys())
    if count <= waiting or not free:
        return DisputedLabels((), waiting)
    decisions = {one.task: _dispute(snapshot, one) for one in free}
    asked = facts.with_state(with_decisions(facts.state, [*decisions.values()])).votes_owed
    open_ = [one for one in free if one.task in asked]
    if not open_:
        raise SettingsError(
            "Everybody who reviews answered all suspected labels before",
            where="reviewers",
            hint="Name somebody who did not, or raise policy.max_votes to one more than the votes"
            " that there are.",
        )
    picks = pick(open_, labels, count - waiting, facts.settings.policy.seed)
    picked = {one.task for one in picks}
    others: dict[float, int] = {}
    for one in askable(suspicions, given | picked):
        probability = round(one.probability, 4)
        others[probability] = others.get(probability, 0) + 1
    check = LabelCheck(len(checks) + 1, snapshot.clock(), picks, others)
    record_label_check(snapshot.ledger, check, [decisions[one.task] for one in picks])
    return DisputedLabels(picks, waiting)


def _dispute(snapshot: Snapshot, one: Suspicion) -> Decision:
    """Return the decision to ask one more person about a label."""
    facts = snapshot.facts
    prediction = facts.predictions.latest.get(one.task)
    return Decision(
        task=one.task,
        number=number_after(facts.state.decisions, one.task),
        kind="dispute",
        votes=max(_votes(facts, one.task) + 1, facts.settings.policy.votes),
        reason=f"its label is wrong with probability {one.probability:.2f}: {one.kind}",
        model_version=prediction.model_version if prediction else facts.model_version,
        confidence=prediction.confidence if prediction else None,
        decided_at=snapshot.clock(),
    )


def _votes(facts: ProjectFacts, task: int) -> int:
    return len(facts.answers.votes.get(task, ()))
