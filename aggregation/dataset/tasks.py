"""The finished dataset: one row an item, with its label, how sure it is, and where it is from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pandas as pd

from aggregation.beliefs import Belief, Posterior
from aggregation.consensus import ProjectConsensus
from aggregation.subjective.opinions import NO_OPINIONS, ControlOpinions
from aggregation.votes import Answer

Source = Literal["model", "people", "both"]

LEFT_TO_MODEL = ("accept",)
"""Kinds of decisions that leave the label to the model until a person has answered."""

DISPUTED = ("dispute",)
"""Kinds of decisions that leave the label as it is until another person has answered."""

COLUMNS = (
    "task",
    "text",
    "label",
    "posterior",
    "confidence",
    "source",
    "people_label",
    "votes",
    "people_distribution",
    "no_single_truth",
    "model_label",
    "model_confidence",
    "model_distribution",
    "model_version",
    "model_calibrated",
    "decision",
    "reason",
    "decided_at",
    "labelled_at",
    "labelled_by",
)


@dataclass(frozen=True, slots=True)
class Item:
    """What is labelled: a task and its text; None where the task has none that can be read."""

    task: int
    text: str | None


@dataclass(frozen=True, slots=True)
class TaskDecision:
    """What the controller decided about one task.

    Attributes:
        kind: `pilot`, `review`, `blind`, `audit`, `dispute` or `accept`; the last leaves the label
            to the model for as long as no person has answered.
        reason: Why, in one line.
        at: When it was decided.
        votes: People that are to answer before the item counts as done.
        frozen: The label that the model is left with; None: none was frozen.
    """

    kind: str
    reason: str
    at: datetime
    votes: int = 1
    frozen: str | None = None


def build(
    items: Sequence[Item],
    consensus: ProjectConsensus,
    decisions: Mapping[int, TaskDecision],
    *,
    people: Mapping[int, str] | None = None,
    final: Mapping[int, str] | None = None,
    opinions: Mapping[str, ControlOpinions] = NO_OPINIONS,
) -> pd.DataFrame:
    """Put together what is known of every item.

    Args:
        items: All items of the project; the rows keep their order.
        consensus: What people's answers and the model's beliefs come to.
        decisions: The latest decision, by task.
        people: People's own label of each task that they answered; None: the consensus's.
        final: The label of each of these tasks; None: the most probable by all that is known.
        opinions: What people say of each control that asks for one choice.

    Returns:
        A frame with `COLUMNS`. `label` is None where the item is not resolved yet, and `reason`
        says why. `posterior` and `model_distribution` are dicts, `votes` a list of dicts with
        `worker`, `label`, `at` and `lead_time`, `labelled_by` a list of names. `confidence` is NaN
        where nothing tells how sure the label is. `people_distribution` is a dict of the share of
        people who would give each label, where one choice is all that is asked and the opinions
        tell; `no_single_truth` says whether they call a control that counts a matter of opinion, or
        the item one that able people differ about.
    """
    known = _Known(
        consensus,
        consensus.labels if people is None else people,
        consensus.final_labels if final is None else final,
        opinions,
    )
    rows = [_row(item, decisions.get(item.task), known) for item in items]
    # Plain objects, since pandas would write None as NaN into columns of its own kinds.
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    return table.astype({"task": "int64", "confidence": "float64", "model_confidence": "float64"})


def answers_in(dataset: pd.DataFrame) -> list[Answer]:
    """Read people's answers back out of what `build` gave."""
    return [
        Answer(int(task), vote["worker"], vote["label"], "person", vote["at"], vote["lead_time"])
        for task, votes in zip(dataset["task"], dataset["votes"], strict=True)
        for vote in votes
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """The consensus, what people's labels and the final ones are, and what people say."""

    consensus: ProjectConsensus
    people: Mapping[int, str]
    final: Mapping[int, str]
    opinions: Mapping[str, ControlOpinions]

    def votes(self, task: int) -> Sequence[Answer]:
        return self.consensus.people.get(task, ())

    def distribution(self, task: int) -> Posterior | None:
        """Return what people would say of a task, where one choice is all that is asked."""
        equivalence = self.consensus.equivalence
        only = equivalence.form.only if equivalence else None
        opinions = self.opinions.get(only.from_name) if only else None
        return opinions.distributions.shares.get(task) if opinions else None

    def has_single_truth(self, task: int) -> bool:
        equivalence = self.consensus.equivalence
        counted = filter(equivalence.counts, equivalence.form.controls) if equivalence else ()
        told = (self.opinions.get(control.from_name) for control in counted)
        return all(one.has_single_truth(task) for one in told if one)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """One item's label and where it comes from; without a label, why there is none."""

    label: str | None
    posterior: Posterior | None
    source: Source | None
    reason: str
    at: datetime | None = None
    by: tuple[str, ...] = ()

    @property
    def confidence(self) -> float | None:
        if self.label is None or self.posterior is None:
            return None
        return self.posterior.get(self.label)


def _row(item: Item, decision: TaskDecision | None, known: _Known) -> dict[str, Any]:
    belief = known.consensus.beliefs.get(item.task)
    verdict = _decide(item, belief, decision, known)
    return {
        "task": item.task,
        "text": item.text,
        "label": verdict.label,
        "posterior": verdict.posterior,
        "confidence": verdict.confidence,
        "source": verdict.source,
        "people_label": known.people.get(item.task),
        "votes": [
            {"worker": a.worker, "label": a.label, "at": a.at, "lead_time": a.lead_time}
            for a in known.votes(item.task)
        ],
        "people_distribution": known.distribution(item.task),
        "no_single_truth": not known.has_single_truth(item.task),
        "model_label": belief.label if belief else None,
        "model_confidence": belief.confidence if belief else None,
        "model_distribution": dict(belief.distribution) if belief else None,
        "model_version": belief.model_version if belief else None,
        "model_calibrated": belief.calibrated if belief else None,
        "decision": decision.kind if decision else None,
        "reason": verdict.reason,
        "decided_at": decision.at if decision else None,
        "labelled_at": verdict.at,
        "labelled_by": list(verdict.by),
    }


def _decide(
    item: Item, belief: Belief | None, decision: TaskDecision | None, known: _Known
) -> _Verdict:
    voted = known.votes(item.task)
    is_disputed = decision is not None and decision.kind in DISPUTED
    left_to_model = decision is not None and (
        decision.kind in LEFT_TO_MODEL or (is_disputed and decision.frozen is not None)
    )
    wanted = 1 if decision is None or left_to_model or is_disputed else max(1, decision.votes)
    if len(voted) >= wanted:
        return _decided_with_people(item.task, belief, decision, known)
    if left_to_model and decision is not None:
        return _decided_by_model(item.task, belief, decision, known.consensus)
    posterior = known.consensus.posterior(item.task)
    return _Verdict(None, posterior, None, _why_open(item, decision, wanted - len(voted), wanted))


def _decided_with_people(
    task: int, belief: Belief | None, decision: TaskDecision | None, known: _Known
) -> _Verdict:
    reason = decision.reason if decision else "people answered before it was routed"
    consensus, voted = known.consensus, known.votes(task)
    at = max(answer.at for answer in voted)
    people = tuple(answer.worker for answer in voted)
    if belief is not None and belief.calibrated and task in consensus.joint:
        by = (*people, belief.model_version)
        return _Verdict(known.final[task], consensus.joint[task], "both", reason, at, by)
    return _Verdict(known.final[task], consensus.posteriors[task], "people", reason, at, people)


def _decided_by_model(
    task: int, belief: Belief | None, decision: TaskDecision, consensus: ProjectConsensus
) -> _Verdict:
    accepted = consensus.accepted.get(task)
    posterior = consensus.posterior(task)
    if accepted is not None:
        return _Verdict(
            accepted.label, posterior, "model", decision.reason, accepted.at, (accepted.worker,)
        )
    # A frozen label stands, whatever became of the annotation and the prediction that said it.
    label = decision.frozen or (belief.label if belief else None)
    if label is not None:
        by = (belief.model_version,) if belief else ()
        return _Verdict(label, posterior, "model", decision.reason, decision.at, by)
    return _Verdict(None, None, None, "left to the model, which has no prediction of it")


def _why_open(item: Item, decision: TaskDecision | None, missing: int, wanted: int) -> str:
    if item.text is None:
        return "the task has no text that can be read"
    if decision is None:
        return "not routed yet"
    return f"waits for {missing} of {wanted} people: {decision.reason}"
