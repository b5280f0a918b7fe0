"""Tasks in, outcomes out: the composition of prompt, scores, prior and calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from backend.confidence.priors import CONTENT_FREE, log_prior, without_prior
from backend.embedding import Embed, Vector
from backend.engines import Request, Scored
from backend.model import Score
from backend.recipe import Recipe
from backend.refusals import Unready
from labeling.errors import TandemError, TaskError
from labeling.form import Form
from labeling.predictions import Failure, OwnAnswer, Prediction

Floats = NDArray[np.float64]


def predict(
    recipe: Recipe, score: Score, tasks: Sequence[Any], embed: Embed | None = None
) -> list[Prediction | Failure]:
    """Answer tasks; one that cannot be read, scored or encoded gets its own failure.

    Args:
        recipe: How the project's tasks are answered.
        score: Scores requests.
        tasks: Tasks as Label Studio sends them; anything else fails for itself.
        embed: Encodes texts, where the recipe's second opinion asks for that.

    Returns:
        One outcome a task, in order.

    Raises:
        TandemError: The prior cannot be computed or the embedding model not be loaded, so that no
            task can be answered.
    """
    texts = [_text_of(recipe.form, task) for task in tasks]
    read = [text for text in texts if isinstance(text, str)]
    neutral = _neutral(recipe)
    scored = score([*neutral, *(recipe.builder.request(text) for text in read)])
    prior = _prior(recipe, scored[: len(neutral)])
    vectors = _vectors(recipe, read, embed)
    answered = iter(zip(scored[len(neutral) :], vectors, strict=True))
    return [
        text if isinstance(text, Failure) else _outcome(recipe, prior, *next(answered))
        for text in texts
    ]


def _vectors(
    recipe: Recipe, texts: Sequence[str], embed: Embed | None
) -> Sequence[Vector | TandemError | None]:
    judgement = recipe.learned.judgement if recipe.learned else None
    if embed is None or judgement is None or not judgement.needs_embedding:
        return [None] * len(texts)
    return embed(texts)


def _neutral(recipe: Recipe) -> list[Request]:
    if recipe.prior == "batch":
        return []
    return [recipe.builder.request(text) for text in CONTENT_FREE]


def _prior(recipe: Recipe, neutral: Sequence[Scored | TandemError]) -> Floats:
    if recipe.learned and recipe.learned.prior:
        return np.array(recipe.learned.prior)
    return log_prior([loglikelihoods_of(scored) for scored in neutral])


def loglikelihoods_of(scored: Scored | TandemError) -> Floats:
    """Give the log-likelihoods, or raise the error that stands in their place."""
    if isinstance(scored, TandemError):
        raise scored
    return scored.loglikelihoods


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
    prior: Floats,
    scored: Scored | TandemError,
    vector: Vector | TandemError | None,
) -> Prediction | Failure:
    if isinstance(scored, TandemError):
        return _failure(scored)
    if isinstance(vector, TandemError):
        return _failure(vector)
    log_probabilities = without_prior(scored.loglikelihoods, prior)[None]
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
        raw_score=min(1.0, float(softmax(scored.loglikelihoods)[best])),
        model_version=recipe.model_version,
        provenance=recipe.provenance(truncated=scored.truncated),
        own=_own(values, judgement.own(log_probabilities)[0])
        if judgement and judgement.opinion
        else None,
    )


def _failure(error: TandemError) -> Failure:
    return Failure(str(error), is_passing=isinstance(error, Unready))


def _own(values: Sequence[str], probabilities: Floats) -> OwnAnswer:
    best = int(probabilities.argmax())
    return OwnAnswer(values[best], min(1.0, float(probabilities[best])))
