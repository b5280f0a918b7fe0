"""All questions of a form, put to the model at once, so that it reads every text once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.engines import Asked
from backend.learning.control_model import Taught
from backend.pipeline.model_client import Model
from backend.questions.base import Question
from backend.questions.item import Item


def together(
    questions: Sequence[Question],
    taught: Callable[[Question], Taught | None],
    items: Sequence[Item],
    model: Model,
) -> Model:
    """Ask what several questions begin with, and give a model that remembers the answers.

    What a question asks in further steps goes to the model behind it.

    Args:
        questions: The form's questions; where there is one, nothing is asked yet.
        taught: Gives what was taught about a question.
        items: What is asked about.
        model: Scores and writes.
    """
    if len(questions) == 1 or not items:
        return model
    asked = [one for question in questions for one in question.asked(items, taught(question))]
    known = _answers(model, asked)

    def remembered(requests: Sequence[Asked]) -> list[Any]:
        found = {**known, **_answers(model, [one for one in requests if one not in known])}
        return [found[request] for request in requests]

    return Model(remembered, model.abilities)


def _answers(model: Model, requests: Sequence[Asked]) -> Mapping[Asked, Any]:
    """Ask each distinct request once, those about one text side by side."""
    by_text: dict[str, list[Asked]] = {}
    for one in dict.fromkeys(requests):
        by_text.setdefault(one.context.text, []).append(one)
    distinct = [one for about in by_text.values() for one in about]
    return dict(zip(distinct, model.ask(distinct), strict=True)) if distinct else {}
