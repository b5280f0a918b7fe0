"""From a lesson to what is learned: the model is asked, and every control's answers are fitted."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.embedding import Embed
from backend.learning.control_model import Taught
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.fit_choice import Answered, Samples, learn_labels
from backend.learning.fit_open import calibrator_of, learn_entries
from backend.learning.fit_regions import learn_regions
from backend.learning.noisy_labels import Floats
from backend.learning.state import Learned
from backend.learning.training_set import Answer, Lesson
from backend.pipeline.model_client import Model
from backend.pipeline.model_spec import Recipe
from backend.questions.base import Question
from backend.questions.choice import LabelQuestion
from backend.questions.item import Item, item_of
from backend.questions.open import OpenQuestion
from backend.questions.per_region import RegionsQuestion
from backend.questions.prefetch import together
from backend.questions.two_stage import in_stages
from backend.runtime.retry_later import RetryLater
from labeling.errors import AnswerError, TandemError, TaskError
from labeling.form.form import Form
from labeling.predictions.prediction import UNCALIBRATED, Part


@dataclass(frozen=True, slots=True)
class _Read:
    """A person's answer, read.

    Attributes:
        item: What it is about.
        answer: The form's answer.
        answers: Each control's, by its name.
        probability: That it is right.
    """

    item: Item
    answer: str
    answers: Mapping[str, str]
    probability: float


def learn(
    recipe: Recipe, lesson: Lesson, model: Model, embed: Embed | None = None
) -> tuple[Learned, dict[str, Any]]:
    """Fit what the questions can be taught. The same lesson, in any order, gives the same.

    Where the embedding model fails, learning goes on without it, and the report says so.

    Args:
        recipe: How tasks are answered under the lesson's instruction, nothing fitted yet.
        lesson: What is taught; answers that the label config has no place for are left out.
        model: Scores and writes.
        embed: Encodes texts; None: there is no embedding.

    Returns:
        The state, and a report of the fit in JSON's types.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    answers = _answers(recipe.form, lesson.answers)
    texts, open_items = _items(recipe.form, lesson.texts), _items(recipe.form, lesson.open_texts)
    asked = {one.key: one for one in [*texts, *(a.item for a in answers), *open_items]}
    model = together(recipe.questions, recipe.taught, [*asked.values()], model)
    vectors, embedding = None, "not needed"
    if len(answers) >= FEWEST_ANSWERS and _reads_embeddings(recipe.questions):
        encoded = {one.key for one in [*(a.item for a in answers), *open_items]}
        vectors, embedding = _vectors(sorted(encoded), recipe, embed)

    controls: dict[str, Taught] = {}
    reports: dict[str, dict[str, Any]] = {}
    content: list[Any] = []
    for question in recipe.questions:
        name = question.control.from_name
        samples = Samples(texts, _of_control(name, answers), open_items)
        controls[name], reports[name], used = _learn(recipe, question, samples, model, vectors)
        content += used
    learned = Learned(
        instruction=lesson.instruction,
        basis=recipe.basis,
        content=_digest(content),
        controls={name: taught for name, taught in controls.items() if taught != Taught()},
        embedding=recipe.embedding.digest if recipe.embedding else None,
    )
    learned, of_whole = _with_whole(recipe, learned, answers, model)
    report = _report(recipe, lesson, reports, of_whole, learned)
    return learned, {**report, "embedding": embedding}


def _learn(
    recipe: Recipe,
    question: Question,
    samples: Samples,
    model: Model,
    vectors: Mapping[str, Floats] | None,
) -> tuple[Taught, dict[str, Any], list[Any]]:
    match question:
        case LabelQuestion():
            return learn_labels(question, samples, model, vectors)
        case OpenQuestion():
            return learn_entries(question, samples, model, recipe.equivalence)
        case RegionsQuestion():
            return learn_regions(question, samples, model, recipe.equivalence)
    return Taught(), {"answers": 0}, []


def _with_whole(
    recipe: Recipe, learned: Learned, answers: Sequence[_Read], model: Model
) -> tuple[Learned, dict[str, Any] | None]:
    """Calibrate the probability that all of an answer is right, where several controls make it."""
    if recipe.form.only or len(answers) < FEWEST_ANSWERS:
        return learned, None
    taught = replace(recipe, learned=learned)

    def ask(question: Question, items: Sequence[Item], model: Model) -> list[Part | TandemError]:
        if _needs_vectors(taught.taught(question)):
            return [TaskError("Its embedding is not at hand")] * len(items)
        return question.answer(items, model, taught.taught(question), [None] * len(items))

    parts = in_stages(recipe.questions, [one.item for one in answers], model, taught.taught, ask)
    events = [
        event
        for one, said in zip(answers, zip(*parts, strict=True), strict=True)
        if (event := _event(recipe, one, said)) is not None
    ]
    whole, report = calibrator_of(
        [p for p, _, _ in events], [right for _, right, _ in events], [t for _, _, t in events]
    )
    return replace(learned, whole=whole), report


