"""From a training set to a student: what answers now is the teacher, people's answers the judge."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backend.calibration.noisy_labels import TINY, NoisyLabels
from backend.classifiers.student import Student
from backend.distillation.fit import Distilled, distil
from backend.distillation.folder import StudentCard
from backend.distillation.token_vectors import TokenVectors
from backend.embedding import Embed
from backend.engines.model_client import ModelClient
from backend.learning.held_out import held_out
from backend.learning.report import quality
from backend.learning.samples import LabeledItem, Samples
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec
from backend.pipeline.predictor import Classify, predict_items
from backend.questions.choice import ChoiceQuestion
from backend.runtime.retry_later import RetryLater
from labeling.errors import LabelConfigError, TandemError
from labeling.mathtypes import Floats
from labeling.predictions.prediction import Failure, Prediction

FEWEST_ANSWERS = 50
"""Answers below which there is no student: nothing would say how good it is."""

_TIMED = 1_000
"""Texts at most that a student's speed is measured on."""


@dataclass(frozen=True, slots=True)
class TaughtStudent:
    """A student, and what is told of it."""

    student: Student
    card: StudentCard


def distil_control(
    teacher: ModelSpec,
    untaught: ModelSpec,
    training_set: TrainingSet,
    model: ModelClient,
    embed: Embed | None,
    classify: Classify,
    vectors: Callable[[], TokenVectors],
    control: str | None,
    licence: str,
) -> TaughtStudent:
    """Distil what answers one control now.

    Args:
        teacher: How tasks are answered now.
        untaught: The same with nothing learned, from which the teacher is fitted anew without some
            answers, so that it can be judged on those.
        training_set: What it learned from, and open texts.
        model: Scores and writes.
        embed: Encodes texts; None: there is no embedding.
        classify: Asks the learners that label texts.
        vectors: Returns what tokens mean.
        control: The control's name; None: the form has one.
        licence: Of the texts and of what is made of them.

    Returns:
        The student and its card.

    Raises:
        LabelConfigError: There is no such control, or it asks for anything but one label.
        TandemError: There are too few answers.
        RetryLater: The time budget ran out; asking again gets further.
    """
    question = _question(teacher, control)
    name, values = question.control.from_name, question.values
    samples = Samples.read(teacher.form, training_set).of_control(name)
    model = model.remembering()
    judged = held_out(untaught, training_set, model, embed)
    answers = [one for one in samples.answers if one.answer in values and one.item.key in judged]
    if len(answers) < FEWEST_ANSWERS:
        raise TandemError(
            f"{len(answers)} answers teach no student, {FEWEST_ANSWERS} at least do",
            hint="Have people answer more, then distil again.",
        )
    labels = _noisy(
        answers, values, [_belief(judged[one.item.key], name, values) for one in answers]
    )
    outcomes = predict_items(teacher, model, samples.open_items, embed, classify)
    open_texts, beliefs = [], []
    for item, outcome in zip(samples.open_items, outcomes, strict=True):
        if isinstance(outcome, Failure):
            if outcome.is_passing:
                raise RetryLater(outcome.error.removesuffix("."))
        elif name in outcome.parts:
            open_texts.append(teacher.form.read(item.key))
            beliefs.append(_belief(outcome, name, values))
    known = [teacher.form.read(one.item.key) for one in answers]
    meaning = vectors()
    made = distil(
        values,
        meaning,
        known,
        labels,
        open_texts,
        np.array(beliefs).reshape(len(beliefs), len(values)),
    )
    texts = [*known, *open_texts]
    card = _card(teacher.model_version, meaning, labels, made, texts, licence)
    return TaughtStudent(made.student, card)


def _question(model_spec: ModelSpec, control: str | None) -> ChoiceQuestion:
    """Return the question about a control of which one label is the answer."""
    fitting = {
        one.control.from_name: one
        for one in model_spec.questions
        if isinstance(one, ChoiceQuestion) and not one.is_symmetric
    }
    if control is None and len(fitting) == 1:
        return next(iter(fitting.values()))
    if control in fitting:
        return fitting[control]
    names = ", ".join(fitting)
    raise LabelConfigError(
        f"The control {control} does not ask for one label of a text"
        if control
        else "A student labels by one control, which asks for one label of a text",
        where="the label config",
        hint=f"Name one of {names} with --control." if names else "Students do nothing else.",
    )


def _belief(prediction: Prediction, name: str, values: Sequence[str]) -> Floats:
    """Return the probabilities of a control's labels, shape (labels,), summing to 1."""
    part = prediction.parts.get(name)
    stated = np.array([part.distribution.get(value, 0.0) if part else 1.0 for value in values])
    total = stated.sum()
    even: Floats = np.full(len(values), 1 / len(values))
    return stated / total if total > 0 else even


def _noisy(
    answers: Sequence[LabeledItem], values: Sequence[str], beliefs: Sequence[Floats]
) -> NoisyLabels:
    return NoisyLabels(
        np.log(np.maximum(np.array(beliefs), TINY)),
        np.array([values.index(one.answer) for one in answers], dtype=np.intp),
        np.array([one.probability for one in answers]),
    )


def _card(
    teacher: str,
    meaning: TokenVectors,
    labels: NoisyLabels,
    made: Distilled,
    texts: Sequence[str],
    licence: str,
) -> StudentCard:
    """Write down what is told of a student; the answered texts come first."""
    believed = np.exp(labels.log_probabilities)
    alike = believed.argmax(axis=1) == made.held_out.argmax(axis=1)
    return StudentCard(
        teacher=teacher,
        source=meaning.source,
        answers=len(labels),
        open_texts=len(texts) - len(labels),
        teacher_figures=quality(labels, believed).to_json(),
        student_figures=quality(labels, made.held_out).to_json(),
        agreement=float(alike.mean()),
        per_second=_per_second(made.student, texts[:_TIMED]),
        licence=licence,
    )


def _per_second(student: Student, texts: Sequence[str]) -> float:
    """Return how many texts a student labels a second."""
    student.probabilities(texts[:1])  # reads the tokenizer
    began = time.perf_counter()
    student.probabilities(texts)
    return len(texts) / (time.perf_counter() - began)
