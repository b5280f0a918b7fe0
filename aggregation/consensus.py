"""What people's answers and the model's beliefs together say of each task.

What there is to weigh depends on what is asked:

- One class or one pair: people's votes by the aggregator of the settings, and with the model's
  calibrated belief by `Fusion`. Where people are divided, the belief tips the scales.
- One step of a scale: people's votes by the ordinal model of `aggregation.by_type.scales`, which
  knows that they miss by a little more often than by much. Its prior of the true step is even, so
  Bayes' rule puts the model's belief in that place. A lone vote is often less probable than all
  its neighbours together, which is no division, so the label stays people's.
- Anything else: people's answers, control by control; see `aggregation.forms.form`. The model's
  belief in an answer of its own says nothing of theirs, so it is not mixed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from aggregation.beliefs import Belief, Posterior, spread
from aggregation.by_type.scales import Scales
from aggregation.classification.bayesian import SMOOTHING, Fusion
from aggregation.classification.registry import Aggregator, aggregator
from aggregation.forms.form import FormTruth, answers_by_control
from aggregation.votes import Answer, frame, of_model, of_people
from labeling.answers.types import AnswerType
from labeling.form.equivalence import Equivalence

DIVIDED = 0.5
"""People are divided where their own label is no more probable than this."""


@dataclass(frozen=True, slots=True)
class Said:
    """What people say, and what they and the model say together, by task.

    Attributes:
        labels: People's own label.
        consensus: How probable people alone make it.
        settled: Their label once the model's belief has tipped the scales between them.
        fused: How probable labels are by people and the model's calibrated belief.
    """

    labels: Mapping[int, str] = field(default_factory=dict)
    consensus: Mapping[int, Posterior] = field(default_factory=dict)
    settled: Mapping[int, str] = field(default_factory=dict)
    fused: Mapping[int, Posterior] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of the labels, by task.

    Attributes:
        people: People's answers, the latest of each person.
        accepted: The model's accepted answer.
        said: What these come to.
        believed: How probable the model alone makes labels.
    """

    people: Mapping[int, Sequence[Answer]]
    accepted: Mapping[int, Answer]
    said: Said
    believed: Mapping[int, Posterior]

    def posterior(self, task: int) -> Posterior | None:
        """Give how probable a task's labels are by all that is known; None where nothing is."""
        known = (self.said.fused, self.said.consensus, self.believed)
        return next((one[task] for one in known if task in one), None)


def weigh(
    answers: Sequence[Answer],
    beliefs: Mapping[int, Belief],
    labels: Sequence[str],
    equivalence: Equivalence | None,
    *,
    method: str,
    seed: int,
) -> Evidence:
    """Weigh everybody's answers and the model's beliefs.

    Args:
        answers: Everybody's answers, the model's accepted ones too. What cannot be read as an
            answer of the form counts for nothing.
        beliefs: The model's belief, by task.
        labels: Every label that is offered, where one of them is the answer.
        equivalence: The form; None for one class out of `labels`.
        method: The aggregator of votes for one label, by name; see
            `aggregation.classification.registry.METHODS`.
        seed: Seed of an aggregator that starts at random.

    Raises:
        SettingsError: There is no aggregator of that name.
    """
    consensus = aggregator(method, seed=seed)
    people = _readable(of_people(answers), equivalence)
    known = _all_labels(labels, answers, beliefs)
    kind = _kind(equivalence)
    if kind is None and equivalence is not None:
        believed = {task: {one.label: one.confidence} for task, one in beliefs.items()}
        said = _forms(people, FormTruth(equivalence, method, seed))
    else:
        believed = {task: spread(belief, known) for task, belief in beliefs.items()}
        trusted = {task: p for task, p in believed.items() if beliefs[task].calibrated}
        if kind is AnswerType.SCALE:
            said = _steps(people, trusted, labels)
        else:
            said = _classes(people, trusted, known, consensus)
    return Evidence(_by_task(people), of_model(answers), said, believed)


