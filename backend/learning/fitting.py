"""Fits what a project's texts and people's answers teach: the batch prior and the calibrator."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.confidence.priors import CONTENT_FREE, FEWEST_TEXTS, log_prior, without_prior
from backend.confidence.quality import auroc, expected_calibration_error
from backend.learning.calibrator import Calibrator, fit
from backend.learning.state import Learned
from backend.predictor import Score, loglikelihoods_of
from backend.recipe import Recipe
from backend.refusals import Unready
from labeling.errors import TandemError

Floats = NDArray[np.float64]

_FOLDS = 5


@dataclass(frozen=True, order=True, slots=True)
class Answer:
    """What a person answered.

    Attributes:
        text: The item.
        label: A `Candidate.value`.
        probability: Probability that the label is right, as far as the people who gave it go.
    """

    text: str
    label: str
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a project teaches.

    Attributes:
        instruction: What the project tells its annotators.
        texts: A sample of its texts, whatever their labels.
        answers: People's answers.
    """

    instruction: str = ""
    texts: Sequence[str] = ()
    answers: Sequence[Answer] = ()


def learn(recipe: Recipe, lesson: Lesson, score: Score) -> tuple[Learned, dict[str, Any]]:
    """Fit prior and calibrator. The same lesson, in any order, gives the same state.

    Args:
        recipe: How tasks are answered under the lesson's instruction, nothing fitted yet.
        lesson: What is taught; answers with labels that the label config lacks are left out.
        score: Scores requests.

    Returns:
        The state, and a report of the fit.

    Raises:
        Unready: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    labels = [candidate.value for candidate in recipe.form.control.candidates]
    texts = sorted({text for text in lesson.texts if text.strip()})
    usable = sorted({a for a in lesson.answers if a.label in labels and a.text.strip()})
    scores = _scores([*CONTENT_FREE, *texts, *(answer.text for answer in usable)], recipe, score)

    sampled = [scores[text] for text in texts if text in scores]
    has_batch = len(sampled) >= FEWEST_TEXTS
    prior = log_prior(sampled if has_batch else [scores[text] for text in CONTENT_FREE])

    answers = [answer for answer in usable if answer.text in scores]
    rows = [scores[answer.text] for answer in answers]
    given = without_prior(np.array(rows).reshape(len(rows), len(labels)), prior)
    picked = np.array([labels.index(answer.label) for answer in answers], dtype=np.intp)
    trust = np.array([answer.probability for answer in answers])
    calibrator = fit(given, picked, trust)

    used = (
        [*texts] if has_batch else [],
        [[a.text, a.label, a.probability] for a in usable if calibrator],
    )
    learned = Learned(
        instruction=lesson.instruction,
        basis=recipe.basis,
        content=hashlib.sha256(json.dumps(used).encode()).hexdigest() if any(used) else "",
        prior=tuple(prior.tolist()) if has_batch else None,
        calibrator=calibrator,
    )
    report = {
        "texts": len(sampled),
        "answers": len(answers),
        "left_out": len(lesson.answers) - len(answers),
        **_report(replace(recipe, learned=learned), calibrator),
        **(_crossed(given, picked, trust) if calibrator else {}),
    }
    return learned, report


def _scores(texts: Sequence[str], recipe: Recipe, score: Score) -> dict[str, Floats]:
    """Score texts; those that the model cannot read are left out, content-free ones never."""
    distinct = list(dict.fromkeys(texts))
    scored = score([recipe.builder.request(text) for text in distinct])
    found = {}
    for text, outcome in zip(distinct, scored, strict=True):
        if isinstance(outcome, Unready) or text in CONTENT_FREE:
            found[text] = loglikelihoods_of(outcome)
        elif not isinstance(outcome, TandemError) and np.all(np.isfinite(outcome.loglikelihoods)):
            found[text] = outcome.loglikelihoods
    return found


def _report(recipe: Recipe, calibrator: Calibrator | None) -> dict[str, Any]:
    shape = {"slope": calibrator.slope, "shifts": list(calibrator.shifts)} if calibrator else {}
    calibration = recipe.provenance(truncated=False).calibrator
    return {"prior": recipe.prior, "calibrator": calibration, **shape}


def _crossed(log_probabilities: Floats, answers: NDArray[np.intp], trust: Floats) -> dict[str, Any]:
    """Judge the calibrator on answers that it was not fitted on, before and after."""
    calibrated = np.empty_like(log_probabilities)
    fold = np.random.default_rng(0).permutation(len(answers)) % _FOLDS
    for number in range(_FOLDS):
        held = fold == number
        calibrator = fit(log_probabilities[~held], answers[~held], trust[~held])
        part = log_probabilities[held]
        calibrated[held] = calibrator(part) if calibrator else np.exp(part)
    return {
        "before": _quality(np.exp(log_probabilities), answers),
        "after": _quality(calibrated, answers),
    }


def _quality(probabilities: Floats, answers: NDArray[np.intp]) -> dict[str, float | None]:
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == answers
    ranking = auroc(confidence, right)
    return {
        "accuracy": float(right.mean()),
        "ece": expected_calibration_error(confidence, right),
        "auroc": ranking if np.isfinite(ranking) else None,
    }
