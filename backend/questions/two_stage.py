"""Questions in two stages: what is asked of regions is asked once these are found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from backend.engines.steps import Steps, gather
from backend.questions.base import Parts, Question
from backend.questions.item import PromptItem
from backend.questions.per_region import PerRegionQuestion
from labeling.predictions.prediction import Part

AskOne: TypeAlias = Callable[[Question, Sequence[PromptItem]], Steps[Parts]]
"""Asks one question about items that hold what was found where it depends on that."""


def in_stages(
    questions: Sequence[Question], items: Sequence[PromptItem], ask: AskOne
) -> Steps[list[Parts]]:
    """Ask all questions about all items, those of a stage side by side.

    Args:
        questions: The form's.
        items: What is asked about.
        ask: Asks one question.

    Returns:
        A conversation that ends in the parts of each question, in order.
    """
    of_regions = [one for one in questions if isinstance(one, PerRegionQuestion)]
    of_texts = [one for one in questions if not isinstance(one, PerRegionQuestion)]
    parts: dict[str, Parts] = {}
    for stage in (of_texts, of_regions):
        informed = [replace(item, found=_found(parts, at)) for at, item in enumerate(items)]
        answered = yield from gather([ask(question, informed) for question in stage])
        parts |= {one.control.from_name: said for one, said in zip(stage, answered, strict=True)}
    return [parts[question.control.from_name] for question in questions]


def _found(parts: Mapping[str, Parts], at: int) -> dict[str, str]:
    """Return what was found of one item, by control; what failed is left out."""
    of_item = {name: each[at] for name, each in parts.items()}
    return {name: part.answer for name, part in of_item.items() if isinstance(part, Part)}
