"""Questions in two stages: what is asked of regions is asked once these are found."""

from collections.abc import Callable, Sequence
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
    told = [
        replace(item, said={name: said.answer for name, said in own if isinstance(said, Part)})
        for at, item in enumerate(items)
        for own in [[(name, answers[at]) for name, answers in found.items()]]
    ]
    return [
        ask(question, told)
        if isinstance(question, RegionsQuestion)
        else found[question.control.from_name]
        for question in questions
    ]
