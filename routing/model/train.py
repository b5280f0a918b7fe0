"""Teaching: when the backend learns from people's answers, and what is forecast from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregation.beliefs import PartBelief
from aggregation.subjective.opinions import opinions_by_task
from labeling.protocol.learn import AnsweredText, HeldOutResult, LearnRequest
from routing.decisions.round_status import RoundStatus
from routing.facts.project import ProjectFacts
from routing.facts.settled import SettledLabel
from routing.guarantee.hash_random import hash_uniform
from routing.ledger.held_out_belief import HeldOutBelief
from routing.ledger.records import Round
from routing.model.client import BackendClient
from routing.snapshot.snapshot import Snapshot

SAMPLE = 256
"""Texts, picked at random, that show the backend how the project's labels are spread."""

OPEN_SAMPLE = 2_000
"""Texts that nobody answered yet, picked at random, that confidence is to hold for."""


@dataclass(frozen=True, slots=True)
class TeachOutcome:
    """What teaching came to.

    Attributes:
        model_version: The version that the backend serves from now on.
        held_out: What it believes of the tasks that it learned from, each by what the others teach.
    """

    model_version: str
    held_out: Sequence[HeldOutBelief]


def is_due(status: RoundStatus, served: str) -> bool:
    """Return whether the backend is to learn now, or to say what it believes.

    It learns whenever people are done with what they were asked and said something new, for what
    is not decided; and where it no longer serves what it did, for what people have not answered,
    since that is what they see: there it learns anew, unless another version is in force by an
    admin's word or its own. Frozen labels need no learning.

    Args:
        status: Where the round stands.
        served: The version that the backend serves.

    Returns:
        Whether it learns now; always, before the first round.
    """
    facts, rounds = status.facts, status.facts.state.rounds
    if not rounds:
        return True
    if is_moved(status, served):
        return any(task not in facts.answers.votes for task in facts.open_tasks)
    if all(task in facts.state.decisions for task in facts.open_tasks):
        return False
    return status.is_answered and len(facts.settled) > rounds[-1].answers


def training_labels(status: RoundStatus) -> Mapping[int, SettledLabel]:
    """Return the labels to learn from, by task: none before the first pilot is answered.

    A version that moves while people are at the pilot would else learn from a part of it.
    """
    has_begun = any(one.answers for one in status.facts.state.rounds)
    if not has_begun and not status.is_answered:
        return {}
    return status.facts.settled


def is_moved(status: RoundStatus, served: str) -> bool:
    """Return whether the backend serves another version than the last round's.

    Args:
        status: Where the round stands.
        served: The version that the backend serves.

    Returns:
        Whether it does; never before the first round.
    """
    return bool(status.facts.state.rounds) and status.facts.model_version != served


def teach(
    snapshot: Snapshot,
    backend: BackendClient,
    labels: Mapping[int, SettledLabel],
    *,
    keep_version: bool = False,
) -> TeachOutcome:
    """Send the backend labels and samples of the texts; repeating it is free.

    Args:
        snapshot: The project.
        backend: Who learns.
        labels: What it learns from, by task; of opinions, what people are divided on is added.
        keep_version: Whether a version that is in force goes on, where it applies: it was put there
            since the last round, and is not to be undone by what was answered meanwhile.

    Returns:
        What the backend answered.
    """
    facts = snapshot.facts
    still_open = [task for task in facts.open_tasks if task not in facts.state.decisions]
    taught, request = learn_request(snapshot, labels, still_open if labels else (), OPEN_SAMPLE)
    learned = backend.learn(request.model_copy(update={"keep_version": keep_version}))
    held_out = zip(taught, learned.held_out, strict=True) if learned.held_out else ()
    version = learned.model_version
    return TeachOutcome(
        version, [_belief(task, version, one) for task, one in held_out if one is not None]
    )


def learn_request(
    snapshot: Snapshot, labels: Mapping[int, SettledLabel], open_tasks: Iterable[int], most: int
) -> tuple[Sequence[int], LearnRequest]:
    """Write down all that a project teaches.

    Args:
        snapshot: The project.
        labels: What is learned from, by task; of opinions, what people are divided on is added.
        open_tasks: Tasks that nobody answered.
        most: How many of these are sent at most, picked at random.

    Returns:
        The tasks that answers are of, in their order, and the request.
    """
    facts, state = snapshot.facts, snapshot.state
    labels = _with_divided(facts, labels)
    instruction, seed = snapshot.settings.prompt.instruction, snapshot.settings.policy.seed
    readable = [task for task, one in state.tasks.items() if one.unreadable is None]
    some = _sample(readable, SAMPLE, seed)
    some_open = _sample([*{*open_tasks} & {*readable}], most, seed)
    known = ((task, state.texts.get(task)) for task in sorted({*some, *some_open, *labels}))
    texts = {task: text for task, text in known if text is not None}
    taught = {task: one for task, one in sorted(labels.items()) if task in texts}
    opinions = opinions_by_task(facts.consensus)
    return [*taught], LearnRequest(
        project=str(snapshot.project.id),
        label_config=snapshot.form.config,
        instruction=snapshot.project.instruction if instruction is None else instruction,
        texts=[texts[task] for task in some if task in texts],
        answers=[
            AnsweredText(
                text=texts[task],
                label=one.label,
                probability=round(one.probability, 3),
                shares=opinions.get(task, {}),
            )
            for task, one in taught.items()
        ],
        open_texts=[texts[task] for task in some_open if task in texts],
    )


def _with_divided(
    facts: ProjectFacts, labels: Mapping[int, SettledLabel]
) -> Mapping[int, SettledLabel]:
    """Add the tasks that people are divided on, where their opinion is asked: that teaches too."""
    if not labels or not facts.equivalence.asks_for_opinion:
        return labels
    consensus = facts.consensus
    divided = {
        task: SettledLabel(label, consensus.probabilities[task])
        for task, label in consensus.labels.items()
        if facts.is_done(task)
    }
    return {**divided, **labels}


def _belief(task: int, version: str, result: HeldOutResult) -> HeldOutBelief:
    return HeldOutBelief(
        task=task,
        model_version=version,
        answer=result.answer,
        confidence=result.confidence,
        calibrated=result.calibrated,
        parts={
            name: PartBelief(part.confidence, part.distribution)
            for name, part in result.parts.items()
        },
    )


def new_round(facts: ProjectFacts, version: str, answers: int, at: datetime) -> Round:
    """Return the round in which a version learned; recorded nowhere yet.

    Args:
        facts: What was known before.
        version: The model version.
        answers: People's answers that it learned from.
        at: The moment.

    Returns:
        The round, without a forecast.
    """
    return Round(
        number=facts.state.rounds[-1].number + 1 if facts.state.rounds else 1,
        model_version=version,
        answers=answers,
        reviews=None,
        audits=None,
        left=None,
        reason="people begin with a random sample",
        at=at,
        label_config=facts.equivalence.form.config,
    )


def with_forecast(status: RoundStatus, record: Round) -> Round:
    """Return a round with what comes after it, as far as its version's predictions tell.

    Args:
        status: Where the round stands, with it as the last, and its version's predictions.
        record: The round.

    Returns:
        The round, as it is where nothing can be forecast.
    """
    next_round = status.next_round
    if next_round is None:
        return record
    plan = next_round.plan
    return replace(
        record,
        reviews=plan.reviews,
        audits=plan.audits,
        left=plan.left,
        reason=next_round.reason,
    )


def _sample(tasks: Sequence[int], size: int, seed: int) -> list[int]:
    return sorted(sorted(tasks, key=lambda task: hash_uniform(seed, "sample", task))[:size])
