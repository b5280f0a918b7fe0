"""Tasks in, outcomes out: all questions are asked side by side, and each answer is calibrated."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import compress
from typing import Any, TypeAlias

import numpy as np

from backend.calibration.log_odds import calibrated
from backend.classifiers.cascade import CascadeRule
from backend.classifiers.store import CLASSIFIERS, STUDENT
from backend.embedding import Embed
from backend.engines.model_client import Abilities, ModelClient
from backend.engines.steps import Steps, run
from backend.pipeline.model_spec import ModelSpec
from backend.questions.base import Parts, Question
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import PromptItem, item_of
from backend.questions.student_first import Cascade, ask_where_unsure
from backend.questions.two_stage import in_stages
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError, TaskError
from labeling.mathtypes import Floats
from labeling.predictions.prediction import Failure, Part, Prediction

Classify: TypeAlias = Callable[[str, str, Sequence[str], Floats | None], Floats]
"""Labels texts as `backend.classifiers.store.ClassifierStore.classify` does."""


Answered: TypeAlias = Mapping[str, Mapping[str, Part]]
"""What students answered: by control, and by the form's item."""


def predict(
    model_spec: ModelSpec,
    model: ModelClient,
    tasks: Sequence[Any],
    embed: Embed | None = None,
    classify: Classify | None = None,
) -> list[Prediction | Failure]:
    """Answer tasks; one that cannot be read, scored or encoded gets its own failure.

    Args:
        model_spec: How the project's tasks are answered.
        model: Scores and writes; it is entered once a step.
        tasks: Tasks as Label Studio sends them; anything else fails for itself.
        embed: Encodes texts, where a second opinion asks for that.
        classify: Asks the learners that label texts, where what was learned counts on some.

    Returns:
        One outcome per task, in order.

    Raises:
        TandemError: A prior cannot be computed, the model not be asked or the embedding model not
            be loaded, so that no task can be answered.
    """
    read = [_read(model_spec, task) for task in tasks]
    items = [one for one in read if isinstance(one, PromptItem)]
    outcomes = iter(predict_items(model_spec, model, items, embed, classify))
    return [next(outcomes) if isinstance(one, PromptItem) else one for one in read]


def predict_items(
    model_spec: ModelSpec,
    model: ModelClient,
    items: Sequence[PromptItem],
    embed: Embed | None = None,
    classify: Classify | None = None,
) -> list[Prediction | Failure]:
    """Answer items that were read; see `predict`.

    Args:
        model_spec: How they are answered.
        model: Scores and writes.
        items: What is asked about.
        embed: Encodes texts, where a second opinion asks for that.
        classify: See `predict`.

    Returns:
        One outcome per item, in order.

    Raises:
        TandemError: No item can be answered.
    """
    answered = _by_students(model_spec, items, classify)
    items = _with_evidence(model_spec, items, answered, embed, classify)
    ask = partial(_ask, model_spec, model.abilities, answered)
    parts = run(in_stages(model_spec.questions, items, ask), model)
    return [_outcome(model_spec, of_item) for of_item in zip(*parts, strict=True)]


def _by_students(
    model_spec: ModelSpec, items: Sequence[PromptItem], classify: Classify | None
) -> Answered:
    """Have students answer what they are sure of, which needs nothing but the texts."""
    answered: dict[str, dict[str, Part]] = {}
    for question in model_spec.questions:
        student = model_spec.control_model(question).student
        if student is None or classify is None or not isinstance(question, ChoiceQuestion):
            continue
        cascade = Cascade(
            tuple(question.values),
            partial(_of_student, classify, student.artefact),
            CascadeRule(student.threshold, student.loss, student.risk, student.share),
            f"{STUDENT}:{student.artefact[:8]}",
            student.answers,
        )
        parts = cascade.parts([model_spec.form.read(item.key) for item in items])
        keyed = zip((item.key for item in items), parts, strict=True)
        answered[question.control.from_name] = {key: part for key, part in keyed if part}
    return answered


def _of_student(classify: Classify, artefact: str, texts: Sequence[str]) -> Floats:
    return classify(STUDENT, artefact, texts, None)


def _with_evidence(
    model_spec: ModelSpec,
    items: Sequence[PromptItem],
    answered: Answered,
    embed: Embed | None,
    classify: Classify | None,
) -> list[PromptItem]:
    """Encode items and ask learners about them, but for those that students answered wholly."""
    controls = [one.control.from_name for one in model_spec.questions]
    needs = [
        not all(item.key in answered.get(control, {}) for control in controls) for item in items
    ]
    some = _with_embeddings(model_spec, [*compress(items, needs)], embed)
    rest = iter(_with_opinions(model_spec, some, classify))
    return [next(rest) if is_asked else item for item, is_asked in zip(items, needs, strict=True)]


