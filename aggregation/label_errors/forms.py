"""Suspected errors where more than one choice is asked: each control by its answer type."""

from collections.abc import Mapping, Sequence

from aggregation.beliefs import PartBelief
from aggregation.by_type.base import TypeAggregator
from aggregation.by_type.classes import Classes
from aggregation.by_type.scales import Scales
from aggregation.by_type.sets import Sets
from aggregation.by_type.spans import Spans
from aggregation.consensus import ProjectConsensus
from aggregation.forms.form import answers_by_control
from aggregation.label_errors.choices import OF_MODEL
from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.label_errors.sets import suspect_set
from aggregation.label_errors.spans import share_found, spans_believed, suspect_spans
from labeling.answers.types import CHOICES, AnswerType, Span
from labeling.controls import Control
from labeling.form.equivalence import Equivalence

Parts = Mapping[int, Mapping[str, PartBelief]]
"""What the model believes of each control, out of fold, by task and by the control's name."""


def suspect_form(
    consensus: ProjectConsensus, equivalence: Equivalence, standing: Mapping[int, str], parts: Parts
) -> list[Suspicion]:
    """Say of every standing answer how probable it is that a control that counts is wrong.

    Args:
        consensus: What people's answers come to, control by control.
        equivalence: The form, and which of its controls count.
        standing: The form's answer that stands, by task.
        parts: What the model believes of each control.

    Returns:
        The most suspect control of each task, in the tasks' order.
    """
    apart = {task: answers_by_control(equivalence.form, one) for task, one in standing.items()}
    found = [
        one
        for control in equivalence.form.controls
        if equivalence.counts(control)
        for one in _of_control(control, consensus, equivalence, apart, parts)
    ]
    worst: dict[int, Suspicion] = {}
    for one in found:
        if one.task not in worst or one.probability > worst[one.task].probability:
            worst[one.task] = one
    return [worst[task] for task in standing if task in worst]


def _of_control(
    control: Control,
    consensus: ProjectConsensus,
    equivalence: Equivalence,
    apart: Mapping[int, Mapping[str, str]],
    parts: Parts,
) -> list[Suspicion]:
    name = control.from_name
    labels = {task: own[name] for task, own in apart.items() if name in own}
    believed = {task: own[name] for task, own in parts.items() if name in own and task in labels}
    fitted = consensus.form_truth.controls_.get(name) if consensus.people else None
    spans, found = {}, 0.0
    if control.answer_type is AnswerType.SPANS:
        spans = {task: spans_believed(one.distribution) for task, one in believed.items()}
        found = share_found(labels, spans)
    posteriors = _by_votes(fitted)
    suspected = []
    for task, label in labels.items():
        votes = [
            (answer.worker, own[name])
            for answer in consensus.people.get(task, ())
            if name in (own := answers_by_control(equivalence.form, answer.label))
        ]
        belief = believed.get(task)
        one: Suspicion | None
        if control.answer_type is AnswerType.SET:
            distribution = belief.distribution if belief else {}
            one = suspect_set(task, name, label, votes, _by_label(fitted, task), distribution)
        elif control.answer_type is AnswerType.SPANS:
            marginals = _by_span(fitted, task)
            one = suspect_spans(task, name, label, votes, marginals, spans.get(task), found)
        else:
            one = _whole(control, task, label, votes, fitted, posteriors.get(task, {}), belief)
        suspected += [one] if one else []
    return suspected


def _whole(
    control: Control,
    task: int,
    label: str,
    votes: Sequence[tuple[str, str]],
    fitted: TypeAggregator | None,
    by_votes: Mapping[str, float],
    belief: PartBelief | None,
) -> Suspicion | None:
    """Suspect an answer as a whole: that of a choice by each label, any other by its confidence."""
    given_by = tuple(worker for worker, answer in votes if answer == label)
    other, other_probability = "", 0.0
    is_choice = control.answer_type in CHOICES
    if is_choice and (posterior := _posterior(by_votes, belief)):
        right = posterior.get(label, 0.0)
        others = {one: p for one, p in posterior.items() if one != label}
        other = max(sorted(others), key=lambda one: round(others[one], 9), default="")
        other_probability = others.get(other, 0.0)
    elif fitted is not None and fitted.labels_.get(task) == label:
        right = float(fitted.confidence_[task])
    elif not votes and belief is not None:
        right = belief.confidence
    else:
        return None
    return Suspicion(
        task=task,
        control=control.from_name,
        kind=ErrorKind.WRONG_LABEL if is_choice else ErrorKind.WRONG_ANSWER,
        probability=1 - right,
        label=label,
        other=other,
        other_probability=other_probability,
        given_by=given_by or (OF_MODEL,) * (not votes),
        votes_for=len(given_by),
        votes_against=len(votes) - len(given_by),
    )


def _by_votes(fitted: TypeAggregator | None) -> dict[int, dict[str, float]]:
    """Return the probability of each label of a choice by votes alone, by task."""
    if not isinstance(fitted, Classes | Scales):
        return {}
    rows = fitted.probas_.to_dict("index").items()
    return {int(str(task)): {str(label): p for label, p in row.items()} for task, row in rows}


def _posterior(by_votes: Mapping[str, float], belief: PartBelief | None) -> dict[str, float]:
    """Return the probability of each label of a choice: votes, times what the model believes."""
    by_belief = dict(belief.distribution) if belief else {}
    if not by_votes or not by_belief:
        return {**by_votes, **by_belief}
    least = min(by_votes.values())  # of a label that nobody named anywhere
    masses = {label: by_votes.get(label, least) * p for label, p in by_belief.items()}
    total = sum(masses.values())
    return {label: mass / total for label, mass in masses.items()} if total > 0 else {**by_votes}


def _by_label(fitted: TypeAggregator | None, task: int) -> dict[str, float]:
    return fitted.marginals_.get(task, {}) if isinstance(fitted, Sets) else {}


def _by_span(fitted: TypeAggregator | None, task: int) -> dict[Span, float]:
    return fitted.marginals_.get(task, {}) if isinstance(fitted, Spans) else {}
