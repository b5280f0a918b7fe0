"""From a training set to what is learned: the model is asked, and each control is fitted."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.calibration.control_model import ControlModel
from backend.calibration.learned_state import LearnedState
from backend.calibration.noisy_labels import Floats
from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.fit_choice import ControlSamples, LabeledItem, fit_choice
from backend.learning.fit_open import calibrator_of, fit_open
from backend.learning.fit_regions import fit_regions
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.pipeline.model_spec import ModelSpec
from backend.questions.base import Question
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import PromptItem, item_of
from backend.questions.open import OpenQuestion
from backend.questions.per_region import PerRegionQuestion
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

    item: PromptItem
    answer: str
    answers: Mapping[str, str]
    probability: float


def learn(
    model_spec: ModelSpec, training_set: TrainingSet, model: ModelClient, embed: Embed | None = None
) -> tuple[LearnedState, dict[str, Any]]:
    """Fit what the questions can be taught. The same training set, in any order, gives the same.

    Where the embedding model fails, learning goes on without it, and the report says so.

    Args:
        model_spec: How tasks are answered under the training set's instruction, nothing fitted yet.
        training_set: What is taught; answers that the label config has no place for are left out.
        model: Scores and writes.
        embed: Encodes texts; None: there is no embedding.

    Returns:
        The state, and a report of the fit in JSON's types.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    answers = _answers(model_spec.form, training_set.answers)
    texts, open_items = (
        _items(model_spec.form, training_set.texts),
        _items(model_spec.form, training_set.open_texts),
    )
    asked = {one.key: one for one in [*texts, *(a.item for a in answers), *open_items]}
    model = together(model_spec.questions, model_spec.control_model, [*asked.values()], model)
    vectors, embedding = None, "not needed"
    if len(answers) >= FEWEST_ANSWERS and _reads_embeddings(model_spec.questions):
        encoded = {one.key for one in [*(a.item for a in answers), *open_items]}
        vectors, embedding = _vectors(sorted(encoded), model_spec, embed)

    controls: dict[str, ControlModel] = {}
    reports: dict[str, dict[str, Any]] = {}
    content: list[Any] = []
    for question in model_spec.questions:
        name = question.control.from_name
        samples = ControlSamples(texts, _of_control(name, answers), open_items)
        controls[name], reports[name], used = _learn(model_spec, question, samples, model, vectors)
        content += used
    learned = LearnedState(
        instruction=training_set.instruction,
        basis=model_spec.basis,
        content=_digest(content),
        controls={
            name: control_model
            for name, control_model in controls.items()
            if control_model != ControlModel()
        },
        embedding=model_spec.embedding.digest if model_spec.embedding else None,
    )
    learned, of_whole = _with_whole(model_spec, learned, answers, model)
    report = _report(model_spec, training_set, reports, of_whole, learned)
    return learned, {**report, "embedding": embedding}


def _learn(
    model_spec: ModelSpec,
    question: Question,
    samples: ControlSamples,
    model: ModelClient,
    vectors: Mapping[str, Floats] | None,
) -> tuple[ControlModel, dict[str, Any], list[Any]]:
    match question:
        case ChoiceQuestion():
            return fit_choice(question, samples, model, vectors)
        case OpenQuestion():
            return fit_open(question, samples, model, model_spec.equivalence)
        case PerRegionQuestion():
            return fit_regions(question, samples, model, model_spec.equivalence)
    return ControlModel(), {"answers": 0}, []


def _with_whole(
    model_spec: ModelSpec, learned: LearnedState, answers: Sequence[_Read], model: ModelClient
) -> tuple[LearnedState, dict[str, Any] | None]:
    """Calibrate the probability that all of an answer is right, where several controls make it."""
    if model_spec.form.only or len(answers) < FEWEST_ANSWERS:
        return learned, None
    control_model = replace(model_spec, learned=learned)

    def ask(
        question: Question, items: Sequence[PromptItem], model: ModelClient
    ) -> list[Part | TandemError]:
        if _needs_vectors(control_model.control_model(question)):
            return [TaskError("Its embedding is not at hand")] * len(items)
        return question.answer(
            items, model, control_model.control_model(question), [None] * len(items)
        )

    parts = in_stages(
        model_spec.questions, [one.item for one in answers], model, control_model.control_model, ask
    )
    events = [
        event
        for one, said in zip(answers, zip(*parts, strict=True), strict=True)
        if (event := _event(model_spec, one, said)) is not None
    ]
    whole, report = calibrator_of(
        [p for p, _, _ in events], [right for _, right, _ in events], [t for _, _, t in events]
    )
    return replace(learned, whole=whole), report


