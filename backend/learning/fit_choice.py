"""What answers teach about a control of which one candidate is the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.calibration.control_model import ControlModel
from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.methods import ConfidenceMethod
from backend.confidence.priors import FEWEST_TEXTS, log_prior, without_prior
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps, gather
from backend.learning.control_fit import ControlFit
from backend.learning.fit_calibration import FEWEST_ANSWERS, CalibrationFit, fit_all
from backend.learning.fit_pool import PoolChoice, choose_pool
from backend.learning.material import Material, Texts
from backend.learning.samples import ControlSamples, LabeledItem
from backend.questions.choice import ChoiceQuestion, loglikelihoods_of
from backend.questions.item import PromptItem
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError
from labeling.mathtypes import Floats

Embedded = Mapping[str, Floats]
"""Embeddings of items, shape (dims,) each, by key."""


@dataclass(frozen=True, slots=True)
class _Scores:
    """What one method found.

    Attributes:
        method: The method.
        of_items: Natural-log likelihoods, shape (labels,) each, by item; those that the model
            cannot read are left out.
    """

    method: ConfidenceMethod
    of_items: Mapping[str, Floats]

    def prior(self, items: Sequence[PromptItem]) -> Floats:
        """Return the natural-log prior over items, shape (labels,)."""
        return log_prior([self.of_items[one.key] for one in items])

    def corrected(self, prior: Floats | None) -> dict[str, Floats]:
        """Return each item's natural-log probabilities, shape (labels,), a prior taken out."""
        scores = np.array([*self.of_items.values()])
        taken = np.zeros(scores.shape[1]) if prior is None else prior
        corrected = self.method.transform(without_prior(scores, taken))
        return dict(zip(self.of_items, corrected, strict=True))