def _kind(equivalence: Equivalence | None) -> AnswerType | None:
    """Give the kind of the one choice that is asked for; None where more is."""
    if equivalence is None:
        return AnswerType.CLASS
    only = equivalence.form.only
    return only.answer_type if only is not None and equivalence.form.is_one_choice else None


def _classes(
    people: Sequence[Answer],
    trusted: Mapping[int, Posterior],
    labels: Sequence[str],
    consensus: Aggregator,
) -> Said:
    votes = frame(people)
    fusion = Fusion(labels).fit(votes, trusted) if people or trusted else None
    fused = _posteriors(fusion.probas_, labels) if fusion else {}
    if not people:
        return Said(fused=fused)
    consensus.fit(votes)
    own, alone = _labels(consensus.labels_), _posteriors(consensus.probas_, labels)
    together = _labels(fusion.labels_) if fusion else {}
    # People have the last word. Where they are divided, the model's belief tips the scales.
    settled = {
        task: together[task] if alone[task][label] <= DIVIDED else label
        for task, label in own.items()
    }
    return Said(own, alone, settled, fused)


def _steps(
    people: Sequence[Answer], trusted: Mapping[int, Posterior], labels: Sequence[str]
) -> Said:
    own: dict[int, str] = {}
    alone: dict[int, Posterior] = {}
    if people:
        scales = Scales(labels).fit(frame(people))
        own = _labels(scales.labels_)
        alone = _posteriors(scales.probas_, [str(step) for step in scales.probas_.columns])
    fused = {task: _updated(belief, alone.get(task, {})) for task, belief in trusted.items()}
    return Said(own, alone, own, fused)


def _forms(people: Sequence[Answer], truth: FormTruth) -> Said:
    joined = truth.fit(people).tasks_
    labels = {task: one.answer for task, one in joined.items()}
    alone = {task: {one.answer: one.confidence} for task, one in joined.items()}
    return Said(labels, alone, labels)


def _updated(belief: Posterior, votes: Posterior) -> Posterior:
    """Give the posterior of a belief by Bayes' rule, from what an even prior came to."""
    even = SMOOTHING / len(belief)
    masses = {
        label: ((1 - SMOOTHING) * p + even) * (votes.get(label, 0.0) if votes else 1.0)
        for label, p in belief.items()
    }
    total = sum(masses.values())
    return {label: mass / total for label, mass in masses.items()}


def _readable(people: Sequence[Answer], equivalence: Equivalence | None) -> list[Answer]:
    if equivalence is None or _kind(equivalence) in (AnswerType.CLASS, AnswerType.PAIR):
        return list(people)
    return [one for one in people if answers_by_control(equivalence.form, one.label)]


def _all_labels(
    labels: Sequence[str], answers: Sequence[Answer], beliefs: Mapping[int, Belief]
) -> list[str]:
    """List what the control offers, then what was once answered and is offered no more."""
    used = {answer.label for answer in answers}
    for belief in beliefs.values():
        used.update({belief.label, *belief.distribution})
    return list(dict.fromkeys([*labels, *sorted(used)]))


def _by_task(people: Sequence[Answer]) -> dict[int, list[Answer]]:
    by_task: dict[int, list[Answer]] = {}
    for answer in people:
        by_task.setdefault(answer.task, []).append(answer)
    return by_task


def _labels(labels: "pd.Series[str]") -> dict[int, str]:
    return {int(task): str(label) for task, label in zip(labels.index, labels, strict=True)}


def _posteriors(probas: pd.DataFrame, labels: Sequence[str]) -> dict[int, Posterior]:
    table = probas.reindex(columns=list(labels), fill_value=0.0)
    rows = table.to_numpy(dtype="float64").tolist()
    return {
        int(t): dict(zip(labels, row, strict=True))
        for t, row in zip(table.index, rows, strict=True)
    }
