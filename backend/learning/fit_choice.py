"""What answers teach about a control of which one candidate is the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.calibration.control_model import ControlModel
from backend.calibration.noisy_labels import Floats, NoisyLabels
from backend.confidence.methods import ConfidenceMethod
from backend.confidence.opinion_pool import OpinionPool
from backend.confidence.priors import FEWEST_TEXTS, log_prior
from backend.engines.model_client import ModelClient
from backend.learning.fit_calibration import FEWEST_ANSWERS, FitResult, OpenTexts, fit_all
from backend.learning.fit_pool import choose_pool
from backend.questions.choice import ChoiceQuestion, loglikelihoods_of, transform
from backend.questions.item import PromptItem
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError

Embedded = Mapping[str, Floats]
"""Vectors of items, by key."""


@dataclass(frozen=True, slots=True)
class LabeledItem:
    """What people answered about one control of an item.

    Attributes:
        item: The item.
        answer: The control's answer.
        probability: Probability that it is right, as far as the people who gave it go.
    """

    item: PromptItem
    answer: str
    probability: float


@dataclass(frozen=True, slots=True)
class ControlSamples:
    """What is learned from, of one control.

    Attributes:
        texts: Items of the project, whatever their answers.
        answers: People's answers.
        open_items: Items that nobody answered yet.
    """

    texts: Sequence[PromptItem]
    answers: Sequence[LabeledItem]
    open_items: Sequence[PromptItem]


def fit_choice(
    question: ChoiceQuestion, samples: ControlSamples, model: ModelClient, vectors: Embedded | None
) -> tuple[ControlModel, dict[str, Any], list[Any]]:
    """Fit priors, mix, calibrator and opinion.

    Args:
        question: What was asked.
        samples: What is learned from.
        model: Scores and writes.
        vectors: Of all answered and open items; None: there is no embedding.

    Returns:
        What was taught, a report of the fit in JSON's types, and all that moved what was taught.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    values = question.values
    answers = [one for one in samples.answers if one.answer in values]
    asked = [*(one.item for one in answers), *samples.open_items]
    found = [_ask(question, method, samples.texts, asked, model) for method in question.methods]

    taking = [m.takes_prior for m in question.methods]
    for_prior = [scores for scores, takes in zip(found, taking, strict=True) if takes]
    texts = [t for t in samples.texts if for_prior and all(t.key in s for s in for_prior)]
    answers = [one for one in answers if all(one.item.key in scores for scores in found)]
    open_items = [one for one in samples.open_items if all(one.key in s for s in found)]
    has_batch = len(texts) >= FEWEST_TEXTS
    behind = texts if has_batch else question.nothing
    priors = {
        method.name: log_prior([scores[one.key] for one in behind])
        for method, scores in zip(question.methods, found, strict=True)
        if method.takes_prior
    }
    fitted = None
    if len(answers) >= FEWEST_ANSWERS:
        believed = [
            transform(method, scores, priors.get(method.name))
            for method, scores in zip(question.methods, found, strict=True)
        ]
        usable = None if question.is_symmetric else vectors
        fitted = _fit(question, answers, open_items, believed, usable)
    control_model = ControlModel(
        priors={name: tuple(prior.tolist()) for name, prior in priors.items() if has_batch},
        calibration=fitted.calibration if fitted else None,
    )
    report = {
        "texts": len(texts),
        "answers": len(answers),
        "open_texts": len(open_items),
        "prior": question.prior(control_model),
        **(fitted.report if fitted else {}),
    }
    return (
        control_model,
        report,
        _content(texts if has_batch else [], answers, open_items, control_model),
    )


def _ask(
    question: ChoiceQuestion,
    method: ConfidenceMethod,
    texts: Sequence[PromptItem],
    asked: Sequence[PromptItem],
    model: ModelClient,
) -> dict[str, Floats]:
    """Ask by one method about all that it needs; what the model cannot read is left out.

    Content-free items are never left out.
    """
    for_prior = [*question.nothing, *texts] if method.takes_prior else []
    distinct = {item.key: item for item in [*for_prior, *asked]}
    prompts = question.prompts([*distinct.values()])
    needed = {item.key for item in question.nothing} if method.takes_prior else set()
    found = {}
    for key, belief in zip(distinct, method.ask(prompts, model), strict=True):
        if isinstance(belief, RetryLater) or key in needed:
            found[key] = loglikelihoods_of(belief)
        elif not isinstance(belief, TandemError) and np.all(np.isfinite(belief.loglikelihoods)):
            found[key] = belief.loglikelihoods
    return found


def _fit(
    question: ChoiceQuestion,
    answers: Sequence[LabeledItem],
    open_items: Sequence[PromptItem],
    believed: Sequence[Mapping[str, Floats]],
    vectors: Embedded | None,
) -> FitResult:
    of_answers = [one.item.key for one in answers]
    of_open = [item.key for item in open_items]
    pool, noisy_labels, report = _pool(question, answers, _beliefs(of_answers, believed))
    still_open = None
    if of_open:
        log_probabilities = (pool or question.pool(None))(_beliefs(of_open, believed))
        still_open = OpenTexts(log_probabilities, _rows(of_open, vectors))
    fitted = fit_all(
        noisy_labels,
        _rows(of_answers, vectors),
        still_open,
        is_symmetric=question.is_symmetric,
    )
    return FitResult(replace(fitted.calibration, pool=pool), {"mix": report, **fitted.report})


def _pool(
    question: ChoiceQuestion, answers: Sequence[LabeledItem], beliefs: Floats
) -> tuple[OpinionPool | None, NoisyLabels, dict[str, Any] | None]:
    """Give the mix, None where one method is alone; the answers beside it; and its report."""
    values = question.values
    noisy_labels = NoisyLabels(
        question.pool(None)(beliefs),
        np.array([values.index(one.answer) for one in answers], dtype=np.intp),
        np.array([one.probability for one in answers]),
    )
    if len(question.methods) == 1:
        return None, noisy_labels, None
    chosen = choose_pool([method.name for method in question.methods], beliefs, noisy_labels)
    return chosen.pool, chosen.noisy_labels, chosen.report


def _beliefs(keys: Sequence[str], believed: Sequence[Mapping[str, Floats]]) -> Floats:
    """Give log-probabilities of shape (methods, items, labels)."""
    return np.array([[of_method[key] for key in keys] for of_method in believed])


def _rows(keys: Sequence[str], vectors: Embedded | None) -> Floats | None:
    return None if vectors is None else np.array([vectors[key] for key in keys])


def _content(
    texts: Sequence[PromptItem],
    answers: Sequence[LabeledItem],
    open_items: Sequence[PromptItem],
    control_model: ControlModel,
) -> list[Any]:
    """List all that moved what was taught: what was learned from, and the methods."""
    used: list[Any] = [[one.key for one in texts]]
    calibration = control_model.calibration
    if calibration:
        used.append([[one.item.key, one.answer, one.probability] for one in answers])
        used.append([one.key for one in open_items] if calibration.shift else [])
        has_head = calibration.head is not None
        used.append([calibration.calibrator.name, has_head, calibration.needs_embedding])
        used.append(calibration.pool and calibration.pool.to_json())
    return used if any(used) else []