def _ask(
    model_spec: ModelSpec,
    abilities: Abilities,
    answered: Answered,
    question: Question,
    items: Sequence[PromptItem],
) -> Steps[Parts]:
    """Ask the model, but for what a student answered."""

    def ask(items: Sequence[PromptItem]) -> Steps[Parts]:
        return question.steps(items, model_spec.control_model(question), abilities)

    known = answered.get(question.control.from_name)
    if not known:
        return ask(items)
    return ask_where_unsure([known.get(item.key) for item in items], items, ask)


def _read(model_spec: ModelSpec, task: Any) -> PromptItem | Failure:
    try:
        return item_of(model_spec.form, model_spec.form.item_of(task))
    except TaskError as error:
        return Failure(str(error))
    except RecursionError:
        return Failure("The task's data are nested too deeply.")


def _with_embeddings(
    model_spec: ModelSpec, items: Sequence[PromptItem], embed: Embed | None
) -> list[PromptItem]:
    """Encode items where what was learned reads that."""
    if embed is None or not model_spec.needs_embedding:
        return [*items]
    vectors = embed([model_spec.form.read(item.key) for item in items])
    return [replace(item, embedding=vector) for item, vector in zip(items, vectors, strict=True)]


def _with_opinions(
    model_spec: ModelSpec, items: Sequence[PromptItem], classify: Classify | None
) -> list[PromptItem]:
    """Ask the learners that what was learned counts on; items without an embedding are left."""
    classifiers = [
        (question.control.from_name, name, digest)
        for question in model_spec.questions
        for name, digest in model_spec.control_model(question).artefacts.items()
        if name in CLASSIFIERS
    ]
    if classify is None or not classifiers:
        return [*items]
    vectors = [one.embedding for one in items if not isinstance(one.embedding, TandemError)]
    embedded = [one for one in vectors if one is not None]
    asked = [one for one in items if not isinstance(one.embedding, TandemError)]
    if not asked:
        return [*items]
    texts = [model_spec.form.read(one.key) for one in asked]
    embeddings = np.array(embedded, dtype=np.float64) if embedded else None
    opinions: list[dict[str, dict[str, Floats]]] = [{} for _ in asked]
    for control, name, digest in classifiers:
        for own, row in zip(opinions, classify(name, digest, texts, embeddings), strict=True):
            own.setdefault(control, {})[name] = row
    found = iter(opinions)
    return [
        one if isinstance(one.embedding, TandemError) else replace(one, opinions=next(found))
        for one in items
    ]


def _outcome(model_spec: ModelSpec, parts: Sequence[Part | TandemError]) -> Prediction | Failure:
    by_control: dict[str, Part] = {}
    for question, part in zip(model_spec.questions, parts, strict=True):
        if isinstance(part, TandemError):
            return Failure(str(part), is_passing=isinstance(part, RetryLater))
        by_control[question.control.from_name] = part
    prediction = prediction_of(model_spec, by_control)
    return prediction or Failure("The model answered none of the form's controls.")


def prediction_of(model_spec: ModelSpec, by_control: Mapping[str, Part]) -> Prediction | None:
    """Put what is said to each control together.

    Args:
        model_spec: How it was answered.
        by_control: What is said, by the control's name; those that do not show are left out.

    Returns:
        The form's answer; None where nothing that shows is answered.
    """
    answer = model_spec.form.answer({name: part.answer for name, part in by_control.items()})
    if answer is None:
        return None
    shown = model_spec.form.answers(answer)
    kept = {name: part for name, part in by_control.items() if name in shown}
    return Prediction(answer, _confidence(model_spec, kept), model_spec.model_version, kept)


def _confidence(model_spec: ModelSpec, parts: Mapping[str, Part]) -> float:
    """Return the probability that all that counts is right, as if the parts erred on their own.

    Where people's answers showed how they err together, those calibrate it.
    """
    counted = [
        parts[control.from_name].confidence
        for control in model_spec.form.controls
        if control.from_name in parts and model_spec.equivalence.counts(control)
    ]
    learned = model_spec.learned
    [confidence] = calibrated(learned.whole if learned else None, [math.prod(counted)])
    return confidence
