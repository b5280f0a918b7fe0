"""What the ledger knows, in the terms of aggregation: items, answers, beliefs, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aggregation.beliefs import Belief
from aggregation.classification.bayesian import GUESS, Fusion
from aggregation.dataset.tasks import Item, TaskDecision
from aggregation.forms.clusters import ClusterTruth
from aggregation.forms.form import FormTruth
from aggregation.votes import Answer, frame, of_people
from labeling.answers.types import AnswerType
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from routing.decisions.policy import BLIND
from routing.ledger.records import LedgerAnnotation, LedgerPrediction, LedgerState

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
    """Give everybody's answers, wherever they were given; skipped annotations are none."""
    return [
        Answer(one.task, one.worker, one.answer, one.kind, one.updated_at, one.lead_time)
        for one in state.annotations
        if one.answer is not None and not one.was_cancelled
    ]


def final_answers(state: LedgerState) -> list[Answer]:
    """Give the answers that labels are made of: what was audited is labelled by blind ones alone.

    So the label is the very answer that the certificate counted, whoever looked at it later.
    """
    audited = {task for task, one in state.decisions.items() if one.kind == "audit"}
    kept = [
        one
        for one in state.annotations
        if one.blind or one.kind != "person" or one.task not in audited
    ]
    return answers(replace(state, annotations=kept))


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


def decisions(state: LedgerState, given_up: Mapping[int, int]) -> dict[int, TaskDecision]:
    """Give the latest decision of each task.

    Args:
        state: What is known.
        given_up: Votes that nobody is left to give, by task: they are not waited for.
    """
    return {
        task: TaskDecision(one.kind, one.reason, one.decided_at, one.votes - given_up.get(task, 0))
        for task, one in state.decisions.items()
    }


def votes(state: LedgerState) -> dict[int, tuple[str, ...]]:
    """Give people's labels of each task, one per person; tasks without any are left out."""
    by_task: dict[int, list[str]] = {}
    for answer in of_people(answers(state)):
        by_task.setdefault(answer.task, []).append(answer.label)
    return {task: tuple(labels) for task, labels in by_task.items()}


def blind_votes(state: LedgerState) -> dict[int, tuple[str, ...]]:
    """Give the labels that people gave without seeing the model's, as `votes` does."""
    return votes(blind_only(state))


def offered(state: LedgerState, form: Form) -> tuple[str, ...]:
    """List every answer that a form offers; where answers are open, those that are known."""
    if form.only is not None and form.is_one_choice:
        return tuple(candidate.value for candidate in form.only.candidates)
    given = {one.answer for one in state.annotations}
    believed = {one.answer for one in state.predictions}
    return tuple(sorted(answer for answer in given | believed if answer is not None))


def consensus(
    state: LedgerState, equivalence: Equivalence, *, with_model: bool
) -> dict[int, Consensus]:
    """Give the most probable label and its probability, for each task that people answered.

    Args:
        state: What is known.
        equivalence: The form, and which of its answers say the same.
        with_model: Whether the model's calibrated belief counts; without it, the labels are
            people's alone, and the model can be checked against them. It never does where more is
            asked for than one label.
    """
    people = of_people(answers(state))
    if not people:
        return {}
    if not _is_voted_on(equivalence):
        return _joined(equivalence, people)
    believed: Mapping[int, Mapping[str, float]] = {}
    if with_model:
        answered = {answer.task for answer in people}
        believed = {
            task: belief.distribution
            for task, belief in beliefs(state).items()
            if belief.calibrated and task in answered and belief.distribution
        }
    labels = offered(state, equivalence.form)
    posterior = Fusion(labels).fit_predict_proba(frame(people), believed)
    best = posterior.idxmax(axis=1)
    highest = posterior.max(axis=1)
    return {int(task): Consensus(str(best[task]), float(highest[task])) for task in posterior.index}


def _is_voted_on(equivalence: Equivalence) -> bool:
    """Tell whether the answer is one label that people vote on; a step of a scale is not."""
    only = equivalence.form.only
    return only is not None and only.answer_type in (AnswerType.CLASS, AnswerType.PAIR)


def _joined(equivalence: Equivalence, people: Sequence[Answer]) -> dict[int, Consensus]:
    """Give what people's answers come to, control by control, and how probable that is.

    It is as probable as the answers that say the same.
    """
    alike = ClusterTruth(equivalence).fit(people)
    return {
        task: Consensus(one.answer, alike.probability(task, one.answer))
        for task, one in FormTruth(equivalence).fit(people).tasks_.items()
    }


def blind_consensus(state: LedgerState, equivalence: Equivalence) -> dict[int, Consensus]:
    """Give the most probable label by blind votes alone, for each task that has some."""
    return consensus(blind_only(state), equivalence, with_model=False)


