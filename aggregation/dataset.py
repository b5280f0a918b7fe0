"""The finished dataset: one row an item, with its label, how sure it is, and where it is from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pandas as pd

from aggregation.fusion import Fusion
from aggregation.truth import Aggregator, aggregator
from aggregation.votes import Answer, frame, of_model, of_people

Source = Literal["model", "people", "both"]
Posterior = dict[str, float]
"""Probability of every label; sums to 1."""

LEFT_TO_MODEL = ("accept",)
"""Kinds of decisions that leave the label to the model until a person has answered."""

DIVIDED = 0.5
"""People are divided where their own label is no more probable than this."""

COLUMNS = (
    "task",
    "text",
    "label",
    "posterior",
    "confidence",
    "source",
    "people_label",
    "votes",
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
class Belief:
    """What the model believes of one task.

    Attributes:
        label: Its answer.
        confidence: Probability that the answer is right, in [0, 1].
        distribution: Probability of every candidate; may be empty where only `confidence` is known.
        model_version: The version that answered.
        calibrated: Whether people's answers stand behind `confidence`; only then is it believed.
    """

    label: str
    confidence: float
    distribution: Mapping[str, float] = field(default_factory=dict)
    model_version: str = ""
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the controller decided about one task.

    Attributes:
        kind: `pilot`, `review`, `blind`, `audit` or `accept`; the last leaves the label to the
            model for as long as no person has answered.
        reason: Why, in one line.
        at: When it was decided.
        votes: People that are to answer before the item counts as done.
    """

    kind: str
    reason: str
    at: datetime
    votes: int = 1


def build(
    items: Sequence[Item],
    answers: Sequence[Answer],
    beliefs: Mapping[int, Belief],
    rulings: Mapping[int, Ruling],
    *,
    labels: Sequence[str],
    method: str = "bayesian-one-coin",
    seed: int = 0,
) -> pd.DataFrame:
    """Put together what is known of every item.

    Args:
        items: All items of the project; the rows keep their order.
        answers: Everybody's answers, the model's accepted ones too.
        beliefs: The model's present belief, by task.
        rulings: The latest decision, by task.
        labels: Every label that the control offers.
        method: The aggregator of people's votes, by name; see `aggregation.truth.METHODS`.
        seed: Seed of an aggregator that starts at random.

    Returns:
        A frame with `COLUMNS`. `label` is None where the item is not resolved yet, and `reason`
        says why. `posterior` and `model_distribution` are dicts, `votes` a list of dicts with
        `worker`, `label`, `at` and `lead_time`, `labelled_by` a list of names.

    Raises:
        SettingsError: There is no aggregator of that name.
    """
    known = _all_labels(labels, answers, beliefs)
    evidence = _weigh(answers, beliefs, known, aggregator(method, seed=seed))
    rows = [_row(item, beliefs.get(item.task), rulings.get(item.task), evidence) for item in items]
    # Plain objects, since pandas would write None as NaN into columns of its own kinds.
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")
    return table.astype({"task": "int64", "confidence": "float64", "model_confidence": "float64"})


