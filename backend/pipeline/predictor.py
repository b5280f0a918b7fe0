"""Tasks in, outcomes out: all questions are asked side by side, and each answer is calibrated."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from backend.calibration.log_odds import calibrated
from backend.embedding import Embed
from backend.engines.model_client import Abilities, ModelClient
from backend.engines.steps import Steps, run
from backend.pipeline.model_spec import ModelSpec
from backend.questions.base import Parts, Question
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
        model: Scores and writes; it is entered once a step.
        tasks: Tasks as Label Studio sends them; anything else fails for itself.
        embed: Encodes texts, where a second opinion asks for that.

    Returns:
        One outcome per task, in order.

    Raises:
        TandemError: A prior cannot be computed, the model not be asked or the embedding model not
            be loaded, so that no task can be answered.
    """
    read = [_read(model_spec, task) for task in tasks]
    items = [one for one in read if isinstance(one, PromptItem)]
    outcomes = iter(predict_items(model_spec, model, items, embed))
    return [next(outcomes) if isinstance(one, PromptItem) else one for one in read]


def predict_items(
    model_spec: ModelSpec,
    model: ModelClient,
    items: Sequence[PromptItem],
    embed: Embed | None = None,
) -> list[Prediction | Failure]:
    """Answer items that were read; see `predict`.

    Args:
        model_spec: How they are answered.
        model: Scores and writes.
        items: What is asked about.
        embed: Encodes texts, where a second opinion asks for that.

    Returns:
        One outcome per item, in order.

    Raises:
        TandemError: No item can be answered.
    """
    items = _with_embeddings(model_spec, items, embed)
    ask = partial(_ask, model_spec, model.abilities)
    parts = run(in_stages(model_spec.questions, items, ask), model)
    return [_outcome(model_spec, of_item) for of_item in zip(*parts, strict=True)]


def _ask(
    model_spec: ModelSpec, abilities: Abilities, question: Question, items: Sequence[PromptItem]
) -> Steps[Parts]:
    return question.steps(items, model_spec.control_model(question), abilities)


def _read(model_spec: ModelSpec, task: Any) -> PromptItem | Failure:
    try:
        return item_of(model_spec.form, model_spec.form.item_of(task))
    except TaskError as error:
        return Failure(str(error))
    except RecursionError:
        return Failure("The task's data are nested too deeply.")


def _with_embeddings(
    model_spec: ModelSpec, items: Sequence[PromptItem], embed: Embed | None
) -> list[PromptItem]:
    """Encode items where what was learned reads that."""
    if embed is None or not model_spec.needs_embedding:
        return [*items]
    vectors = embed([model_spec.form.read(item.key) for item in items])
    return [replace(item, embedding=vector) for item, vector in zip(items, vectors, strict=True)]


def _outcome(model_spec: ModelSpec, parts: Sequence[Part | TandemError]) -> Prediction | Failure:
    by_control: dict[str, Part] = {}
    for question, part in zip(model_spec.questions, parts, strict=True):
        if isinstance(part, TandemError):
            return Failure(str(part), is_passing=isinstance(part, RetryLater))
        by_control[question.control.from_name] = part
    answer = model_spec.form.answer({name: part.answer for name, part in by_control.items()})
    if answer is None:
        return Failure("The model answered none of the form's controls.")
    shown = model_spec.form.answers(answer)
    kept = {name: part for name, part in by_control.items() if name in shown}
    return Prediction(answer, _confidence(model_spec, kept), model_spec.model_version, kept)


def _confidence(model_spec: ModelSpec, parts: Mapping[str, Part]) -> float:
    """Return the probability that all that counts is right, as if the parts erred on their own.

    Where people's answers showed how they err together, those calibrate it.
    """
    counted = [
        parts[control.from_name].confidence
        for control in model_spec.form.controls
        if control.from_name in parts and model_spec.equivalence.counts(control)
    ]
    learned = model_spec.learned
    [confidence] = calibrated(learned.whole if learned else None, [math.prod(counted)])
    return confidence
