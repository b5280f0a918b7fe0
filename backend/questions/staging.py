"""Questions in two stages: what is asked of regions is asked once these are found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from backend.questions.base import Question
from backend.questions.item import Item
from backend.questions.regions import RegionsQuestion
from labeling.errors import TandemError
from labeling.predictions import Part

Answers: TypeAlias = list[Part | TandemError]
"""One an item, in order."""


def in_stages(
    questions: Sequence[Question],
    items: Sequence[Item],
    ask: Callable[[Question, Sequence[Item]], Answers],
) -> list[Answers]:
    """Answer all questions about all items.

    Args:
        questions: The form's.
        items: What is asked about.
        ask: Answers one question, about items that tell what was found where it hangs on that.

    Returns:
        For each question, in order, its answers.
    """
    found = {
        question.control.from_name: ask(question, items)
        for question in questions
        if not isinstance(question, RegionsQuestion)
    }
    told = [replace(item, said=_said(found, place)) for place, item in enumerate(items)]
    return [
        ask(question, told)
        if isinstance(question, RegionsQuestion)
        else found[question.control.from_name]
        for question in questions
    ]


def _said(found: Mapping[str, Answers], place: int) -> dict[str, str]:
    """Give what was found of one item, by control; what failed is left out."""
    parts = {name: answers[place] for name, answers in found.items()}
    return {name: part.answer for name, part in parts.items() if isinstance(part, Part)}
