"""Tasks in, outcomes out: all controls' questions are asked together, and each answer judged."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from backend.calibration.log_odds import calibrated
from backend.embedding import Embed, Vector
from backend.engines.model_client import ModelClient
from backend.pipeline.model_spec import ModelSpec
from backend.questions.item import PromptItem, item_of
from backend.questions.two_stage import in_stages
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError, TaskError
from labeling.predictions.prediction import Failure, Part, Prediction


def predict(
    model_spec: ModelSpec, model: ModelClient, tasks: Sequence[Any], embed: Embed | None = None
) -> list[Prediction | Failure]:
    """Answer tasks; one that cannot be read, scored or encoded gets its own failure.

    Args:
        model_spec: How the project's tasks are answered.
        model: Scores and writes.
        tasks: Tasks as Label Studio sends them; anything else fails for itself.
        embed: Encodes texts, where the model spec's second opinion asks for that.

    Returns:
        One outcome a task, in order.

    Raises:
        TandemError: A prior cannot be computed, the model not be asked or the embedding model not
            be loaded, so that no task can be answered.
    """
    read = [_read(model_spec, task) for task in tasks]
    items = [item for item in read if isinstance(item, PromptItem)]
    vectors = _vectors(model_spec, items, embed)
    answers = in_stages(
        model_spec.questions,
        items,
        model,
        model_spec.control_model,
        lambda question, told, asked: question.answer(
            told, asked, model_spec.control_model(question), vectors
        ),
    )
    outcomes = iter([_outcome(model_spec, parts) for parts in zip(*answers, strict=True)])
    return [next(outcomes) if isinstance(one, PromptItem) else one for one in read]


def _read(model_spec: ModelSpec, task: Any) -> PromptItem | Failure:
    try:
        return item_of(model_spec.form, model_spec.form.item_of(task))
    except TaskError as error:
        return Failure(str(error))


def _vectors(
    model_spec: ModelSpec, items: Sequence[PromptItem], embed: Embed | None
) -> Sequence[Vector | TandemError | None]:
    control_model = model_spec.learned.controls.values() if model_spec.learned else ()
    if embed is None or not any(
        one.calibration and one.calibration.needs_embedding for one in control_model
    ):
        return [None] * len(items)
    return embed([model_spec.form.read(item.key) for item in items])


def _outcome(model_spec: ModelSpec, parts: Sequence[Part | TandemError]) -> Prediction | Failure:
    said: dict[str, Part] = {}
    for question, part in zip(model_spec.questions, parts, strict=True):
        if isinstance(part, TandemError):
            return Failure(str(part), is_passing=isinstance(part, RetryLater))
        said[question.control.from_name] = part
    answer = model_spec.form.answer({name: part.answer for name, part in said.items()})
    if answer is None:
        return Failure("The model answered none of the form's controls.")
    shown = model_spec.form.answers(answer)
    kept = {name: part for name, part in said.items() if name in shown}
    return Prediction(answer, _confidence(model_spec, kept), model_spec.model_version, kept)


def _confidence(model_spec: ModelSpec, parts: Mapping[str, Part]) -> float:
    """Give the probability that all that counts is right, as if the parts erred on their own.

    Where people's answers tell how they err together, those calibrate it.
    """
    counted = [
        parts[control.from_name].confidence
        for control in model_spec.form.controls
        if control.from_name in parts and model_spec.equivalence.counts(control)
    ]
    together = math.prod(counted)
    learned = model_spec.learned
    if learned is None or learned.whole is None:
        return together
    [confidence] = calibrated(learned.whole, [together])
    return confidence
