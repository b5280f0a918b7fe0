"""What the ledger knows, in the terms of aggregation: items, answers, beliefs, rulings."""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregation.dataset import Belief, Item, Ruling
from aggregation.fusion import Fusion
from aggregation.votes import Answer, frame, of_people
from routing.ledger.records import LedgerPrediction, LedgerState
from routing.threshold import Checked

UNCALIBRATED = "uncalibrated"


@dataclass(frozen=True, slots=True)
class Consensus:
    """The most probable label of a task, and its probability."""

    label: str
    probability: float


def items(state: LedgerState) -> list[Item]:
    """Give what is labelled, by ascending id."""
    return [Item(task.id, task.text) for _, task in sorted(state.tasks.items())]


def answers(state: LedgerState) -> list[Answer]:
    """Give everybody's answers; skipped annotations are none."""
    return [
        Answer(one.task, one.worker, one.answer, one.kind, one.updated_at, one.lead_time)
        for one in state.annotations
        if one.answer is not None and not one.was_cancelled
    ]


def predictions(state: LedgerState, version: str | None = None) -> dict[int, LedgerPrediction]:
    """Give each task's latest prediction of Tandem's, by task; of one version where named."""
    latest: dict[int, LedgerPrediction] = {}
    for one in sorted(state.predictions, key=lambda prediction: prediction.id):
        is_ours = one.answer is not None and one.calibrator is not None
        if is_ours and version in (None, one.model_version):
            latest[one.task] = one
    return latest


def beliefs(state: LedgerState) -> dict[int, Belief]:
    """Give what the model believes of each task, by its latest prediction."""
    return {
        task: Belief(
            label=one.answer,
            confidence=one.confidence,
            distribution=one.distribution,
            model_version=one.model_version,
            calibrated=one.calibrator != UNCALIBRATED,
        )
        for task, one in predictions(state).items()
        if one.answer is not None and one.confidence is not None
    }


def rulings(state: LedgerState, given_up: Mapping[int, int]) -> dict[int, Ruling]:
    """Give the latest decision of each task.

    Args:
        state: What is known.
        given_up: Votes that nobody is left to give, by task: they are not waited for.
    """
    return {
        task: Ruling(one.kind, one.reason, one.decided_at, one.votes - given_up.get(task, 0))
        for task, one in state.decisions.items()
    }


def votes(state: LedgerState) -> dict[int, tuple[str, ...]]:
    """Give people's labels of each task, one a person; tasks without any are left out."""
    by_task: dict[int, list[str]] = {}
    for answer in of_people(answers(state)):
        by_task.setdefault(answer.task, []).append(answer.label)
    return {task: tuple(labels) for task, labels in by_task.items()}


def consensus(
    state: LedgerState, labels: tuple[str, ...], *, with_model: bool
) -> dict[int, Consensus]:
    """Give the most probable label and its probability, for each task that people answered.

    Args:
        state: What is known.
        labels: Every label that the control offers.
        with_model: Whether the model's calibrated belief counts; without it, the labels are
            people's alone, and the model can be checked against them.
    """
    people = of_people(answers(state))
    if not people:
        return {}
    believed: Mapping[int, Mapping[str, float]] = {}
    if with_model:
        answered = {answer.task for answer in people}
        believed = {
            task: belief.distribution
            for task, belief in beliefs(state).items()
            if belief.calibrated and task in answered and belief.distribution
        }
    posterior = Fusion(labels).fit_predict_proba(frame(people), believed)
    best = posterior.idxmax(axis=1)
    highest = posterior.max(axis=1)
    return {int(task): Consensus(str(best[task]), float(highest[task])) for task in posterior.index}


def settled_by_people(state: LedgerState, labels: tuple[str, ...]) -> dict[int, Consensus]:
    """Give people's own label of each task that they are done with; ties are left out."""
    given = votes(state)
    return {
        task: one
        for task, one in consensus(state, labels, with_model=False).items()
        if one.probability > 0.5
        and task in state.decisions
        and len(given[task]) >= state.decisions[task].votes
    }


def checked(state: LedgerState, settled: Mapping[int, Consensus], version: str) -> list[Checked]:
    """Hold the predictions of one version against people's labels, by task."""
    present = predictions(state, version)
    return [
        Checked(present[task].confidence or 0.0, present[task].answer == one.label)
        for task, one in settled.items()
        if task in present
    ]
