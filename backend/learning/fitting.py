"""From a lesson to what is learned: scores and embeddings are asked for, the rest is fitted."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backend.confidence.methods import Method
from backend.confidence.mix import Mix
from backend.confidence.priors import CONTENT_FREE, FEWEST_TEXTS, log_prior, without_prior
from backend.embedding import Embed
from backend.learning.evidence import Evidence, Floats
from backend.learning.fitted import FEWEST_ANSWERS, Fitted, Open, fit_all
from backend.learning.judgement import Judgement
from backend.learning.lesson import Answer, Lesson
from backend.learning.mixing import mixed
from backend.learning.state import Learned
from backend.model import Model
from backend.predictor import loglikelihoods_of
from backend.recipe import Recipe
from backend.refusals import Unready
from labeling.errors import TandemError
from labeling.predictions import UNCALIBRATED


def learn(
    recipe: Recipe, lesson: Lesson, model: Model, embed: Embed | None = None
) -> tuple[Learned, dict[str, Any]]:
    """Fit priors, mix, calibrator and second opinion.

    The same lesson, in any order, gives the same.
    Where the embedding model fails, learning goes on without it, and the report says so.

    Args:
        recipe: How tasks are answered under the lesson's instruction, nothing fitted yet.
        lesson: What is taught; answers with labels that the label config lacks are left out.
        model: Scores and writes.
        embed: Encodes texts; None: there is no embedding.

    Returns:
        The state, and a report of the fit in JSON's types.

    Raises:
        Unready: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    labels = [candidate.value for candidate in recipe.form.control.candidates]
    answers = sorted({a for a in lesson.answers if a.label in labels and a.text.strip()})
    texts, open_texts = _distinct(lesson.texts), _distinct(lesson.open_texts)
    asked = [*(answer.text for answer in answers), *open_texts]
    found = [_ask(method, texts, asked, model) for method in recipe.methods]

    for_prior = [s for m, s in zip(recipe.methods, found, strict=True) if m.takes_prior]
    texts = [t for t in texts if for_prior and all(t in scores for scores in for_prior)]
    answers = [answer for answer in answers if all(answer.text in scores for scores in found)]
    open_texts = [text for text in open_texts if all(text in scores for scores in found)]
    has_batch = len(texts) >= FEWEST_TEXTS
    priors = {
        method.name: log_prior([scores[t] for t in (texts if has_batch else CONTENT_FREE)])
        for method, scores in zip(recipe.methods, found, strict=True)
        if method.takes_prior
    }

    fitted, embedding = None, "not needed"
    if len(answers) >= FEWEST_ANSWERS:
        vectors, embedding = _vectors([*(a.text for a in answers), *open_texts], recipe, embed)
        believed = [
            _express(method, scores, priors.get(method.name))
            for method, scores in zip(recipe.methods, found, strict=True)
        ]
        fitted = _fit(recipe, answers, open_texts, labels, believed, vectors)

    judgement = fitted.judgement if fitted else None
    learned = Learned(
        instruction=lesson.instruction,
        basis=recipe.basis,
        content=_content(texts if has_batch else [], answers, open_texts, judgement),
        priors={name: tuple(prior.tolist()) for name, prior in priors.items() if has_batch},
        judgement=judgement,
        embedding=recipe.embedding.digest if recipe.embedding else None,
    )
    report = {
        "texts": len(texts),
        "answers": len(answers),
        "left_out": len(lesson.answers) - len(answers),
        "open_texts": len(open_texts),
        "prior": replace(recipe, learned=learned).prior,
        "calibrator": judgement.calibrator.description if judgement else UNCALIBRATED,
        "embedding": embedding,
        **(fitted.report if fitted else {}),
    }
    return learned, report


def _distinct(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if text.strip()})


def _ask(
    method: Method, texts: Sequence[str], asked: Sequence[str], model: Model
) -> dict[str, Floats]:
    """Ask by one method about all that it needs; see `_scores`.

    Args:
        method: The method.
        texts: What its prior is estimated from.
        asked: What is asked of every method.
        model: Scores and writes.
    """
    for_prior = [*CONTENT_FREE, *texts] if method.takes_prior else []
    return _scores([*for_prior, *asked], method, model)


