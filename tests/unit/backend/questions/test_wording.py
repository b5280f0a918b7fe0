"""What is said of a form before the text: what can be picked, but for what must not be known."""

import pytest

from backend.questions.wording import MOST_LISTED, preface_of, question_text
from labeling.form.form import Form, parse
from tests.support.questions import CONTROLS, TEXT, form_of


def headed(title: str, control: str) -> Form:
    """A form of one control below a header."""
    return parse(f'<View>{TEXT}<Header value="{title}"/>{control}</View>')


@pytest.mark.parametrize(
    ("title", "said"),
    [("Mood", "Mood:"), ("How urgent?", "How urgent?"), ("Mood: ", "Mood:"), ("So.", "So:")],
)
def test_a_control_is_asked_by_its_title(title: str, said: str) -> None:
    form = headed(title, CONTROLS["text"])
    assert question_text(form, form.controls[0]) == said


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("single", "What is it? Sport, Food."),
        ("taxonomy", "What is it? Home, Home > Kitchen, Home > Garden, Travel."),
        ("rating", "What is it? From 1 to 4."),
    ],
)
def test_what_can_be_picked_is_said_once(kind: str, line: str) -> None:
    assert preface_of(headed("What is it?", CONTROLS[kind])) == line


def test_a_hint_is_shown_with_what_it_explains() -> None:
    control = CONTROLS["single"].replace('value="Food"', 'value="Food" hint="to be eaten"')
    assert preface_of(headed("What is it?", control)) == "What is it? Sport, Food (to be eaten)."


@pytest.mark.parametrize("kind", ["several", "text", "number"])
def test_nothing_is_said_of_what_may_not_depend_on_other_labels_or_is_open(kind: str) -> None:
    assert preface_of(form_of(CONTROLS[kind])) == ""


def test_labels_of_spans_are_explained_beside_an_example_of_a_list() -> None:
    control = CONTROLS["labels"].replace('value="Place"', 'value="Place" hint="on a map"')
    said = preface_of(form_of(control))
    assert said.startswith("Place: on a map\n\nText: ")
    assert "Person" not in said


def test_very_many_are_not_listed() -> None:
    choices = "".join(f'<Choice value="v{n}"/>' for n in range(MOST_LISTED + 1))
    control = f'<Choices name="c" toName="text">{choices}</Choices>'
    assert preface_of(form_of(control)) == ""


def test_what_is_asked_of_regions_is_described_as_what_is_asked_of_a_text() -> None:
    marks = '<Labels name="m" toName="text"><Label value="Thing"/></Labels>'
    control = CONTROLS["single"].replace('name="c"', 'name="c" perRegion="true"')
    form = parse(f'<View>{TEXT}{marks}<Header value="What is it?"/>{control}</View>')
    assert preface_of(form).startswith("What is it? Sport, Food.")