def said_of(
    frozen: Mapping[int, str | None], done: Mapping[int, Consensus], equivalence: Equivalence
) -> dict[int, Consensus]:
    """Put what people say in the words of the frozen label, where it says the same.

    So whoever checks a certificate compares strings, and need not know how answers are compared.
    """
    return {
        task: replace(one, label=label)
        if (label := frozen.get(task)) is not None and equivalence.is_same_answer(label, one.label)
        else one
        for task, one in done.items()
    }


def posteriors(
    state: LedgerState, equivalence: Equivalence, *, with_model: bool
) -> dict[int, float]:
    """Give the probability of the label that people give each task.

    Args:
        state: What is known.
        equivalence: See `consensus`.
        with_model: Whether the model's calibrated belief counts for or against it.
    """
    people = consensus(state, equivalence, with_model=False)
    if not with_model:
        return {task: one.probability for task, one in people.items()}
    joint = consensus(state, equivalence, with_model=True)
    return {
        task: joint[task].probability
        if joint[task].label == one.label
        else 1 - joint[task].probability
        for task, one in people.items()
    }


def skill(state: LedgerState, equivalence: Equivalence) -> float:
    """Give people's mean accuracy, each counting by what they answered."""
    people = of_people(answers(state))
    if not people:
        return GUESS
    if _is_voted_on(equivalence):
        fusion = Fusion(offered(state, equivalence.form)).fit(frame(people), {})
        fitted = {str(worker): float(one) for worker, one in fusion.skills_.items()}
    else:
        fitted = dict(ClusterTruth(equivalence).fit(people).skills_)
    known = [fitted[answer.worker] for answer in people if answer.worker in fitted]
    return sum(known) / len(known) if known else GUESS


def doubt(state: LedgerState, equivalence: Equivalence) -> float:
    """Give how often a label that people are done with is wrong, as far as repeated votes tell.

    Of an item with one vote nothing is known but a guess at the crowd, which counts for nothing.
    """
    settled, given = settled_by_people(state, equivalence), votes(state)
    repeated = [1 - one.probability for task, one in settled.items() if len(given[task]) > 1]
    return sum(repeated) / max(len(settled), 1)


def who_was_asked(state: LedgerState) -> dict[int, set[int]]:
    """Give who answered or skipped each task, wherever."""
    asked: dict[int, set[int]] = {}
    for one in state.annotations:
        if one.kind == "person":
            asked.setdefault(one.task, set()).add(one.worker_id)
    return asked


def settled_by_people(state: LedgerState, equivalence: Equivalence) -> dict[int, Consensus]:
    """Give people's own label of each task that they are done with; ties are left out.

    What is asked blind is settled by its blind votes; the others, by all.
    """
    return {
        **_settled(state, equivalence, is_blind=False),
        **_settled(blind_only(state), equivalence, is_blind=True),
    }


def _settled(
    state: LedgerState, equivalence: Equivalence, *, is_blind: bool
) -> dict[int, Consensus]:
    """Give the label of each task, asked blind or not, that has the votes that were asked for."""
    given = votes(state)
    return {
        task: one
        for task, one in consensus(state, equivalence, with_model=False).items()
        if one.probability > 0.5
        and task in state.decisions
        and (state.decisions[task].kind in BLIND) == is_blind
        and len(given[task]) >= state.decisions[task].votes
    }


def agreements(state: LedgerState, equivalence: Equivalence, *, blind: bool) -> list[bool]:
    """Tell of tasks that were to be reviewed whether the first answer agrees with the model.

    Some of these are picked at random to be asked blind, so the two lists differ by what the
    pre-label did: see `aggregation.quality.anchoring`.

    Args:
        state: What is known.
        equivalence: Says which answers are the same.
        blind: Of those that were asked blind; else of those that were asked beside the pre-label.
    """
    kind = "blind" if blind else "review"
    first: dict[int, LedgerAnnotation] = {}
    for one in sorted(state.annotations, key=lambda one: (one.created_at, one.id)):
        if one.kind == "person" and one.answer is not None and one.blind == blind:
            first.setdefault(one.task, one)
    by_id = {one.id: one.answer for one in state.predictions}
    latest = predictions(state)
    return [
        equivalence.is_same_answer(
            one.answer or "", by_id.get(one.parent_prediction or 0, latest[task].answer) or ""
        )
        for task, one in sorted(first.items())
        if task in latest and task in state.decisions and state.decisions[task].kind == kind
    ]


def blind_only(state: LedgerState) -> LedgerState:
    """Give the state with no answers but the blind ones."""
    return replace(state, annotations=[one for one in state.annotations if one.blind])
