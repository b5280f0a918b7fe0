"""The one consensus of a project: what people's answers and the model's beliefs come to.

It is fitted once, by the aggregator that the settings name, and whoever wants a label of a task or
to know how sure it is reads it here: the certificate, the decisions, learning, report and export.
So an exported label is the one that the certificate counted, whatever the aggregator.

How answers become labels depends on what is asked:

- One class or one pair: by the aggregator of the settings, and with the model's calibrated belief
  by `Fusion`, with the same model of workers.
- One step of a scale: by the ordinal model of `aggregation.by_type.scales`, which knows that people
  miss by a little more often than by much. Its prior of the true step is even, so Bayes' rule puts
  the model's belief in that place.
- Anything else: control by control; see `aggregation.forms.form`. The model's calibrated belief of
  a control is the prior of its consensus, by its answer type; see `aggregation.by_type`.

People's own label is what their answers alone come to. The *final* label is the most probable one
by all that is known: the maximum a posteriori of their answers and the model's belief.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from aggregation.beliefs import Belief, Posterior, spread
from aggregation.classification.bayesian import Fusion
from aggregation.classification.model_fit import SIMPLEST, WorkerModelName
from aggregation.classification.registry import AUTO, aggregator
from aggregation.classification.worker_models import GUESS
from aggregation.control_votes import NO_CONTROLS, ControlVotes
from aggregation.forms.clusters import ClusterTruth
from aggregation.forms.form import FormTruth, answers_by_control, beliefs_of
from aggregation.forms.joint import joint_posteriors
from aggregation.forms.known_ballots import known_ballots
from aggregation.people import (
    CrowdConfusion,
    PeopleConsensus,
    by_form,
    by_votes,
    to_posteriors,
)
from aggregation.posteriors import likeliest, probability_of, updated
from aggregation.votes import Answer, frame, of_model, of_people
from labeling.answers.types import AnswerType
from labeling.form.equivalence import Equivalence

DIVIDED = 0.5
"""People are divided where their own label is no more probable than this."""

VOTED_ON = (AnswerType.CLASS, AnswerType.PAIR)


@dataclass(frozen=True)
class ProjectConsensus:
    """The consensus on every task of a project; each part is fitted when it is first read.

    Two are equal where they rest on the same answers and beliefs, and are fitted alike.

    Args:
        answers: The answers that count: of a task that was asked blind, the blind ones alone. The
            model's accepted ones are among them. What cannot be read as an answer of the form
            counts for nothing.
        beliefs: The model's present belief, by task.
        offered: Every label that is offered, where one of them is the answer.
        equivalence: The form; None for one class out of `offered`.
        method: The aggregator of votes for one label, by name; see
            `aggregation.classification.registry.METHODS`.
        seed: Seed of an aggregator that starts at random.
        controls: What people said of control tasks, which tells how good they are, of steps of
            scales, and of classes and pairs by the Bayesian models. They come out without a label.

    Raises:
        SettingsError: There is no aggregator of that name.

    Examples:
        >>> from datetime import UTC, datetime
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> votes = [("ann", "good"), ("bob", "good"), ("cyd", "bad")]
        >>> answers = [Answer(1, worker, label, "person", noon) for worker, label in votes]
        >>> consensus = ProjectConsensus(answers, {}, ("good", "bad"))
        >>> consensus.labels
        {1: 'good'}
        >>> round(consensus.probabilities[1], 2)
        0.81
    """

    answers: Sequence[Answer]
    beliefs: Mapping[int, Belief]
    offered: Sequence[str]
    equivalence: Equivalence | None = None
    method: str = AUTO
    seed: int = 0
    controls: ControlVotes = NO_CONTROLS

    def __post_init__(self) -> None:
        """Refuse a method that does not exist, before anything is fitted."""
        aggregator(self.method, seed=self.seed)

    @cached_property
    def people(self) -> Mapping[int, Sequence[Answer]]:
        """People's answers, the latest of each person, by task."""
        by_task: dict[int, list[Answer]] = {}
        for answer in self._people:
            by_task.setdefault(answer.task, []).append(answer)
        return by_task

    @cached_property
    def accepted(self) -> Mapping[int, Answer]:
        """The model's accepted answer, by task."""
        return of_model(self.answers)

    @property
    def labels(self) -> Mapping[int, str]:
        """People's own label of each task that they answered."""
        return self._alone.labels

    @property
    def posteriors(self) -> Mapping[int, Posterior]:
        """How probable people alone make labels, by task."""
        return self._alone.posteriors

    @property
    def probabilities(self) -> Mapping[int, float]:
        """How probable people alone make their own label, by task, in [0, 1]."""
        return self._alone.probabilities

    @property
    def skills(self) -> Mapping[str, float]:
        """How good each worker's answers are expected to be, in [0, 1]."""
        return self._alone.skills

    @property
    def accuracies(self) -> Mapping[str, float]:
        """The same, shrunk towards the crowd's where few answers tell."""
        return self._alone.accuracies

    @property
    def worker_model(self) -> WorkerModelName | None:
        """How people are taken to err; None where the aggregator is none of ours, or not needed."""
        return self._alone.worker_model

    @property
    def crowd_confusion(self) -> CrowdConfusion | None:
        """What people say of each true label; None where one accuracy tells it."""
        return self._alone.crowd_confusion

    @cached_property
    def crowd_accuracy(self) -> float:
        """People's mean accuracy in [0, 1], each counting by what they answered."""
        known = self._alone.accuracies
        each = [known[one.worker] for one in self._people if one.worker in known]
        return fmean(each) if each else GUESS

    @cached_property
    def joint(self) -> Mapping[int, Posterior]:
        """How probable people and the model's calibrated belief make labels of answered tasks."""
        if not self._people:
            return {}
        if self._answer_type is None and self.equivalence is not None:
            tasks = {task for of_control in self._control_beliefs.values() for task in of_control}
            return joint_posteriors(self.form_joint, self.labels, tasks, self.equivalence)
        trusted = {
            task: spread(belief, self._known)
            for task, belief in self._answered_beliefs
            if belief.calibrated
        }
        if self._answer_type is AnswerType.SCALE:
            return {task: updated(one, self.posteriors[task]) for task, one in trusted.items()}
        if not trusted and self.worker_model is not None:
            return self.posteriors
        model = self.worker_model or SIMPLEST
        votes = frame([*self._people, *self.controls.answers])
        fusion = Fusion(self._known, model=model).fit(votes, trusted, self.controls.known)
        return to_posteriors(fusion.probas_, self._known)

    @cached_property
    def final_labels(self) -> Mapping[int, str]:
        """The most probable label by people's answers and the model's belief, of answered tasks."""
        return {
            task: likeliest(self.joint[task]) if self._is_joint(task) else label
            for task, label in self.labels.items()
        }

    @cached_property
    def final_probabilities(self) -> Mapping[int, float]:
        """How probable the final label is, by task.

        Of what is not voted on, people's own label stays as probable as they make it.
        """
        is_voted_on = self._answer_type in VOTED_ON
        return {
            task: self.joint[task][label]
            if self._is_joint(task) and (is_voted_on or label != self.labels[task])
            else self.probabilities[task]
            for task, label in self.final_labels.items()
        }

    def is_undivided(self, task: int) -> bool:
        """Return whether people have a label of their own: no tie of one, or of several."""
        is_voted_on = self._answer_type in VOTED_ON
        return task in self.labels and (not is_voted_on or self.probabilities[task] > DIVIDED)

    @cached_property
    def probabilities_with_model(self) -> Mapping[int, float]:
        """How probable people's own label is once the model speaks for or against it, by task."""
        if self._answer_type not in VOTED_ON:
            return self.probabilities
        return {
            task: probability_of(label, self.joint[task]) for task, label in self.labels.items()
        }

    @cached_property
    def form_truth(self) -> FormTruth:
        """People's answers control by control.

        Raises:
            ValueError: No form is known.
        """
        if self.equivalence is None:
            raise ValueError("There is no form to aggregate by")
        return self._form(self.equivalence).fit(self._people)

    @cached_property
    def form_joint(self) -> FormTruth:
        """People's answers and the model's calibrated beliefs, control by control.

        Raises:
            ValueError: No form is known.
        """
        if self.equivalence is None or not any(self._control_beliefs.values()):
            return self.form_truth
        return self._form(self.equivalence).fit(self._people, self._control_beliefs)

    def _form(self, equivalence: Equivalence) -> FormTruth:
        ballots = known_ballots(equivalence, self.controls)
        return FormTruth(equivalence, self.method, self.seed, ballots)

    def posterior(self, task: int) -> Posterior | None:
        """Return how probable a task's labels are by all that is known; None where nothing is."""
        for known in (self.joint, self.posteriors):
            if task in known:
                return known[task]
        belief = self.beliefs.get(task)
        if belief is None:
            return None
        if self._answer_type is None:
            return {belief.label: belief.confidence}
        believed = spread(belief, self._known)
        return updated(believed, {}) if belief.calibrated else believed

    def _is_joint(self, task: int) -> bool:
        """Return whether a task's label is read off `joint`: a belief, or a tie, speaks for it."""
        belief = self.beliefs.get(task)
        is_believed = belief is not None and belief.calibrated
        return task in self.joint and (is_believed or not self.is_undivided(task))

    @cached_property
    def _control_beliefs(self) -> Mapping[str, Mapping[int, Belief]]:
        """What is believed of each control of a form, of tasks that people answered."""
        if self.equivalence is None:
            return {}
        return beliefs_of(self.equivalence.form, dict(self._answered_beliefs))

    @cached_property
    def _answer_type(self) -> AnswerType | None:
        """The type of the one choice that is asked for; None where more is."""
        if self.equivalence is None:
            return AnswerType.CLASS
        form = self.equivalence.form
        return form.only.answer_type if form.only is not None and form.is_one_choice else None

    @cached_property
    def _people(self) -> list[Answer]:
        people = of_people(self.answers)
        if self.equivalence is None or self._answer_type in VOTED_ON:
            return people
        return [one for one in people if answers_by_control(self.equivalence.form, one.label)]

    @cached_property
    def _known(self) -> list[str]:
        """What is offered, then what was once answered and is offered no more."""
        used = {answer.label for answer in [*self.answers, *self.controls.answers]}
        used.update(*self.controls.known.values())
        used.update(belief.label for belief in self.beliefs.values())
        # What is believed of a task beside its answer matters where people's answers meet it.
        used.update(*(belief.distribution for _, belief in self._answered_beliefs))
        return list(dict.fromkeys([*self.offered, *sorted(used)]))

    @cached_property
    def _answered_beliefs(self) -> list[tuple[int, Belief]]:
        """What the model believes of tasks that people answered, by ascending id."""
        return [(task, self.beliefs[task]) for task in sorted(self.people) if task in self.beliefs]

    @cached_property
    def _alone(self) -> PeopleConsensus:
        if not self._people:
            return PeopleConsensus()
        if self._answer_type in VOTED_ON:
            return by_votes(self._people, self._known, self.method, self.seed, self.controls)
        is_scale = self._answer_type is AnswerType.SCALE
        return by_form(self.form_truth, self._clusters, is_scale=is_scale)

    @cached_property
    def _clusters(self) -> ClusterTruth:
        if self.equivalence is None:
            raise ValueError("There is no form to compare answers by")
        return ClusterTruth(self.equivalence).fit(self._people)
