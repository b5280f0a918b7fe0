"""From a training set to what is learned: the model is asked, and each control is fitted."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backend.calibration.control_model import ControlModel
from backend.calibration.learned_state import LearnedState
from backend.embedding import Embed
from backend.engines.model_client import Abilities, ModelClient
from backend.engines.steps import Steps, gather, run
from backend.learning.control_fit import ControlFit
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.fit_choice import fit_choice
from backend.learning.fit_open import fit_open
from backend.learning.fit_regions import fit_regions
from backend.learning.fit_whole import with_whole
from backend.learning.material import Material, Texts
from backend.learning.samples import AnsweredItem, ControlSamples, Samples
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec
from backend.questions.base import Question
from backend.questions.choice import ChoiceQuestion
from backend.questions.open import OpenQuestion
from backend.questions.per_region import PerRegionQuestion
from backend.questions.solved_items import ShownExamples
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from labeling.hashing import digest_of
from labeling.mathtypes import Floats
from labeling.predictions.prediction import UNCALIBRATED


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a training set came to.

    Attributes:
        learned: The state.
        report: The figures behind it, in JSON's types.
        materials: What further learners are given, by the control that they may learn.
        answers: What was learned from, as far as the label config has a place for it.
    """

    learned: LearnedState
    report: dict[str, Any]
    materials: Mapping[str, Material]
    answers: Sequence[AnsweredItem]


def learn(
    model_spec: ModelSpec, training_set: TrainingSet, model: ModelClient, embed: Embed | None = None
) -> tuple[LearnedState, dict[str, Any]]:
    """Fit all controls, and return the state and the report; see `lesson_of`."""
    lesson = lesson_of(model_spec, training_set, model, embed)
    return lesson.learned, lesson.report


def lesson_of(
    model_spec: ModelSpec, training_set: TrainingSet, model: ModelClient, embed: Embed | None = None
) -> Lesson:
    """Fit all controls. The same training set, in any order, gives the same.

    Where the embedding model fails, learning goes on without it, and the report says so.

    Args:
        model_spec: How tasks are answered under the training set's instruction, nothing fitted yet.
        training_set: What is learned from; answers that the label config has no place for are left
            out.
        model: Scores and writes.
        embed: Encodes texts; None: there is no embedding.

    Returns:
        What was learned.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
        EngineError: The model cannot answer content-free texts.
    """
    samples = Samples.read(model_spec.form, training_set)
    vectors, embedding = encode(samples, model_spec, embed)
    model = model.remembering()
    conversations = [
        _fit(
            question,
            _shown(samples.of_control(question.control.from_name), question, vectors),
            model_spec.equivalence,
            vectors,
            model.abilities,
        )
        for question in model_spec.questions
    ]
    names = [question.control.from_name for question in model_spec.questions]
    fits = dict(zip(names, run(gather(conversations), model), strict=True))
    learned = LearnedState(
        instruction=training_set.instruction,
        basis=model_spec.basis,
        content=_digest([one for fit in fits.values() for one in fit.content]),
        controls={
            name: fit.control_model
            for name, fit in fits.items()
            if fit.control_model != ControlModel()
        },
        embedding=model_spec.embedding.digest if model_spec.embedding else None,
    )
    learned, of_whole = with_whole(model_spec, learned, samples.answers, model)
    sent = len(training_set.answers)
    report = (
        _report_of_only(fits, sent)
        if model_spec.form.only
        else _report_of_several(fits, sent, of_whole, learned)
    )
    return Lesson(
        learned,
        {**report, "embedding": embedding},
        {
            name: _with_texts(fit.material, model_spec.form)
            for name, fit in fits.items()
            if fit.material
        },
        samples.answers,
    )


def _with_texts(material: Material, form: Form) -> Material:
    """Have learners read what people read, in place of the form's items."""

    def read(texts: Texts) -> Texts:
        return replace(texts, texts=tuple(form.read(key) for key in texts.keys))

    return replace(
        material, known=read(material.known), open_=material.open_ and read(material.open_)
    )


def _fit(
    question: Question,
    samples: ControlSamples,
    equivalence: Equivalence,
    vectors: Mapping[str, Floats] | None,
    abilities: Abilities,
) -> Steps[ControlFit]:
    match question:
        case ChoiceQuestion():
            return fit_choice(question, samples, vectors, abilities)
        case OpenQuestion():
            return fit_open(question, samples, equivalence)
        case PerRegionQuestion():
            return fit_regions(question, samples, equivalence, abilities)
    raise TypeError(f"Nothing can be fitted to {type(question).__name__}")


def _shown(
    samples: ControlSamples, question: Question, vectors: Mapping[str, Floats] | None
) -> ControlSamples:
    """Return items with embeddings, where those decide which examples stand before them."""
    is_needed = vectors is not None and _retrieves(question)
    return samples.with_embeddings(vectors or {}) if is_needed else samples


def encode(
    samples: Samples, model_spec: ModelSpec, embed: Embed | None
) -> tuple[dict[str, Floats] | None, str]:
    """Encode items, where a fit can use that.

    Those are the answered and open ones; and all, where embeddings decide which examples are shown.

    Args:
        samples: What is learned from.
        model_spec: How the model is asked.
        embed: Encodes texts; None: there is no embedding.

    Returns:
        The vectors by item, shape (dims,) each, and the embedding model's name; or None, and why
        there are none.

    Raises:
        RetryLater: The time budget ran out.
    """
    if len(samples.answers) < FEWEST_ANSWERS or not _read_embeddings(model_spec.questions):
        return None, "not needed"
    if embed is None or model_spec.embedding is None:
        return None, "none"
    items = [*(one.item for one in samples.answers), *samples.open_items]
    items += samples.texts if any(map(_retrieves, model_spec.questions)) else []
    keys = sorted({one.key for one in items})
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


def _read_embeddings(questions: Iterable[Question]) -> bool:
    return any(
        _retrieves(one) or (isinstance(one, ChoiceQuestion) and not one.is_symmetric)
        for one in questions
    )


def _retrieves(question: Question) -> bool:
    """Return whether an item's embedding decides which examples a question shows before it."""
    examples = getattr(question, "examples", None)
    return isinstance(examples, ShownExamples) and examples.plan.needs_embedding


def _report_of_only(fits: Mapping[str, ControlFit], sent: int) -> dict[str, Any]:
    """Report on a form of one control, given the answers that were sent."""
    [fit] = fits.values()
    left_out = sent - int(fit.report["answers"])
    calibrator = fit.control_model.description
    return {**fit.report, "calibrator": calibrator, "left_out": left_out}


def _report_of_several(
    fits: Mapping[str, ControlFit],
    sent: int,
    of_whole: Mapping[str, Any] | None,
    learned: LearnedState,
) -> dict[str, Any]:
    """Report on a form of several controls: each one's report, and that of whole answers."""
    counts = {
        name: max(int(fit.report[name]) for fit in fits.values())
        for name in ("texts", "answers", "open_texts")
    }
    return {
        **counts,
        "left_out": sent - counts["answers"],
        "calibrator": learned.whole.description if learned.whole else UNCALIBRATED,
        "controls": {
            name: {**fit.report, "calibrator": fit.control_model.description}
            for name, fit in fits.items()
        },
        **(of_whole or {}),
    }


def _digest(content: Sequence[Any]) -> str:
    """Digest all that moved what was learned; nothing: empty."""
    return digest_of(json.dumps(content)) if any(content) else ""
