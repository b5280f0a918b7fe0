"""Teaching: when the backend learns from people's answers, and what is forecast from it."""

from collections.abc import Mapping, Sequence

from labeling.protocol import AnsweredText, LearnRequest, LearnResponse
from routing.decisions.decide import answered, is_round_answered, next_round_of, version_of
from routing.facts import project as facts
from routing.facts.populations import open_tasks
from routing.facts.project import Consensus
from routing.guarantee.hash_random import chance
from routing.ledger.records import Round
from routing.snapshot.observe import Snapshot

SAMPLE = 256
"""Texts, picked at random, that show the backend how the project's labels are spread."""

OPEN_SAMPLE = 2_000
"""Texts that nobody answered yet, picked at random, that confidence is to hold for."""


def is_due(snapshot: Snapshot, served: str) -> bool:
    """Tell whether the backend is to learn now.

    It learns whenever people are done with what they were asked and said something new, for what
    is not decided; and anew, where it no longer serves what it was taught, for what people have not
    answered, since that is what they see. Frozen labels need no teaching.

    Args:
        snapshot: What is known.
        served: The version that the backend serves.
    """
    rounds = snapshot.state.rounds
    if not rounds:
        return True
    tasks = open_tasks(snapshot.state)
    if version_of(snapshot) != served:
        given = facts.votes(snapshot.state)
        return any(task not in given for task in tasks)
    if all(task in snapshot.state.decisions for task in tasks):
        return False
    return is_round_answered(snapshot) and answered(snapshot) > rounds[-1].answers


def lesson(snapshot: Snapshot) -> dict[int, Consensus]:
    """Give the labels to learn from, by task: none before the first pilot is answered.

    A version that moves while people are at the pilot would else be taught by a part of it.
    """
    has_begun = any(one.answers for one in snapshot.state.rounds)
    if not has_begun and not is_round_answered(snapshot):
        return {}
    return facts.settled_by_people(snapshot.state, snapshot.equivalence)


def teach(snapshot: Snapshot, answers: Mapping[int, Consensus]) -> LearnResponse:
    """Send the backend a lesson and samples of the texts; repeating it is free."""
    state = snapshot.state
    texts = {task.id: task.text for task in state.tasks.values() if task.text is not None}
    still_open = [
        task for task in open_tasks(state) if task in texts and task not in state.decisions
    ]
    instruction = snapshot.settings.prompt.instruction
    return snapshot.backend.learn(
        LearnRequest(
            project=str(snapshot.project.id),
            label_config=snapshot.form.config,
            instruction=snapshot.project.instruction if instruction is None else instruction,
            texts=[texts[task] for task in _sample(snapshot, list(texts), SAMPLE)],
            answers=[
                AnsweredText(
                    text=texts[task], label=one.label, probability=round(one.probability, 3)
                )
                for task, one in sorted(answers.items())
                if task in texts
            ],
            open_texts=[texts[task] for task in _sample(snapshot, still_open, OPEN_SAMPLE)]
            if answers
            else [],
        )
    )


def new_round(snapshot: Snapshot, version: str, answers: int) -> Round:
    """Describe the round in which a version was taught; recorded nowhere yet."""
    number = snapshot.state.rounds[-1].number + 1 if snapshot.state.rounds else 1
    return Round(
        number=number,
        model_version=version,
        answers=answers,
        reviews=None,
        audits=None,
        left=None,
        reason="people begin with a random sample",
        at=snapshot.clock(),
    )


def with_forecast(snapshot: Snapshot, record: Round) -> Round:
    """Tell what comes after a round, as far as its version's predictions tell.

    Args:
        snapshot: The snapshot with that round as its last, and its version's predictions.
        record: The round.
    """
    next_round = next_round_of(snapshot)
    if next_round is None:
        return record
    plan = next_round.plan
    return Round(
        record.number,
        record.model_version,
        record.answers,
        plan.reviews,
        plan.audits,
        plan.left,
        next_round.reason,
        record.at,
    )


def _sample(snapshot: Snapshot, tasks: Sequence[int], size: int) -> list[int]:
    seed = snapshot.settings.policy.seed
    return sorted(sorted(tasks, key=lambda task: chance(seed, "sample", task))[:size])
