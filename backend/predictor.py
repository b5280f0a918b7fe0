"""Tasks in, outcomes out: the composition of methods, priors, mix and calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from backend.confidence.methods import Belief, Method
from backend.confidence.priors import CONTENT_FREE, log_prior, without_prior
from backend.embedding import Embed, Vector
from backend.model import Model
from backend.recipe import Recipe
from backend.refusals import Unready
from labeling.errors import TandemError, TaskError
from labeling.form import Form
from labeling.predictions import Failure, OwnAnswer, Prediction

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Voice:
    """What one method says of texts.

    Attributes:
        method: The method.
        prior: Natural-log prior of every label up to a constant, shape (labels,).
        beliefs: One a text.
    """

    method: Method
    prior: Floats
    beliefs: Sequence[Belief | TandemError]


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
    texts = [_text_of(recipe.form, task) for task in tasks]
    read = [text for text in texts if isinstance(text, str)]
    voices = [_ask(recipe, method, read, model) for method in recipe.methods]
    vectors = _vectors(recipe, read, embed)
    places = iter(range(len(read)))
    return [
        text
        if isinstance(text, Failure)
        else _outcome(recipe, voices, place := next(places), vectors[place])
        for text in texts
    ]


def _ask(recipe: Recipe, method: Method, texts: Sequence[str], model: Model) -> _Voice:
    """Ask by one method about texts, and where its prior is to be estimated, about none."""
    labels = len(recipe.form.control.candidates)
    learned = recipe.learned.priors.get(method.name) if recipe.learned else None
    if learned or not method.takes_prior:
        prior = np.array(learned or np.zeros(labels))
        return _Voice(method, prior, method.ask(texts, model))
    beliefs = method.ask([*CONTENT_FREE, *texts], model)
    neutral = [loglikelihoods_of(belief) for belief in beliefs[: len(CONTENT_FREE)]]
    return _Voice(method, log_prior(neutral), beliefs[len(CONTENT_FREE) :])


def _vectors(
    recipe: Recipe, texts: Sequence[str], embed: Embed | None
) -> Sequence[Vector | TandemError | None]:
    judgement = recipe.learned.judgement if recipe.learned else None
    if embed is None or judgement is None or not judgement.needs_embedding:
        return [None] * len(texts)
    return embed(texts)


def loglikelihoods_of(belief: Belief | TandemError) -> Floats:
    """Give the log-likelihoods, or raise the error that stands in their place."""
    if isinstance(belief, TandemError):
        raise belief
    return belief.loglikelihoods


def _text_of(form: Form, task: Any) -> str | Failure:
    data = task.get("data") if isinstance(task, Mapping) else None
    if not isinstance(data, Mapping):
        return Failure("The task holds no data.")
    try:
        return form.text_of(data)
    except TaskError as error:
        return Failure(str(error))


def _outcome(
    recipe: Recipe,
    voices: Sequence[_Voice],
    place: int,
    vector: Vector | TandemError | None,
) -> Prediction | Failure:
    beliefs = []
    for voice in voices:
        belief = voice.beliefs[place]
        if isinstance(belief, TandemError):
            return _failure(belief)
        beliefs.append(belief)
    if isinstance(vector, TandemError):
        return _failure(vector)
    raw, log_probabilities = _pooled(recipe, voices, beliefs)
    if not np.all(np.isfinite(np.exp(log_probabilities))):
        return Failure("The model gave no finite scores for this text.")
    embedding = None if vector is None else vector.astype(np.float64)[None]
    judgement = recipe.learned.judgement if recipe.learned else None
    [probabilities] = (
        judgement(log_probabilities, embedding) if judgement else np.exp(log_probabilities)
    )
    best = int(probabilities.argmax())
    values = [candidate.value for candidate in recipe.form.control.candidates]
    return Prediction(
        answer=values[best],
        confidence=min(1.0, float(probabilities[best])),
        distribution=dict(zip(values, np.minimum(probabilities, 1.0).tolist(), strict=True)),
        raw_score=min(1.0, float(raw[best])),
        model_version=recipe.model_version,
        provenance=recipe.provenance(
            truncated=any(belief.truncated for belief in beliefs),
            missing=max(belief.missing for belief in beliefs),
        ),
        own=_own(values, judgement.own(log_probabilities)[0])
        if judgement and judgement.opinion
        else None,
    )


def _pooled(
    recipe: Recipe, voices: Sequence[_Voice], beliefs: Sequence[Belief]
) -> tuple[Floats, Floats]:
    """Mix what the methods say of one text.

    Returns:
        Probabilities with priors left in, shape (labels,), and natural-log probabilities with
        priors taken out, shape (1, labels).
    """
    raw, corrected = [], []
    for voice, belief in zip(voices, beliefs, strict=True):
        told = belief.loglikelihoods[None]
        raw.append(voice.method.express(told))
        corrected.append(voice.method.express(without_prior(told, voice.prior)))
    return softmax(recipe.mix(np.array(raw))[0]), recipe.mix(np.array(corrected))


def _failure(error: TandemError) -> Failure:
    return Failure(str(error), is_passing=isinstance(error, Unready))


def _own(values: Sequence[str], probabilities: Floats) -> OwnAnswer:
    best = int(probabilities.argmax())
    return OwnAnswer(values[best], min(1.0, float(probabilities[best])))
