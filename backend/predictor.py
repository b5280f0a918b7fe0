"""Tasks in, outcomes out: the composition of prompt, scores, prior and calibration."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from backend.cache import Scored
from backend.confidence.priors import CONTENT_FREE, log_prior, without_prior
from backend.engines import Request
from backend.recipe import Recipe
from backend.refusals import Unready
from labeling.errors import TandemError, TaskError
from labeling.form import Form
from labeling.predictions import Failure, Prediction

Floats = NDArray[np.float64]

Score: TypeAlias = Callable[[Sequence[Request]], list[Scored | TandemError]]
"""Scores requests: for each, in order, what the model said or why it could not."""


def predict(recipe: Recipe, score: Score, tasks: Sequence[Any]) -> list[Prediction | Failure]:
    """Answer tasks; one that cannot be read or scored gets its own failure.

    Args:
        recipe: How the project's tasks are answered.
        score: Scores requests.
        tasks: Tasks as Label Studio sends them; anything else fails for itself.

    Returns:
        One outcome a task, in order.

    Raises:
        TandemError: The prior cannot be computed, so that no task can be answered.
    """
    texts = [_text_of(recipe.form, task) for task in tasks]
    requests = [recipe.builder.request(text) for text in texts if isinstance(text, str)]
    neutral = _neutral(recipe)
    scored = score([*neutral, *requests])
    prior = _prior(recipe, scored[: len(neutral)])
    answered = iter(scored[len(neutral) :])
    return [
        text if isinstance(text, Failure) else _outcome(recipe, prior, next(answered))
        for text in texts
    ]


def corrected(recipe: Recipe, prior: Floats, loglikelihoods: Floats) -> Floats:
    """Turn log-likelihoods, shape (..., labels), into probabilities that sum to 1."""
    log_probabilities = without_prior(loglikelihoods, prior)
    calibrator = recipe.learned.calibrator if recipe.learned else None
    calibrated: Floats = calibrator(log_probabilities) if calibrator else np.exp(log_probabilities)
    return calibrated


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


def _outcome(recipe: Recipe, prior: Floats, scored: Scored | TandemError) -> Prediction | Failure:
    if isinstance(scored, TandemError):
        return Failure(str(scored), is_passing=isinstance(scored, Unready))
    raw = softmax(scored.loglikelihoods)
    probabilities = corrected(recipe, prior, scored.loglikelihoods)
    if not np.all(np.isfinite(probabilities)):
        return Failure("The model gave no finite scores for this text.")
    best = int(probabilities.argmax())
    values = [candidate.value for candidate in recipe.form.control.candidates]
    return Prediction(
        answer=values[best],
        confidence=min(1.0, float(probabilities[best])),
        distribution=dict(zip(values, np.minimum(probabilities, 1.0).tolist(), strict=True)),
        raw_score=min(1.0, float(raw[best])),
        model_version=recipe.model_version,
        provenance=recipe.provenance(truncated=scored.truncated),
    )
