"""From a lesson to what is learned: scores and embeddings are asked for, the rest is fitted."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from backend.confidence.priors import CONTENT_FREE, FEWEST_TEXTS, log_prior, without_prior
from backend.embedding import Embed
from backend.learning.evidence import Evidence, Floats
from backend.learning.fitted import FEWEST_ANSWERS, Fitted, Open, fit_all
from backend.learning.judgement import Judgement
from backend.learning.lesson import Answer, Lesson
from backend.learning.state import Learned
from backend.model import Score
from backend.predictor import loglikelihoods_of
from backend.recipe import Recipe
from backend.refusals import Unready
from labeling.errors import TandemError
from labeling.predictions import UNCALIBRATED


def learn(
    recipe: Recipe, lesson: Lesson, score: Score, embed: Embed | None = None
) -> tuple[Learned, dict[str, Any]]:
    """Fit prior, calibrator and second opinion. The same lesson, in any order, gives the same.

    Where the embedding model fails, learning goes on without it, and the report says so.

    Args:
        recipe: How tasks are answered under the lesson's instruction, nothing fitted yet.
        lesson: What is taught; answers with labels that the label config lacks are left out.
        score: Scores requests.
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
    asked = [*texts, *(answer.text for answer in answers), *open_texts]
    scores = _scores([*CONTENT_FREE, *asked], recipe, score)

    texts, open_texts = ([t for t in some if t in scores] for some in (texts, open_texts))
    answers = [answer for answer in answers if answer.text in scores]
    has_batch = len(texts) >= FEWEST_TEXTS
    prior = log_prior([scores[text] for text in (texts if has_batch else CONTENT_FREE)])

    fitted, embedding = None, "not needed"
    if len(answers) >= FEWEST_ANSWERS:
        vectors, embedding = _vectors([*(a.text for a in answers), *open_texts], recipe, embed)
        believed = {text: without_prior(array, prior) for text, array in scores.items()}
        fitted = _fit(answers, open_texts, labels, believed, vectors)

    judgement = fitted.judgement if fitted else None
    learned = Learned(
        instruction=lesson.instruction,
        basis=recipe.basis,
        content=_content(texts if has_batch else [], answers, open_texts, judgement),
        prior=tuple(prior.tolist()) if has_batch else None,
        judgement=judgement,
        embedding=recipe.embedding.digest if recipe.embedding else None,
    )
    report = {
        "texts": len(texts),
        "answers": len(answers),
        "left_out": len(lesson.answers) - len(answers),
        "open_texts": len(open_texts),
        "prior": "batch" if has_batch else "contextual",
        "calibrator": judgement.calibrator.description if judgement else UNCALIBRATED,
        "embedding": embedding,
        **(fitted.report if fitted else {}),
    }
    return learned, report


def _distinct(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if text.strip()})


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
    answers: Sequence[Answer],
    open_texts: Sequence[str],
    labels: Sequence[str],
    believed: Mapping[str, Floats],
    vectors: Mapping[str, Floats] | None,
) -> Fitted:
    of_answers = [answer.text for answer in answers]
    evidence = Evidence(
        np.array([believed[text] for text in of_answers]),
        np.array([labels.index(answer.label) for answer in answers], dtype=np.intp),
        np.array([answer.probability for answer in answers]),
    )
    still_open = None
    if open_texts:
        log_probabilities = np.array([believed[text] for text in open_texts])
        still_open = Open(log_probabilities, _rows(open_texts, vectors))
    return fit_all(evidence, _rows(of_answers, vectors), still_open)


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
    return hashlib.sha256(json.dumps(used).encode()).hexdigest() if any(used) else ""
