"""Teaching: when the backend learns from people's answers, and what is forecast from it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from routing import facts
from routing.decisions.decide import answered, course_of, is_round_answered, version_of
from routing.facts import Consensus
from routing.guarantee.hash_random import chance
from routing.guarantee.populations import open_tasks
from routing.ledger.records import Round
from routing.model.client import LearnReply
from routing.snapshot import Scene

SAMPLE = 256
"""Texts, picked at random, that show the backend how the project's labels are spread."""

OPEN_SAMPLE = 2_000
"""Texts that nobody answered yet, picked at random, that confidence is to hold for."""


def is_due(scene: Scene, served: str) -> bool:
    """Tell whether the backend is to learn now.

    It learns whenever people are done with what they were asked and said something new, for what
    is not decided; and anew, where it no longer serves what it was taught, for what people have not
    answered, since that is what they see. Frozen labels need no teaching.

    Args:
        scene: What is known.
        served: The version that the backend serves.
    """
    rounds = scene.state.rounds
    if not rounds:
        return True
    tasks = open_tasks(scene.state)
    if version_of(scene) != served:
        given = facts.votes(scene.state)
        return any(task not in given for task in tasks)
    if all(task in scene.state.decisions for task in tasks):
        return False
    return is_round_answered(scene) and answered(scene) > rounds[-1].answers


def lesson(scene: Scene) -> dict[int, Consensus]:
    """Give the labels to learn from, by task: none before the first pilot is answered.

    A version that moves while people are at the pilot would else be taught by a part of it.
    """
    has_begun = any(one.answers for one in scene.state.rounds)
    if not has_begun and not is_round_answered(scene):
        return {}
    return facts.settled_by_people(scene.state, scene.agreement)


def teach(scene: Scene, answers: Mapping[int, Consensus]) -> LearnReply:
    """Send the backend a lesson and samples of the texts; repeating it is free."""
    state = scene.state
    texts = {task.id: task.text for task in state.tasks.values() if task.text is not None}
    still_open = [
        task for task in open_tasks(state) if task in texts and task not in state.decisions
    ]
    instruction = scene.settings.prompt.instruction
    return scene.backend.learn(
        scene.project.id,
        scene.form.config,
        scene.project.instruction if instruction is None else instruction,
        [texts[task] for task in _sample(scene, list(texts), SAMPLE)],
        [
            {"text": texts[task], "label": one.label, "probability": round(one.probability, 3)}
            for task, one in sorted(answers.items())
            if task in texts
        ],
        [texts[task] for task in _sample(scene, still_open, OPEN_SAMPLE)] if answers else [],
    )


def new_round(scene: Scene, version: str, answers: int) -> Round:
    """Describe the round in which a version was taught; recorded nowhere yet."""
    number = scene.state.rounds[-1].number + 1 if scene.state.rounds else 1
    return Round(
        number=number,
        model_version=version,
        answers=answers,
        reviews=None,
        audits=None,
        left=None,
        reason="people begin with a random sample",
        at=datetime.now(UTC),
    )


def with_forecast(scene: Scene, record: Round) -> Round:
    """Tell what comes after a round, as far as its version's predictions tell.

    Args:
        scene: The scene with that round as its last, and its version's predictions.
        record: The round.
    """
    course = course_of(scene)
    if course is None:
        return record
    plan = course.plan
    return Round(
        record.number,
        record.model_version,
        record.answers,
        plan.reviews,
        plan.audits,
        plan.left,
        course.reason,
        record.at,
    )


def _sample(scene: Scene, tasks: Sequence[int], size: int) -> list[int]:
    seed = scene.settings.policy.seed
    return sorted(sorted(tasks, key=lambda task: chance(seed, "sample", task))[:size])
