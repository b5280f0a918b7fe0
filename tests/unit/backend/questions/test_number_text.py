"""How a `Number` is put to a model: what its schema lets the model write."""

import json
from typing import Any

import pytest

from backend.questions.factory import QuestionFactory
from backend.questions.item import item_of
from backend.questions.number_text import NumberTextQuestion
from labeling.form.form import parse
from labeling.settings.settings import Settings


def schema(attributes: str) -> dict[str, Any]:
    """The schema that a number with these attributes is written under."""
    number = f'<Number name="n" toName="text" {attributes}/>'
    form = parse(f'<View><Text name="text" value="$text"/>{number}</View>')
    question = QuestionFactory(form, Settings(), "", "engine").question(form.controls[0])
    assert isinstance(question, NumberTextQuestion)
    [request] = question.plan([item_of(form, "It costs 12.50.")])
    expected: dict[str, Any] = json.loads(request.schema or "")
    return expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", {"type": "number"}),
        ('min="-1" max="7.5"', {"type": "number", "minimum": -1, "maximum": 7.5}),
        ('step="0.01"', {"type": "number", "multipleOf": 0.01}),
        ('min="0" step="0.5"', {"type": "number", "minimum": 0, "multipleOf": 0.5}),
        ('min="10" step="5"', {"type": "integer", "minimum": 10, "multipleOf": 5}),
    ],
)
def test_bounds_and_steps_are_kept_while_the_number_is_written(
    attributes: str, expected: dict[str, Any]
) -> None:
    assert schema(attributes) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('min="1" step="2"', {"type": "integer", "minimum": 1}),
        ('min="0.5" step="1"', {"type": "number", "minimum": 0.5}),
    ],
)
def test_steps_that_a_schema_cannot_count_are_left_to_the_reading_of_the_answer(
    attributes: str, expected: dict[str, Any]
) -> None:
    assert schema(attributes) == expected
