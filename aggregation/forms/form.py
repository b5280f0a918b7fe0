"""A form's answers, aggregated control by control and joined into one answer per task."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from aggregation.beliefs import Belief, PartBelief
from aggregation.by_type import TypeAggregator, aggregator_for
from aggregation.by_type.base import NO_BELIEFS, Beliefs
from aggregation.by_type.regions import settled, settled_beliefs
from aggregation.classification.registry import AUTO
from aggregation.control_votes import NO_BALLOTS, KnownBallots
from aggregation.votes import VOTE_COLUMNS, Answer
from labeling.answers.plain_values import content
from labeling.answers.types import AnswerType, paths_of
from labeling.controls import Control, OfRegions
from labeling.errors import AnswerError
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form

NO_CONTROL: Mapping[str, Beliefs] = MappingProxyType({})
NOTHING_KNOWN: Mapping[str, KnownBallots] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TaskConsensus:
    """What people say of one task, or people and the model.

    Attributes:
        answer: The form's answer: each control's consensus, less what does not show beside the
            others.
        confidence: Probability that all that counts of it is right, as if controls erred on their
            own, in [0, 1].
    """

    answer: str
    confidence: float


class FormTruth:
    """People's answers to a form become one answer per task; with the model's beliefs, if given.

    Each control is aggregated by its answer type; see `aggregation.by_type`. A control that
    somebody left unanswered has one vote less. What is asked of regions is aggregated once it is
    settled which there are, by those who marked them.

    Args:
        equivalence: The form, and which of its controls count.
        method: See `aggregation.by_type.aggregator_for`.
        seed: See `aggregation.by_type.aggregator_for`.
        known: What people said of control tasks, by control; see `aggregation.forms.known_ballots`.

    Attributes:
        controls_: The fitted aggregator of each control that anybody answered, by its name.
        tasks_: The consensus on each task that anybody answered.
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

    def __init__(
        self,
        equivalence: Equivalence,
        method: str = AUTO,
        seed: int = 0,
        known: Mapping[str, KnownBallots] = NOTHING_KNOWN,
    ) -> None:
        self._equivalence = equivalence
        self._method = method
        self._seed = seed
        self._known = known

    def fit(
        self, answers: Sequence[Answer], beliefs: Mapping[str, Beliefs] = NO_CONTROL
    ) -> "FormTruth":
        """Estimate the truth behind people's answers.

        Args:
            answers: People's; what is no answer of the form is left out.
            beliefs: What the model believes, by control; see `beliefs_of`.

        Returns:
            The fitted truth itself.
        """
        votes = votes_of(self._equivalence, answers)
        fitted: dict[str, TypeAggregator] = {}
        for control in self._equivalence.form.controls:
            own = votes[control.from_name]
            prior = beliefs.get(control.from_name, NO_BELIEFS)
            if isinstance(control, OfRegions) and control.marks.from_name in fitted:
                marked = fitted[control.marks.from_name].labels_
                own, prior = settled(own, marked), settled_beliefs(prior, marked)
            if not own.empty:
                fitted[control.from_name] = self._aggregator(control).fit(own, prior)
        self.controls_ = fitted
        self.tasks_ = self._task_consensus()
        self.skills_ = self._skills()
        return self

    def probability(self, task: int, answer: str) -> float:
        """Return how probable an answer is at most, as if controls erred on their own, in [0, 1].

        It is what it shares with the consensus, and of everything else what that leaves over.

        Args:
            task: A task with a consensus.
            answer: An answer of the form.

        Returns:
            The probability; the consensus has its `confidence`, and nothing has more.
        """
        form = self._equivalence.form
        said, agreed = form.answers(answer), form.answers(self.tasks_[task].answer)
        return math.prod(
            self.control_probability(control, task, said.get(control.from_name))
            for control in self._counted(agreed)
        )

    def control_probability(self, control: Control, task: int, answer: str | None) -> float:
        """Return how probable an answer to one control is at most, in [0, 1].

        Args:
            control: A control that somebody answered on that task.
            task: The task.
            answer: An answer of it; None: it is left unanswered.

        Returns:
            The confidence in the control's consensus, or what that leaves over.
        """
        fitted = self.controls_[control.from_name]
        sure = float(fitted.confidence_[task])
        is_same = self._equivalence.is_same(control, str(fitted.labels_[task]), answer)
        return sure if is_same else min(sure, 1 - sure)

    def _aggregator(self, control: Control) -> TypeAggregator:
        return aggregator_for(
            control.answer_type,
            inner=control.inner.answer_type,
            labels=labels_of(control.inner),
            method=self._method,
            seed=self._seed,
            known=self._known.get(control.from_name, NO_BALLOTS),
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
            for control in self._counted(shown)
        )

    def _counted(self, shown: Mapping[str, str]) -> Iterator[Control]:
        """List the controls that count among those that show."""
        for control in self._equivalence.form.controls:
            if control.from_name in shown and self._equivalence.counts(control):
                yield control

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


def beliefs_of(form: Form, beliefs: Beliefs) -> dict[str, dict[int, Belief]]:
    """Take beliefs apart: for each control, by its name, what is believed of it, by task.

    Args:
        form: The form.
        beliefs: What the model believes, by task. Only what is calibrated counts, of an answer of
            the form, and of controls of which it is known how sure the model is.

    Returns:
        The beliefs of each control, each as sure as its part of the model's answer.
    """
    found: dict[str, dict[int, Belief]] = {control.from_name: {} for control in form.controls}
    for task, belief in beliefs.items():
        if not belief.calibrated:
            continue
        for name, answer in answers_by_control(form, belief.label).items():
            part = belief.parts.get(name)
            if part is None and form.only is not None:
                part = PartBelief(belief.confidence, belief.distribution)
            if part is not None:
                found[name][task] = Belief(
                    answer, part.confidence, part.distribution, calibrated=True
                )
    return found


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