def _event(
    recipe: Recipe, answered: _Read, said: Sequence[Part | TandemError]
) -> tuple[float, bool, float] | None:
    """Tell how probable a whole answer was, whether people say the same, and how sure they are."""
    parts = [part for part in said if isinstance(part, Part)]
    if len(parts) < len(said):
        return None
    answers = {
        question.control.from_name: part.answer
        for question, part in zip(recipe.questions, parts, strict=True)
    }
    answer = recipe.form.answer(answers)
    if answer is None:
        return None
    shown = recipe.form.answers(answer)
    probability = math.prod(
        part.confidence
        for question, part in zip(recipe.questions, parts, strict=True)
        if question.control.from_name in shown and recipe.equivalence.counts(question.control)
    )
    is_right = recipe.equivalence.is_same_answer(answer, answered.answer)
    return probability, is_right, answered.probability


def _needs_vectors(taught: Taught | None) -> bool:
    return bool(taught and taught.judgement and taught.judgement.needs_embedding)


def _reads_embeddings(questions: Iterable[Question]) -> bool:
    return any(isinstance(one, LabelQuestion) and not one.is_symmetric for one in questions)


def _answers(form: Form, answers: Iterable[Answer]) -> list[_Read]:
    """Read people's answers, sorted; those that the label config has no place for are left out."""
    read = []
    for one in sorted(set(answers)):
        try:
            said = form.answers(one.label)
            form.encode(one.label, one.text)
            item = item_of(form, one.text)
        except (AnswerError, TaskError):
            continue
        if one.text.strip():
            read.append(_Read(item, one.label, said, one.probability))
    return read


def _items(form: Form, texts: Iterable[str]) -> list[Item]:
    """Read items, sorted and each once; what is none is left out."""
    items = []
    for text in sorted({text for text in texts if text.strip()}):
        try:
            items.append(item_of(form, text))
        except TaskError:
            continue
    return items


def _of_control(name: str, answers: Sequence[_Read]) -> list[Answered]:
    return [
        Answered(one.item, one.answers[name], one.probability)
        for one in answers
        if name in one.answers
    ]


def _vectors(
    keys: Sequence[str], recipe: Recipe, embed: Embed | None
) -> tuple[dict[str, Floats] | None, str]:
    """Encode items: the vectors and the model's name, or None and why there are none.

    Raises:
        RetryLater: The time budget ran out.
    """
    if embed is None or recipe.embedding is None:
        return None, "none"
    vectors: dict[str, Floats] = {}
    try:
        texts = [recipe.form.read(key) for key in keys]
        for key, outcome in zip(keys, embed(texts), strict=True):
            if isinstance(outcome, TandemError):
                raise outcome
            vectors[key] = outcome.astype(np.float64)
    except RetryLater:
        raise
    except TandemError as error:
        return None, f"none: {error}"
    return vectors, recipe.embedding.name


def _report(
    recipe: Recipe,
    lesson: Lesson,
    reports: Mapping[str, Mapping[str, Any]],
    of_whole: Mapping[str, Any] | None,
    learned: Learned,
) -> dict[str, Any]:
    """Put together the report: the control's own, or of several each one's and the whole's."""
    described = {name: (learned.controls.get(name) or Taught()).description for name in reports}
    each = {name: {**one, "calibrator": described[name]} for name, one in reports.items()}
    if recipe.form.only:
        [report] = each.values()
        return {**report, "left_out": len(lesson.answers) - int(report["answers"])}
    used = max(int(one["answers"]) for one in each.values())
    return {
        "texts": max(int(one["texts"]) for one in each.values()),
        "answers": used,
        "open_texts": max(int(one["open_texts"]) for one in each.values()),
        "left_out": len(lesson.answers) - used,
        "calibrator": learned.whole.description if learned.whole else UNCALIBRATED,
        "controls": each,
        **(of_whole or {}),
    }


def _digest(content: Sequence[Any]) -> str:
    """Digest all that moved what was learned; nothing: empty."""
    return hashlib.sha256(json.dumps(content).encode()).hexdigest() if any(content) else ""
