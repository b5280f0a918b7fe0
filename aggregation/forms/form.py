"""A form's answers, aggregated control by control and joined into one answer per task."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from aggregation.by_type import TypeAggregator, aggregator_for
from aggregation.by_type.regions import settled
from aggregation.classification.registry import AUTO
from aggregation.votes import VOTE_COLUMNS, Answer
from labeling.answers.plain_values import content
from labeling.answers.types import AnswerType, paths_of
from labeling.controls import Control, OfRegions
from labeling.errors import AnswerError
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form


@dataclass(frozen=True, slots=True)
class TaskConsensus:
    """What people say of one task.

    Attributes:
        answer: The form's answer: each control's consensus, less what does not show beside the
            others.
        confidence: Probability that all that counts of it is right, as if controls erred on their
            own, in [0, 1].
    """

    answer: str
    confidence: float


class FormTruth:
    """People's answers to a form become one answer per task.

    Each control is aggregated by its answer type; see `aggregation.by_type`. A control that
    somebody left unanswered has one vote less. What is asked of regions is aggregated once it is
    settled which there are, by those who marked them.

    Args:
        equivalence: The form, and which of its controls count.
        method: See `aggregation.by_type.aggregator_for`.
        seed: See `aggregation.by_type.aggregator_for`.

    Attributes:
        controls_: The fitted aggregator of each control that anybody answered, by its name.
        tasks_: What people say of each task that anybody answered.
        skills_: How like the truth each worker's answers are expected to be, in [0, 1]: the mean
            over the controls that count.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from aggregation.votes import Answer
        >>> from labeling.form.equivalence import Equivalence
        >>> from labeling.form.form import parse
        >>> form = parse(
        ...     '<View><Text name="t" value="$t"/><Rating name="mood" toName="t"/>'
        ...     '<Number name="age" toName="t"/></View>'
        ... )
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> answers = [
        ...     Answer(1, "ann", '{"age":"30","mood":"4"}', "person", noon, None),
        ...     Answer(1, "bob", '{"age":"30","mood":"4"}', "person", noon, None),
        ...     Answer(1, "cyd", '{"age":"35","mood":"4"}', "person", noon, None),
        ... ]
        >>> FormTruth(Equivalence(form)).fit(answers).tasks_[1].answer
        '{"age":"30","mood":"4"}'
    """

    controls_: Mapping[str, TypeAggregator]
    tasks_: Mapping[int, TaskConsensus]
    skills_: Mapping[str, float]

    def __init__(self, equivalence: Equivalence, method: str = AUTO, seed: int = 0) -> None:
        self._equivalence = equivalence
        self._method = method
        self._seed = seed

    def fit(self, answers: Sequence[Answer]) -> "FormTruth":
        """Estimate the truth behind people's answers; those that the form lacks are left out."""
        votes = votes_of(self._equivalence, answers)
        fitted: dict[str, TypeAggregator] = {}
        for control in self._equivalence.form.controls:
            own = votes[control.from_name]
            if isinstance(control, OfRegions) and control.marks.from_name in fitted:
                own = settled(own, fitted[control.marks.from_name].labels_)
            if not own.empty:
                fitted[control.from_name] = self._aggregator(control).fit(own)
        self.controls_ = fitted
        self.tasks_ = self._task_consensus()
        self.skills_ = self._skills()
        return self

    def _aggregator(self, control: Control) -> TypeAggregator:
        return aggregator_for(
            control.answer_type,
            inner=control.inner.answer_type,
            labels=labels_of(control.inner),
            method=self._method,
            seed=self._seed,
        )

    def _task_consensus(self) -> dict[int, TaskConsensus]:
        tasks = sorted({int(t) for one in self.controls_.values() for t in one.labels_.index})
        consensus = {}
        for task in tasks:
            answers = {
                name: str(one.labels_[task])
                for name, one in self.controls_.items()
                if task in one.labels_.index
            }
            answer = self._equivalence.form.answer(answers)
            if answer is not None:
                consensus[task] = TaskConsensus(answer, self._confidence(task, answer))
        return consensus

    def _confidence(self, task: int, answer: str) -> float:
        shown = self._equivalence.form.answers(answer)
        return math.prod(
            float(self.controls_[control.from_name].confidence_[task])
            for control in self._equivalence.form.controls
            if control.from_name in shown and self._equivalence.counts(control)
        )

    def _skills(self) -> dict[str, float]:
        counted = [
            self.controls_[control.from_name].skills_
            for control in self._equivalence.form.controls
            if control.from_name in self.controls_ and self._equivalence.counts(control)
        ]
        if not counted:
            return {}
        means = pd.concat(counted).groupby(level=0).mean()
        return {str(worker): float(skill) for worker, skill in means.items()}


def votes_of(equivalence: Equivalence, answers: Sequence[Answer]) -> dict[str, pd.DataFrame]:
    """Take answers apart: for each control, by its name, a frame `task, worker, label`.

    Args:
        equivalence: The form.
        answers: People's; what is no answer of the form is left out.

    Returns:
        A frame per control, by the control's name; empty where nobody answered it.
    """
    rows: dict[str, list[tuple[int, str, str]]] = {
        control.from_name: [] for control in equivalence.form.controls
    }
    for answer in answers:
        for name, label in answers_by_control(equivalence.form, answer.label).items():
            rows[name].append((answer.task, answer.worker, label))
    return {
        name: pd.DataFrame(found, columns=list(VOTE_COLUMNS)).astype(
            {"task": "int64", "worker": "str", "label": "str"}
        )
        for name, found in rows.items()
    }


def answers_by_control(form: Form, answer: str) -> dict[str, str]:
    """Take an answer apart: each control's, by its name; nothing, where it is none of the form.

    Args:
        form: The form.
        answer: What should be an answer of it.

    Returns:
        Each control's answer, by its name.
    """
    try:
        answers = form.answers(answer)
        for control in form.controls:
            if control.from_name in answers:
                content(
                    control.answer_type, answers[control.from_name], inner=control.inner.answer_type
                )
    except AnswerError:
        return {}
    return answers


def is_same_when_read(equivalence: Equivalence, one: str, other: str) -> bool:
    """Return whether two answers say the same; what cannot be read is like itself alone.

    Args:
        equivalence: Which answers say the same.
        one: An answer, which another label config may have allowed.
        other: Another one.
    """
    if one == other:
        return True
    form = equivalence.form
    is_read = bool(answers_by_control(form, one)) and bool(answers_by_control(form, other))
    return is_read and equivalence.is_same_answer(one, other)


def labels_of(control: Control) -> list[str]:
    """List what a control offers, as its answer type's aggregator wants to know it."""
    if control.answer_type is AnswerType.PATHS:
        values = [
            value for one in control.candidates for path in paths_of(one.value) for value in path
        ]
        return list(dict.fromkeys(values))
    return [candidate.value for candidate in control.candidates]
