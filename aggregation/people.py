"""What people alone come to, without the model: their labels, and how good they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

import pandas as pd

from aggregation.beliefs import Posterior
from aggregation.by_type.scales import Scales
from aggregation.classification.bayesian import Fusion
from aggregation.classification.model_fit import SIMPLEST, WorkerModelName
from aggregation.classification.registry import BAYESIAN, Aggregator, aggregator
from aggregation.control_votes import NO_CONTROLS, ControlVotes
from aggregation.forms.clusters import ClusterTruth
from aggregation.forms.form import FormTruth
from aggregation.votes import Answer, frame

CrowdConfusion = Mapping[str, Mapping[str, float]]
"""What somebody of a crowd says, P(vote | label): by true label, then by vote."""


@dataclass(frozen=True, slots=True)
class PeopleConsensus:
    """What people alone come to.

    Attributes:
        labels: Their label of each task.
        posteriors: Probability of every label, by task.
        probabilities: Probability that their label is right, by task.
        skills: Expected share of each worker's right answers, or similarity to the truth, in [0,
            1].
        accuracies: The same, shrunk towards the crowd's where few answers tell.
        worker_model: How workers are taken to err; None, where the aggregator is none of ours.
        crowd_confusion: What people say of each label; None where one accuracy tells it.
    """

    labels: Mapping[int, str] = field(default_factory=dict)
    posteriors: Mapping[int, Posterior] = field(default_factory=dict)
    probabilities: Mapping[int, float] = field(default_factory=dict)
    skills: Mapping[str, float] = field(default_factory=dict)
    accuracies: Mapping[str, float] = field(default_factory=dict)
    worker_model: WorkerModelName | None = None
    crowd_confusion: CrowdConfusion | None = None


def by_votes(
    people: Sequence[Answer],
    labels: Sequence[str],
    method: str,
    seed: int,
    controls: ControlVotes = NO_CONTROLS,
) -> PeopleConsensus:
    """Aggregate votes for one label.

    Args:
        people: People's answers, one of a worker a task; one at least.
        labels: Every label that may be the answer.
        method: The aggregator, by name.
        seed: Seed of an aggregator that starts at random.
        controls: What people said of control tasks; only the Bayesian models learn from it.

    Returns:
        What they come to, by task.

    Raises:
        SettingsError: There is no aggregator of that name.
    """
    fitted: Fusion | Aggregator
    if method in BAYESIAN:
        fitted = fusion = Fusion(labels, model=BAYESIAN[method])
        fusion.fit(frame([*people, *controls.answers]), {}, controls.known)
        worker_model, crowd_confusion = fusion.model_, _crowd_confusion(fusion)
    else:
        fitted = aggregator(method, seed=seed).fit(frame(people))
        worker_model, crowd_confusion = None, None
    posteriors, own = to_posteriors(fitted.probas_, labels), fitted.labels_
    by_task = {int(task): str(label) for task, label in zip(own.index, own, strict=True)}
    return PeopleConsensus(
        labels=by_task,
        posteriors=posteriors,
        probabilities={task: posteriors[task][label] for task, label in by_task.items()},
        skills=_expected_accuracy(people, posteriors),
        accuracies=_numbers(fitted.skills_),
        worker_model=worker_model,
        crowd_confusion=crowd_confusion,
    )


def by_form(truth: FormTruth, clusters: ClusterTruth, *, is_scale: bool) -> PeopleConsensus:
    """Put together what people's answers to a form come to.

    Args:
        truth: Fitted to them: each control's consensus.
        clusters: Fitted to them, too: how probable answers are, as far as they say the same.
        is_scale: One step of a scale is all that is asked for.

    Returns:
        What they come to, by task. Of a scale, the posterior has every step; else, the consensus
        alone.
    """
    joined = truth.tasks_
    posteriors: dict[int, Posterior] = {
        task: {one.answer: one.confidence} for task, one in joined.items()
    }
    scales = next(iter(truth.controls_.values()), None) if is_scale else None
    if isinstance(scales, Scales):
        steps = [str(step) for step in scales.probas_.columns]
        posteriors = to_posteriors(scales.probas_, steps)
    return PeopleConsensus(
        labels={task: one.answer for task, one in joined.items()},
        posteriors=posteriors,
        probabilities={
            task: clusters.probability(task, one.answer) for task, one in joined.items()
        },
        skills=truth.skills_,
        accuracies=clusters.skills_,
    )


def to_posteriors(probas: pd.DataFrame, labels: Sequence[str]) -> dict[int, Posterior]:
    """Return an aggregator's frame of probabilities as posteriors.

    Args:
        probas: A row a task, a column a label.
        labels: Every label; one that the frame lacks has probability 0.

    Returns:
        The probability of every label, by task.
    """
    table = probas.reindex(columns=list(labels), fill_value=0.0)
    rows = table.to_numpy(dtype="float64").tolist()
    return {
        int(task): dict(zip(labels, row, strict=True))
        for task, row in zip(table.index, rows, strict=True)
    }


def _crowd_confusion(fusion: Fusion) -> CrowdConfusion | None:
    if fusion.model_ == SIMPLEST:
        return None
    table = fusion.crowd_confusion_
    rows = table.to_numpy(dtype="float64").tolist()
    labels = [str(label) for label in table.columns]
    return {
        label: dict(zip(labels, row, strict=True)) for label, row in zip(labels, rows, strict=True)
    }


def _expected_accuracy(
    people: Sequence[Answer], posteriors: Mapping[int, Posterior]
) -> dict[str, float]:
    """Return the mean posterior probability of the labels that each worker gave."""
    given: dict[str, list[float]] = {}
    for one in people:
        given.setdefault(one.worker, []).append(posteriors[one.task][one.label])
    return {worker: fmean(given[worker]) for worker in sorted(given)}


def _numbers(skills: "pd.Series[float]") -> dict[str, float]:
    return {str(worker): float(skill) for worker, skill in skills.items()}
