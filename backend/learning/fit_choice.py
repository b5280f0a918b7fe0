"""What answers teach about a control of which one candidate is the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.confidence.methods import Method
from backend.confidence.opinion_pool import Mix
from backend.confidence.priors import FEWEST_TEXTS, log_prior
from backend.learning.control_model import Taught
from backend.learning.fit_calibration import FEWEST_ANSWERS, Fitted, Open, fit_all
from backend.learning.fit_pool import mixed
from backend.learning.noisy_labels import Evidence, Floats
from backend.pipeline.model_client import Model
from backend.questions.choice import LabelQuestion, express, loglikelihoods_of
from backend.questions.item import Item
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError

Embedded = Mapping[str, Floats]
"""Vectors of items, by key."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What people answered about one control of an item.

    Attributes:
        item: The item.
        answer: The control's answer.
        probability: Probability that it is right, as far as the people who gave it go.
    """

    item: Item
    answer: str
    probability: float


@dataclass(frozen=True, slots=True)
class Samples:
    """What is learned from, of one control.

    Attributes:
        texts: Items of the project, whatever their answers.
        answers: People's answers.
        open_items: Items that nobody answered yet.
    """

    texts: Sequence[Item]
    answers: Sequence[Answered]
    open_items: Sequence[Item]


def learn_labels(
    question: LabelQuestion, samples: Samples, model: Model, vectors: Embedded | None
) -> tuple[Taught, dict[str, Any], list[Any]]:
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
            express(method, scores, priors.get(method.name))
            for method, scores in zip(question.methods, found, strict=True)
        ]
        usable = None if question.is_symmetric else vectors
        fitted = _fit(question, answers, open_items, believed, usable)
    taught = Taught(
        priors={name: tuple(prior.tolist()) for name, prior in priors.items() if has_batch},
        judgement=fitted.judgement if fitted else None,
    )
    report = {
        "texts": len(texts),
        "answers": len(answers),
        "open_texts": len(open_items),
        "prior": question.prior(taught),
        **(fitted.report if fitted else {}),
    }
    return taught, report, _content(texts if has_batch else [], answers, open_items, taught)


def _ask(
    question: LabelQuestion,
    method: Method,
    texts: Sequence[Item],
    asked: Sequence[Item],
    model: Model,
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
    question: LabelQuestion,
    answers: Sequence[Answered],
    open_items: Sequence[Item],
    believed: Sequence[Mapping[str, Floats]],
    vectors: Embedded | None,
) -> Fitted:
    of_answers = [one.item.key for one in answers]
    of_open = [item.key for item in open_items]
    mix, evidence, report = _mix(question, answers, _beliefs(of_answers, believed))
    still_open = None
    if of_open:
        log_probabilities = (mix or question.mix(None))(_beliefs(of_open, believed))
        still_open = Open(log_probabilities, _rows(of_open, vectors))
    fitted = fit_all(
        evidence,
        _rows(of_answers, vectors),
        still_open,
        is_symmetric=question.is_symmetric,
    )
    return Fitted(replace(fitted.judgement, mix=mix), {"mix": report, **fitted.report})


def _mix(
    question: LabelQuestion, answers: Sequence[Answered], beliefs: Floats
) -> tuple[Mix | None, Evidence, dict[str, Any] | None]:
    """Give the mix, None where one method is alone; the answers beside it; and its report."""
    values = question.values
    evidence = Evidence(
        question.mix(None)(beliefs),
        np.array([values.index(one.answer) for one in answers], dtype=np.intp),
        np.array([one.probability for one in answers]),
    )
    if len(question.methods) == 1:
        return None, evidence, None
    chosen = mixed([method.name for method in question.methods], beliefs, evidence)
    return chosen.mix, chosen.evidence, chosen.report


def _beliefs(keys: Sequence[str], believed: Sequence[Mapping[str, Floats]]) -> Floats:
    """Give log-probabilities of shape (methods, items, labels)."""
    return np.array([[of_method[key] for key in keys] for of_method in believed])


def _rows(keys: Sequence[str], vectors: Embedded | None) -> Floats | None:
    return None if vectors is None else np.array([vectors[key] for key in keys])


def _content(
    texts: Sequence[Item],
    answers: Sequence[Answered],
    open_items: Sequence[Item],
    taught: Taught,
) -> list[Any]:
    """List all that moved what was taught: what was learned from, and the methods."""
    used: list[Any] = [[one.key for one in texts]]
    judgement = taught.judgement
    if judgement:
        used.append([[one.item.key, one.answer, one.probability] for one in answers])
        used.append([one.key for one in open_items] if judgement.shift else [])
        has_opinion = judgement.opinion is not None
        used.append([judgement.calibrator.name, has_opinion, judgement.needs_embedding])
        used.append(judgement.mix and judgement.mix.to_json())
    return used if any(used) else []
