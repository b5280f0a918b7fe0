"""What people see beside a text, the model is shown, in the order of the page and by its name."""

from typing import Any

import pytest

from backend.prompts.frame import LINE
from backend.questions.item import item_of
from backend.questions.wording import question_text
from labeling.form.form import parse

CHOICES = '<Choices name="ok" toName="t"><Choice value="Right"/><Choice value="Wrong"/></Choices>'
TEXT = '<Text name="t" value="$answer"/>'
DATA = {"question": "Capital of Italy?", "answer": "Rome", "row": {"a": 1}, "chat": [["x"]]}


@pytest.mark.parametrize(
    ("tags", "lines"),
    [
        (f'<Header value="$question"/>{TEXT}', ["question: Capital of Italy?", "t: Rome"]),
        (f'{TEXT}<Header value="Q: $question"/>', ["t: Rome", "question: Q: Capital of Italy?"]),
        (
            f"<Markdown>**$question**</Markdown>{TEXT}",
            ["question: **Capital of Italy?**", "t: Rome"],
        ),
        (f'<Table name="facts" value="$row"/>{TEXT}', ["facts: a: 1", "t: Rome"]),
        (f'<Header value="$gone"/>{TEXT}', ["t: Rome"]),
    ],
)
def test_it_stands_in_the_prompt(tags: str, lines: list[str]) -> None:
    form = parse(f"<View>{tags}{CHOICES}</View>")
    assert item_of(form, form.text_of(DATA)).prompt.split(LINE) == (
        lines if len(lines) > 1 else ["Rome"]
    )
    assert question_text(form, form.controls[0]) == "ok:"


@pytest.mark.parametrize(
    "beside", ["", '<Header value="Is it right?"/>', "<Style>.a { color: red }</Style>"]
)
def test_a_form_that_shows_nothing_else_is_asked_as_ever(beside: str) -> None:
    form = parse(f"<View>{beside}{TEXT}{CHOICES}</View>")
    data: dict[str, Any] = {"answer": "Rome"}
    assert form.text_of(data) == "Rome"
    assert item_of(form, "Rome").prompt == "Rome"
