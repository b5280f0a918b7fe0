"""Tasks in, outcomes out: all controls' questions are asked together, and each answer judged."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from backend.embedding import Embed, Vector
from backend.learning.log_odds import calibrated
from backend.pipeline.model_client import Model
from backend.pipeline.model_spec import Recipe
from backend.questions.item import Item, item_of
from backend.questions.two_stage import in_stages
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError, TaskError
from labeling.predictions.prediction import Failure, Part, Prediction


def predict(
    recipe: Recipe, model: Model, tasks: Sequence[Any], embed: Embed | None = None
) -> list[Prediction | Failure]:
    """Answer tasks; one that cannot be read, scored or encoded gets its own failure.

    Args:
        recipe: How the project's tasks are answered.
        model: Scores and writes.
        tasks: Tasks as Label Studio sends them; anything else fails for itself.
        embed: Encodes texts, where the recipe's second opinion asks for that.

    Returns:
        One outcome a task, in order.

    Raises:
        TandemError: A prior cannot be computed, the model not be asked or the embedding model not
            be loaded, so that no task can be answered.
    """
    read = [_read(recipe, task) for task in tasks]
    items = [item for item in read if isinstance(item, Item)]
    vectors = _vectors(recipe, items, embed)
    answers = in_stages(
        recipe.questions,
        items,
        model,
        recipe.taught,
        lambda question, told, asked: question.answer(
            told, asked, recipe.taught(question), vectors
        ),
    )
    outcomes = iter([_outcome(recipe, parts) for parts in zip(*answers, strict=True)])
    return [next(outcomes) if isinstance(one, Item) else one for one in read]


def _read(recipe: Recipe, task: Any) -> Item | Failure:
    try:
        return item_of(recipe.form, recipe.form.item_of(task))
    except TaskError as error:
        return Failure(str(error))


def _vectors(
    recipe: Recipe, items: Sequence[Item], embed: Embed | None
) -> Sequence[Vector | TandemError | None]:
    taught = recipe.learned.controls.values() if recipe.learned else ()
    if embed is None or not any(one.judgement and one.judgement.needs_embedding for one in taught):
        return [None] * len(items)
    return embed([recipe.form.read(item.key) for item in items])


def _outcome(recipe: Recipe, parts: Sequence[Part | TandemError]) -> Prediction | Failure:
    said: dict[str, Part] = {}
    for question, part in zip(recipe.questions, parts, strict=True):
        if isinstance(part, TandemError):
            return Failure(str(part), is_passing=isinstance(part, RetryLater))
        said[question.control.from_name] = part
    answer = recipe.form.answer({name: part.answer for name, part in said.items()})
    if answer is None:
        return Failure("The model answered none of the form's controls.")
    shown = recipe.form.answers(answer)
    kept = {name: part for name, part in said.items() if name in shown}
    return Prediction(answer, _confidence(recipe, kept), recipe.model_version, kept)


def _confidence(recipe: Recipe, parts: Mapping[str, Part]) -> float:
    """Give the probability that all that counts is right, as if the parts erred on their own.

    Where people's answers tell how they err together, those calibrate it.
    """
    counted = [
        parts[control.from_name].confidence
        for control in recipe.form.controls
        if control.from_name in parts and recipe.equivalence.counts(control)
    ]
    together = math.prod(counted)
    learned = recipe.learned
    if learned is None or learned.whole is None:
        return together
    [confidence] = calibrated(learned.whole, [together])
    return confidence