def spread(belief: Belief, labels: Sequence[str]) -> Posterior:
    """Write a belief as the probability of every label.

    The answer keeps its `confidence`, which is what was calibrated; the rest goes to the other
    labels as the distribution shares it out, evenly where it does not say.
    """
    others = {label: belief.distribution.get(label, 0.0) for label in labels}
    others.pop(belief.label, None)
    total = sum(others.values())
    rest = 1.0 - belief.confidence
    shares = {
        label: rest * (p / total if total > 0 else 1 / len(others)) for label, p in others.items()
    }
    return {label: shares.get(label, belief.confidence) for label in labels}


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What all answers and beliefs together say of each task, by task."""

    people: Mapping[int, list[Answer]]
    accepted: Mapping[int, Answer]
    people_labels: Mapping[int, str]
    consensus: Mapping[int, Posterior]
    fused: Mapping[int, Posterior]
    fused_labels: Mapping[int, str]
    believed: Mapping[int, Posterior]


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
        return self.posterior[self.label]


def _weigh(
    answers: Sequence[Answer],
    beliefs: Mapping[int, Belief],
    labels: Sequence[str],
    consensus: Aggregator,
) -> _Evidence:
    people = of_people(answers)
    votes = frame(people)
    by_task: dict[int, list[Answer]] = {}
    for answer in people:
        by_task.setdefault(answer.task, []).append(answer)
    believed = {task: spread(belief, labels) for task, belief in beliefs.items()}
    trusted = {task: p for task, p in believed.items() if beliefs[task].calibrated}
    fusion = Fusion(labels).fit(votes, trusted) if people or trusted else None
    if people:
        consensus.fit(votes)
    return _Evidence(
        people=by_task,
        accepted=of_model(answers),
        people_labels=_by_task(consensus.labels_) if people else {},
        consensus=_posteriors(consensus.probas_, labels) if people else {},
        fused=_posteriors(fusion.probas_, labels) if fusion else {},
        fused_labels=_by_task(fusion.labels_) if fusion else {},
        believed=believed,
    )


def _row(
    item: Item, belief: Belief | None, ruling: Ruling | None, evidence: _Evidence
) -> dict[str, Any]:
    verdict = _decide(item, belief, ruling, evidence)
    voted = evidence.people.get(item.task, [])
    return {
        "task": item.task,
        "text": item.text,
        "label": verdict.label,
        "posterior": verdict.posterior,
        "confidence": verdict.confidence,
        "source": verdict.source,
        "people_label": evidence.people_labels.get(item.task),
        "votes": [
            {"worker": a.worker, "label": a.label, "at": a.at, "lead_time": a.lead_time}
            for a in voted
        ],
        "model_label": belief.label if belief else None,
        "model_confidence": belief.confidence if belief else None,
        "model_distribution": dict(belief.distribution) if belief else None,
        "model_version": belief.model_version if belief else None,
        "model_calibrated": belief.calibrated if belief else None,
        "decision": ruling.kind if ruling else None,
        "reason": verdict.reason,
        "decided_at": ruling.at if ruling else None,
        "labelled_at": verdict.at,
        "labelled_by": list(verdict.by),
    }


def _decide(
    item: Item, belief: Belief | None, ruling: Ruling | None, evidence: _Evidence
) -> _Verdict:
    voted = evidence.people.get(item.task, [])
    left_to_model = ruling is not None and ruling.kind in LEFT_TO_MODEL
    wanted = 1 if ruling is None or left_to_model else max(1, ruling.votes)
    if len(voted) >= wanted:
        return _decided_with_people(item.task, voted, belief, ruling, evidence)
    if left_to_model and ruling is not None:
        return _decided_by_model(item.task, belief, ruling, evidence)
    posterior = evidence.fused.get(item.task) or evidence.believed.get(item.task)
    return _Verdict(None, posterior, None, _why_open(item, ruling, wanted - len(voted), wanted))


def _decided_with_people(
    task: int,
    voted: Sequence[Answer],
    belief: Belief | None,
    ruling: Ruling | None,
    evidence: _Evidence,
) -> _Verdict:
    reason = ruling.reason if ruling else "people answered before it was routed"
    at = max(answer.at for answer in voted)
    people = tuple(answer.worker for answer in voted)
    said = evidence.people_labels[task]
    if belief is not None and belief.calibrated:
        # People have the last word. Where they are divided, the model's belief tips the scales.
        is_divided = evidence.consensus[task][said] <= DIVIDED
        label = evidence.fused_labels[task] if is_divided else said
        by = (*people, belief.model_version)
        return _Verdict(label, evidence.fused[task], "both", reason, at, by)
    return _Verdict(said, evidence.consensus[task], "people", reason, at, people)


def _decided_by_model(
    task: int, belief: Belief | None, ruling: Ruling, evidence: _Evidence
) -> _Verdict:
    accepted = evidence.accepted.get(task)
    posterior = evidence.fused.get(task) or evidence.believed.get(task)
    if accepted is not None:
        return _Verdict(
            accepted.label, posterior, "model", ruling.reason, accepted.at, (accepted.worker,)
        )
    if belief is not None:
        by = (belief.model_version,)
        return _Verdict(belief.label, posterior, "model", ruling.reason, ruling.at, by)
    return _Verdict(None, None, None, "left to the model, which has no prediction of it")


def _why_open(item: Item, ruling: Ruling | None, missing: int, wanted: int) -> str:
    if item.text is None:
        return "the task has no text that can be read"
    if ruling is None:
        return "not routed yet"
    return f"waits for {missing} of {wanted} people: {ruling.reason}"


def _all_labels(
    labels: Sequence[str], answers: Sequence[Answer], beliefs: Mapping[int, Belief]
) -> list[str]:
    """List what the control offers, then what was once answered and is offered no more."""
    used = {answer.label for answer in answers}
    for belief in beliefs.values():
        used.update({belief.label, *belief.distribution})
    return list(dict.fromkeys([*labels, *sorted(used)]))


def _by_task(labels: "pd.Series[str]") -> dict[int, str]:
    return {int(task): str(label) for task, label in zip(labels.index, labels, strict=True)}


def _posteriors(probas: pd.DataFrame, labels: Sequence[str]) -> dict[int, Posterior]:
    table = probas.reindex(columns=list(labels), fill_value=0.0)
    rows = table.to_numpy(dtype="float64").tolist()
    return {
        int(t): dict(zip(labels, row, strict=True))
        for t, row in zip(table.index, rows, strict=True)
    }