def fit_choice(
    question: ChoiceQuestion,
    samples: ControlSamples,
    vectors: Embedded | None,
    abilities: Abilities,
) -> Steps[ControlFit]:
    """Fit priors, pool, calibrator and second opinion.

    Args:
        question: How the model is asked.
        samples: What is learned from.
        vectors: Of all answered and open items; None: there is no embedding.
        abilities: What the engine can do.

    Returns:
        A conversation that ends in the fit.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    answers = [one for one in samples.answers if one.answer in question.values]
    asked = [*(one.item for one in answers), *samples.open_items]
    scores = yield from gather(
        [_ask(question, method, samples.texts, asked, abilities) for method in question.methods]
    )
    return _fit(question, replace(samples, answers=answers), scores, vectors)


def _ask(
    question: ChoiceQuestion,
    method: ConfidenceMethod,
    texts: Sequence[PromptItem],
    asked: Sequence[PromptItem],
    abilities: Abilities,
) -> Steps[_Scores]:
    """Ask by one method about all that it needs; content-free items are never left out."""
    for_prior = [*question.nothing, *texts] if method.takes_prior else []
    distinct = {item.key: item for item in [*for_prior, *asked]}
    needed = {item.key for item in question.nothing} if method.takes_prior else set()
    beliefs = yield from method.steps(question.prompts([*distinct.values()]), abilities)
    scores = {}
    for key, belief in zip(distinct, beliefs, strict=True):
        if isinstance(belief, RetryLater) or key in needed:
            scores[key] = loglikelihoods_of(belief)
        elif not isinstance(belief, TandemError) and np.all(np.isfinite(belief.loglikelihoods)):
            scores[key] = belief.loglikelihoods
    return _Scores(method, scores)


def _fit(
    question: ChoiceQuestion,
    samples: ControlSamples,
    scores: Sequence[_Scores],
    vectors: Embedded | None,
) -> ControlFit:
    readable = _readable(samples, scores)
    has_batch = len(readable.texts) >= FEWEST_TEXTS
    behind = readable.texts if has_batch else question.nothing
    priors = {one.method.name: one.prior(behind) for one in scores if one.method.takes_prior}
    fitted, material = None, None
    if len(readable.answers) >= FEWEST_ANSWERS:
        beliefs = [one.corrected(priors.get(one.method.name)) for one in scores]
        material, pool = _material(question, readable, beliefs, vectors)
        fitted = _fit_calibration(material, pool, is_symmetric=question.is_symmetric)
    control_model = ControlModel(
        priors={name: tuple(prior.tolist()) for name, prior in priors.items() if has_batch},
        calibration=fitted.calibration if fitted else None,
    )
    report = {
        "texts": len(readable.texts),
        "answers": len(readable.answers),
        "open_texts": len(readable.open_items),
        "prior": question.prior(control_model),
        **(fitted.report if fitted else {}),
    }
    used = replace(readable, texts=readable.texts if has_batch else [])
    content = _content(used, control_model)
    return ControlFit(control_model, report, content, None if question.is_symmetric else material)


def _readable(samples: ControlSamples, scores: Sequence[_Scores]) -> ControlSamples:
    """Keep what every method that needs it could score."""
    every = [one.of_items for one in scores]
    for_prior = [one.of_items for one in scores if one.method.takes_prior]
    return ControlSamples(
        [one for one in samples.texts if for_prior and all(one.key in s for s in for_prior)],
        [one for one in samples.answers if all(one.item.key in s for s in every)],
        [one for one in samples.open_items if all(one.key in s for s in every)],
    )


def _material(
    question: ChoiceQuestion,
    samples: ControlSamples,
    beliefs: Sequence[Mapping[str, Floats]],
    vectors: Embedded | None,
) -> tuple[Material, PoolChoice | None]:
    """Return what every learner is given, and the pool of methods where there are several."""
    items = [one.item for one in samples.answers]
    stacked = _stack([one.key for one in items], beliefs)
    values = question.values
    labels = NoisyLabels(
        question.pool(None)(stacked),
        np.array([values.index(one.answer) for one in samples.answers], dtype=np.intp),
        np.array([one.probability for one in samples.answers]),
        opinions(values, samples.answers),
    )
    names = [method.name for method in question.methods]
    pool = choose_pool(names, stacked, labels) if len(names) > 1 else None
    labels = pool.noisy_labels if pool else labels
    known = _texts(question, items, labels.log_probabilities, vectors)
    open_ = None
    if samples.open_items:
        stacked = _stack([one.key for one in samples.open_items], beliefs)
        pooled = (pool.pool if pool else question.pool(None))(stacked)
        open_ = _texts(question, samples.open_items, pooled, vectors)
    return Material(tuple(values), known, labels, open_), pool


def _texts(
    question: ChoiceQuestion,
    items: Sequence[PromptItem],
    log_probabilities: Floats,
    vectors: Embedded | None,
) -> Texts:
    builder = question.methods[0].builder
    return Texts(
        tuple(item.key for item in items),
        log_probabilities,
        None if vectors is None else np.array([vectors[item.key] for item in items]),
        tuple(builder.request(prompt) for prompt in question.prompts(items)),
        tuple(item.key for item in items),
    )


def _fit_calibration(
    material: Material, pool: PoolChoice | None, *, is_symmetric: bool
) -> CalibrationFit:
    """Fit calibrator, head and last step; what is symmetric is told no embeddings."""
    embeddings = None if is_symmetric else material.known.embeddings
    still_open = material.open_
    if still_open and is_symmetric:
        still_open = replace(still_open, embeddings=None)
    fitted = fit_all(material.answers, embeddings, still_open, is_symmetric=is_symmetric)
    calibration = replace(fitted.calibration, pool=pool.pool if pool else None)
    return CalibrationFit(calibration, {"mix": pool.report if pool else None, **fitted.report})


def opinions(values: Sequence[str], answers: Sequence[LabeledItem]) -> Floats | None:
    """Return the share of people who gave each label; None where no opinion is asked.

    Args:
        values: The labels. Those that are offered no more are left out.
        answers: The answers. Of one without shares, all people gave it.

    Returns:
        Shares that sum to 1, shape (answers, labels).
    """
    if not any(one.shares for one in answers):
        return None
    said = np.array([[one.shares.get(value, 0.0) for value in values] for one in answers])
    totals = said.sum(axis=1, keepdims=True)
    alone = np.array([[value == one.answer for value in values] for one in answers])
    shares: Floats = np.where(totals > 0, said / np.where(totals > 0, totals, 1.0), alone)
    return shares


def _stack(keys: Sequence[str], beliefs: Sequence[Mapping[str, Floats]]) -> Floats:
    """Return log-probabilities of items, shape (methods, items, labels)."""
    return np.array([[of_method[key] for key in keys] for of_method in beliefs])


def _content(used: ControlSamples, control_model: ControlModel) -> list[Any]:
    """List all that moved what was fitted: what was learned from, and the methods."""
    content: list[Any] = [[one.key for one in used.texts]]
    calibration = control_model.calibration
    if calibration:
        content.append([[one.item.key, one.answer, one.probability] for one in used.answers])
        opinions = [sorted(one.shares.items()) for one in used.answers]
        content += [opinions] if any(opinions) else []
        content.append([one.key for one in used.open_items] if calibration.shift else [])
        has_head = calibration.head is not None
        content.append([calibration.calibrator.name, has_head, calibration.needs_embedding])
        content.append(calibration.pool and calibration.pool.to_json())
    return content if any(content) else []
