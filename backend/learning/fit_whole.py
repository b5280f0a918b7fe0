"""What answers teach about whole forms: how often all that several controls say is right."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from backend.calibration.learned_state import LearnedState
from backend.engines.model_client import ModelClient
from backend.engines.steps import Steps, run
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.fit_open import Verdict, calibrator_of
from backend.learning.samples import AnsweredItem
from backend.pipeline.model_spec import ModelSpec
from backend.questions.base import Parts, Question
from backend.questions.item import PromptItem
from backend.questions.two_stage import in_stages
from labeling.errors import TandemError
from labeling.predictions.prediction import Part


def with_whole(
    model_spec: ModelSpec,
    learned: LearnedState,
    answers: Sequence[AnsweredItem],
    model: ModelClient,
) -> tuple[LearnedState, dict[str, Any] | None]:
    """Calibrate the probability that all of an answer is right, where several controls make it.

    Args:
        model_spec: How tasks are answered, nothing fitted yet.
        learned: What was fitted for each control.
        answers: What people answered.
        model: Scores and writes; most it was asked already.

    Returns:
        The state with its `whole`, and a report in JSON's types; None: nothing was fitted.
    """
    if model_spec.form.only or len(answers) < FEWEST_ANSWERS:
        return learned, None
    fitted = replace(model_spec, learned=learned)

    def ask(question: Question, items: Sequence[PromptItem]) -> Steps[Parts]:
        return question.steps(items, fitted.control_model(question), model.abilities)

    items = [one.item for one in answers]
    parts = run(in_stages(model_spec.questions, items, ask), model)
    verdicts = [
        verdict
        for answered, of_item in zip(answers, zip(*parts, strict=True), strict=True)
        if (verdict := _verdict(model_spec, answered, of_item)) is not None
    ]
    whole, report = calibrator_of(verdicts)
    return replace(learned, whole=whole), report


def _verdict(
    model_spec: ModelSpec, answered: AnsweredItem, parts: Sequence[Part | TandemError]
) -> Verdict | None:
    """Compare a prediction with people's answer; None where there is none to compare."""
    answered_parts = [
        (question.control, part)
        for question, part in zip(model_spec.questions, parts, strict=True)
        if isinstance(part, Part)
    ]
    if len(answered_parts) < len(parts):
        return None
    answers = {control.from_name: part.answer for control, part in answered_parts}
    answer = model_spec.form.answer(answers)
    if answer is None:
        return None
    shown = model_spec.form.answers(answer)
    probability = math.prod(
        part.confidence
        for control, part in answered_parts
        if control.from_name in shown and model_spec.equivalence.counts(control)
    )
    is_right = model_spec.equivalence.is_same_answer(answer, answered.answer)
    return Verdict(probability, is_right, answered.probability)
