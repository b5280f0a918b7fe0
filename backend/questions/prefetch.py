"""All questions of a form, put to the model at once, so that it reads every text once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backend.calibration.control_model import ControlModel
from backend.engines import Asked
from backend.engines.model_client import ModelClient
from backend.questions.base import Question
from backend.questions.item import PromptItem


def together(
    questions: Sequence[Question],
    control_model: Callable[[Question], ControlModel | None],
    items: Sequence[PromptItem],
    model: ModelClient,
) -> ModelClient:
    """Ask what several questions begin with, and give a model that remembers the answers.

    What a question asks in further steps goes to the model behind it.

    Args:
        questions: The form's questions; where there is one, nothing is asked yet.
        control_model: Gives what was taught about a question.
        items: What is asked about.
        model: Scores and writes.
    """
    if len(questions) == 1 or not items:
        return model
    asked = [
        one for question in questions for one in question.asked(items, control_model(question))
    ]
    known = _answers(model, asked)

    def remembered(requests: Sequence[Asked]) -> list[Any]:
        found = {**known, **_answers(model, [one for one in requests if one not in known])}
        return [found[request] for request in requests]

    return ModelClient(remembered, model.abilities)


def _answers(model: ModelClient, requests: Sequence[Asked]) -> Mapping[Asked, Any]:
    """Ask each distinct request once, those about one text side by side."""
    by_text: dict[str, list[Asked]] = {}
    for one in dict.fromkeys(requests):
        by_text.setdefault(one.context.text, []).append(one)
    distinct = [one for about in by_text.values() for one in about]
    return dict(zip(distinct, model.ask(distinct), strict=True)) if distinct else {}
