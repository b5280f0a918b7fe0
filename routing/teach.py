"""Teaching: when the backend learns from people's answers, and what threshold follows."""

from collections.abc import Sequence
from datetime import UTC, datetime

from labeling.settings import PolicySettings
from routing import evidence
from routing.backend import LearnReply
from routing.duties import owed
from routing.ledger.records import Round
from routing.observe import Scene
from routing.policy import chance, pilot
from routing.rulings import in_doubt
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


def is_pilot_answered(scene: Scene) -> bool:
    """Tell whether people are done with every task of the pilot, as far as anybody is left.

    What all else is measured by should itself be sure, so a task whose votes leave its label in
    doubt is not done with.
    """
    open_tasks = owed(scene).keys() | in_doubt(scene)
    return all(
        task in scene.state.decisions and task not in open_tasks
        for task in pilot(list(scene.state.tasks), scene.settings.policy)
    )


def teach(scene: Scene) -> LearnReply:
    """Send the backend all that people said, and a sample of the texts; repeating it is free."""
    state = scene.state
    texts = {task.id: task.text for task in state.tasks.values() if task.text is not None}
    seed = scene.settings.policy.seed
    sample = sorted(texts, key=lambda task: chance(seed, "sample", task))[:SAMPLE]
    answers = evidence.settled_by_people(state, scene.labels)
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


def new_round(scene: Scene, version: str) -> Round:
    """Draw the threshold from what people checked, and record the round."""
    checked = evidence.checked(scene.state, scene.labels, version)
    threshold = _threshold(scene.settings.policy, checked)
    number = scene.state.rounds[-1].number + 1 if scene.state.rounds else 1
    answers = len(evidence.settled_by_people(scene.state, scene.labels))
    record = Round(
        number=number,
        model_version=version,
        answers=answers,
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
