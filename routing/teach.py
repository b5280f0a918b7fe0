"""Teaching: when the backend learns from people's answers, and what threshold follows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from labeling.settings import PolicySettings
from routing import evidence
from routing.backend import LearnReply
from routing.evidence import Consensus
from routing.ledger.records import Round
from routing.observe import Scene
from routing.policy import chance
from routing.rulings import is_pilot_answered
from routing.threshold import Checked, Threshold, accuracy_above, choose

SAMPLE = 256
"""Texts, picked at random, that show the backend how the project's labels are spread."""

GROWTH = 1.5
"""The backend learns again when there are so many times the answers of the last time: few
versions, each with markedly more to learn from."""


def is_due(
    rounds: Sequence[Round], answered: int, is_pilot_answered: bool, version_serves: bool
) -> bool:
    """Tell whether a new round is due.

    Args:
        rounds: The rounds so far.
        answered: Tasks that people are done with.
        is_pilot_answered: Whether people are done with the pilot.
        version_serves: Whether the backend still serves the last round's version.
    """
    if not rounds or not version_serves:
        return True
    last = rounds[-1].answers
    if last == 0:
        return is_pilot_answered and answered > 0
    return answered >= GROWTH * last


def lesson(scene: Scene) -> dict[int, Consensus]:
    """Give the labels to learn from, by task: none before the first pilot is answered.

    A version that moves while people are at the pilot would else be judged by a part of it.
    """
    has_begun = any(one.answers for one in scene.state.rounds)
    if not has_begun and not is_pilot_answered(scene):
        return {}
    return evidence.settled_by_people(scene.state, scene.labels)


def teach(scene: Scene, answers: Mapping[int, Consensus]) -> LearnReply:
    """Send the backend a lesson and a sample of the texts; repeating it is free."""
    state = scene.state
    texts = {task.id: task.text for task in state.tasks.values() if task.text is not None}
    seed = scene.settings.policy.seed
    sample = sorted(texts, key=lambda task: chance(seed, "sample", task))[:SAMPLE]
    instruction = scene.settings.prompt.instruction
    return scene.backend.learn(
        scene.project.id,
        scene.form.config,
        scene.project.instruction if instruction is None else instruction,
        [texts[task] for task in sorted(sample)],
        [
            {"text": texts[task], "label": one.label, "probability": round(one.probability, 3)}
            for task, one in sorted(answers.items())
            if task in texts
        ],
    )


def new_round(scene: Scene, version: str, answers: Mapping[int, Consensus]) -> Round:
    """Draw the threshold from the lesson that a version was taught, and record the round."""
    checked = evidence.checked(scene.state, answers, version)
    threshold = _threshold(scene.settings.policy, checked)
    number = scene.state.rounds[-1].number + 1 if scene.state.rounds else 1
    record = Round(
        number=number,
        model_version=version,
        answers=len(answers),
        threshold=threshold.value,
        estimate=threshold.estimate,
        low=threshold.low,
        high=threshold.high,
        reason=threshold.reason,
        at=datetime.now(UTC),
    )
    scene.ledger.record_round(record)
    return record


def _threshold(policy: PolicySettings, checked: Sequence[Checked]) -> Threshold:
    if policy.accept_above is not None:
        return accuracy_above(policy.accept_above, checked, "set in the settings")
    if policy.target_accuracy is None:
        return Threshold(None, None, None, None, "nothing is accepted: no target is set")
    return choose(checked, policy.target_accuracy)
