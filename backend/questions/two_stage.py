"""Questions in two stages: what is asked of regions is asked once these are found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from backend.calibration.control_model import ControlModel
from backend.engines.model_client import ModelClient
from backend.questions.base import Question
from backend.questions.item import PromptItem
from backend.questions.per_region import PerRegionQuestion
from backend.questions.prefetch import together
from labeling.errors import TandemError
from labeling.predictions.prediction import Part

Answers: TypeAlias = list[Part | TandemError]
"""One an item, in order."""

Answer: TypeAlias = Callable[[Question, Sequence[PromptItem], ModelClient], Answers]


def in_stages(
    questions: Sequence[Question],
    items: Sequence[PromptItem],
    model: ModelClient,
    control_model: Callable[[Question], ControlModel | None],
    answer: Answer,
) -> list[Answers]:
    """Answer all questions about all items, those of a stage together.

    Args:
        questions: The form's.
        items: What is asked about.
        model: Scores and writes.
        control_model: Gives what was taught about a question.
        answer: Answers one question, about items that tell what was found where it depends on that.

    Returns:
        For each question, in order, its answers.
    """
    of_regions = [one for one in questions if isinstance(one, PerRegionQuestion)]
    of_texts = [one for one in questions if one not in of_regions]
    found: dict[str, Answers] = {}
    for stage in (of_texts, of_regions):
        told = [replace(item, said=_said(found, place)) for place, item in enumerate(items)]
        remembering = together(stage, control_model, told, model)
        found |= {one.control.from_name: answer(one, told, remembering) for one in stage}
    return [found[question.control.from_name] for question in questions]


def _said(found: Mapping[str, Answers], place: int) -> dict[str, str]:
    """Give what was found of one item, by control; what failed is left out."""
    parts = {name: answers[place] for name, answers in found.items()}
    return {name: part.answer for name, part in parts.items() if isinstance(part, Part)}