def _event(
    model_spec: ModelSpec, answered: _Read, said: Sequence[Part | TandemError]
) -> tuple[float, bool, float] | None:
    """Tell how probable a whole answer was, whether people say the same, and how sure they are."""
    parts = [part for part in said if isinstance(part, Part)]
    if len(parts) < len(said):
        return None
    answers = {
        question.control.from_name: part.answer
        for question, part in zip(model_spec.questions, parts, strict=True)
    }
    answer = model_spec.form.answer(answers)
    if answer is None:
        return None
    shown = model_spec.form.answers(answer)
    probability = math.prod(
        part.confidence
        for question, part in zip(model_spec.questions, parts, strict=True)
        if question.control.from_name in shown and model_spec.equivalence.counts(question.control)
    )
    is_right = model_spec.equivalence.is_same_answer(answer, answered.answer)
    return probability, is_right, answered.probability


def _needs_vectors(control_model: ControlModel | None) -> bool:
    return bool(
        control_model and control_model.calibration and control_model.calibration.needs_embedding
    )


def _reads_embeddings(questions: Iterable[Question]) -> bool:
    return any(isinstance(one, ChoiceQuestion) and not one.is_symmetric for one in questions)


def _answers(form: Form, answers: Iterable[HumanAnswer]) -> list[_Read]:
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


def _items(form: Form, texts: Iterable[str]) -> list[PromptItem]:
    """Read items, sorted and each once; what is none is left out."""
    items = []
    for text in sorted({text for text in texts if text.strip()}):
        try:
            items.append(item_of(form, text))
        except TaskError:
            continue
    return items


def _of_control(name: str, answers: Sequence[_Read]) -> list[LabeledItem]:
    return [
        LabeledItem(one.item, one.answers[name], one.probability)
        for one in answers
        if name in one.answers
    ]


def _vectors(
    keys: Sequence[str], model_spec: ModelSpec, embed: Embed | None
) -> tuple[dict[str, Floats] | None, str]:
    """Encode items: the vectors and the model's name, or None and why there are none.

    Raises:
        RetryLater: The time budget ran out.
    """
    if embed is None or model_spec.embedding is None:
        return None, "none"
    vectors: dict[str, Floats] = {}
    try:
        texts = [model_spec.form.read(key) for key in keys]
        for key, outcome in zip(keys, embed(texts), strict=True):
            if isinstance(outcome, TandemError):
                raise outcome
            vectors[key] = outcome.astype(np.float64)
    except RetryLater:
        raise
    except TandemError as error:
        return None, f"none: {error}"
    return vectors, model_spec.embedding.name


def _report(
    model_spec: ModelSpec,
    training_set: TrainingSet,
    reports: Mapping[str, Mapping[str, Any]],
    of_whole: Mapping[str, Any] | None,
    learned: LearnedState,
) -> dict[str, Any]:
    """Put together the report: the control's own, or of several each one's and the whole's."""
    described = {
        name: (learned.controls.get(name) or ControlModel()).description for name in reports
    }
    each = {name: {**one, "calibrator": described[name]} for name, one in reports.items()}
    if model_spec.form.only:
        [report] = each.values()
        return {**report, "left_out": len(training_set.answers) - int(report["answers"])}
    used = max(int(one["answers"]) for one in each.values())
    return {
        "texts": max(int(one["texts"]) for one in each.values()),
        "answers": used,
        "open_texts": max(int(one["open_texts"]) for one in each.values()),
        "left_out": len(training_set.answers) - used,
        "calibrator": learned.whole.description if learned.whole else UNCALIBRATED,
        "controls": each,
        **(of_whole or {}),
    }


def _digest(content: Sequence[Any]) -> str:
    """Digest all that moved what was learned; nothing: empty."""
    return hashlib.sha256(json.dumps(content).encode()).hexdigest() if any(content) else ""