def _scores(texts: Sequence[str], method: Method, model: Model) -> dict[str, Floats]:
    """Ask about texts; those that the model cannot read are left out, content-free ones never."""
    distinct = list(dict.fromkeys(texts))
    found = {}
    for text, belief in zip(distinct, method.ask(distinct, model), strict=True):
        if isinstance(belief, Unready) or (method.takes_prior and text in CONTENT_FREE):
            found[text] = loglikelihoods_of(belief)
        elif not isinstance(belief, TandemError) and np.all(np.isfinite(belief.loglikelihoods)):
            found[text] = belief.loglikelihoods
    return found


def _express(
    method: Method, scores: Mapping[str, Floats], prior: Floats | None
) -> dict[str, Floats]:
    """Give every text's log-probabilities by one method, its prior taken out."""
    arrays = np.array([*scores.values()])
    told = method.express(
        without_prior(arrays, np.zeros(arrays.shape[1]) if prior is None else prior)
    )
    return dict(zip(scores, told, strict=True))


def _vectors(
    texts: Sequence[str], recipe: Recipe, embed: Embed | None
) -> tuple[dict[str, Floats] | None, str]:
    """Encode texts: the vectors and the model's name, or None and why there are none.

    Raises:
        Unready: The time budget ran out.
    """
    if embed is None or recipe.embedding is None:
        return None, "none"
    vectors: dict[str, Floats] = {}
    try:
        for text, outcome in zip(texts, embed(texts), strict=True):
            if isinstance(outcome, TandemError):
                raise outcome
            vectors[text] = outcome.astype(np.float64)
    except Unready:
        raise
    except TandemError as error:
        return None, f"none: {error}"
    return vectors, recipe.embedding.name


def _fit(
    recipe: Recipe,
    answers: Sequence[Answer],
    open_texts: Sequence[str],
    labels: Sequence[str],
    believed: Sequence[Mapping[str, Floats]],
    vectors: Mapping[str, Floats] | None,
) -> Fitted:
    of_answers = [answer.text for answer in answers]
    mix, evidence, report = _mix(recipe, answers, labels, _beliefs(of_answers, believed))
    still_open = None
    if open_texts:
        log_probabilities = (mix or recipe.mix)(_beliefs(open_texts, believed))
        still_open = Open(log_probabilities, _rows(open_texts, vectors))
    fitted = fit_all(evidence, _rows(of_answers, vectors), still_open)
    return Fitted(replace(fitted.judgement, mix=mix), {"mix": report, **fitted.report})


def _mix(
    recipe: Recipe, answers: Sequence[Answer], labels: Sequence[str], beliefs: Floats
) -> tuple[Mix | None, Evidence, dict[str, Any] | None]:
    """Give the mix, None where one method is alone; the answers beside it; and its report."""
    evidence = Evidence(
        recipe.mix(beliefs),
        np.array([labels.index(answer.label) for answer in answers], dtype=np.intp),
        np.array([answer.probability for answer in answers]),
    )
    if len(recipe.methods) == 1:
        return None, evidence, None
    chosen = mixed([method.name for method in recipe.methods], beliefs, evidence)
    return chosen.mix, chosen.evidence, chosen.report


def _beliefs(texts: Sequence[str], believed: Sequence[Mapping[str, Floats]]) -> Floats:
    """Give log-probabilities of shape (methods, texts, labels)."""
    return np.array([[of_method[text] for text in texts] for of_method in believed])


def _rows(texts: Sequence[str], vectors: Mapping[str, Floats] | None) -> Floats | None:
    return None if vectors is None else np.array([vectors[text] for text in texts])


def _content(
    texts: Sequence[str],
    answers: Sequence[Answer],
    open_texts: Sequence[str],
    judgement: Judgement | None,
) -> str:
    """Digest all that moved what was learned: what was taught, and the methods; none: empty."""
    used: list[Any] = [texts]
    if judgement:
        used.append([[a.text, a.label, a.probability] for a in answers])
        used.append(open_texts if judgement.shift else [])
        has_opinion = judgement.opinion is not None
        used.append([judgement.calibrator.name, has_opinion, judgement.needs_embedding])
        used.append(judgement.mix and judgement.mix.to_json())
    return hashlib.sha256(json.dumps(used).encode()).hexdigest() if any(used) else ""
