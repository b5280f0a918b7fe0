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
from aggregation.label_errors.opinions import as_opinion
from aggregation.label_errors.records import ErrorKind, Suspicion, givers
from aggregation.label_errors.sets import suspect_set
from aggregation.label_errors.spans import spans_believed, suspect_spans
from aggregation.subjective.opinions import NO_OPINIONS, ControlOpinions
from labeling.answers.types import CHOICES, AnswerType
from labeling.controls import Control
from labeling.form.equivalence import Equivalence

Marginals = Mapping[int, Mapping[str, float]]
"""Of answered tasks, the probability of each label of a choice, by task."""


def suspect_form(
    consensus: ProjectConsensus,
    equivalence: Equivalence,
    standing: Mapping[int, str],
    opinions: Mapping[str, ControlOpinions] = NO_OPINIONS,
) -> list[Suspicion]:
    """Say of every standing answer how probable it is that a control that counts is wrong.

    Args:
        consensus: Votes weighed by skill, with the model's belief out of fold as their prior.
        equivalence: The form, and which of its controls count.
        standing: The form's answer that stands, by task.
        opinions: What people say of each control, where any asks for an opinion.

    Returns:
        The most suspect control of each task, in the tasks' order.
    """
    apart = {task: answers_by_control(equivalence.form, one) for task, one in standing.items()}
    worst: dict[int, Suspicion] = {}
    for control in equivalence.form.controls:
        if not equivalence.counts(control):
            continue
        own = opinions.get(control.from_name)
        for one in _of_control(control, consensus, equivalence, apart):
            one = as_opinion(one, own) if own else one
            if one.task not in worst or one.probability > worst[one.task].probability:
                worst[one.task] = one
    return [worst[task] for task in standing if task in worst]


def _of_control(
    control: Control,
    consensus: ProjectConsensus,
    equivalence: Equivalence,
    apart: Mapping[int, Mapping[str, str]],
) -> list[Suspicion]:
    name = control.from_name
    fitted = consensus.form_joint.controls_.get(name) if consensus.people else None
    by_label = _by_label(fitted)
    suspected = []
    for task, own in apart.items():
        if name not in own:
            continue
        votes = [
            (answer.worker, said[name])
            for answer in consensus.people.get(task, ())
            if name in (said := answers_by_control(equivalence.form, answer.label))
        ]
        whole = consensus.beliefs.get(task)
        # What people answered is fitted with the belief; of all else the belief speaks alone.
        belief = None if votes or whole is None else whole.parts.get(name)
        suspected.append(_suspect(control, task, own[name], votes, fitted, by_label, belief))
    return [one for one in suspected if one]


def _suspect(
    control: Control,
    task: int,
    label: str,
    votes: Sequence[tuple[str, str]],
    fitted: TypeAggregator | None,
    by_label: Marginals,
    belief: PartBelief | None,
) -> Suspicion | None:
    believed = belief.distribution if belief else {}
    if control.answer_type is AnswerType.SET:
        applies = fitted.marginals_.get(task) if isinstance(fitted, Sets) else None
        return suspect_set(task, control.from_name, label, votes, applies or believed)
    if control.answer_type is AnswerType.SPANS:
        probable = fitted.marginals_.get(task) if isinstance(fitted, Spans) else None
        spans = probable or spans_believed(believed)
        return suspect_spans(task, control.from_name, label, votes, spans)
    agreed = [worker for worker, answer in votes if answer == label]
    is_choice = control.answer_type in CHOICES
    posterior = by_label.get(task, believed) if is_choice else {}
    others = {one: p for one, p in posterior.items() if one != label}
    other = max(sorted(others), key=lambda one: round(others[one], 9), default="")
    right = posterior.get(label, 0.0) if posterior else _confidence(fitted, task, label, belief)
    if right is None:
        return None
    return Suspicion(
        task=task,
        control=control.from_name,
        kind=ErrorKind.WRONG_LABEL if is_choice else ErrorKind.WRONG_ANSWER,
        probability=1 - right,
        label=label,
        other=other,
        other_probability=others.get(other, 0.0),
        given_by=givers(agreed, votes),
        votes_for=len(agreed),
        votes_against=len(votes) - len(agreed),
    )


def _confidence(
    fitted: TypeAggregator | None, task: int, label: str, belief: PartBelief | None
) -> float | None:
    """Return how sure an answer is that is no choice; None: nothing tells."""
    if fitted is not None and task in fitted.labels_.index:
        sure = float(fitted.confidence_[task])
        return sure if fitted.labels_[task] == label else min(sure, 1 - sure)
    return belief.confidence if belief else None


def _by_label(fitted: TypeAggregator | None) -> Marginals:
    if not isinstance(fitted, Classes | Scales):
        return {}
    rows = fitted.probas_.to_dict("index").items()
    return {int(str(task)): {str(label): p for label, p in row.items()} for task, row in rows}
