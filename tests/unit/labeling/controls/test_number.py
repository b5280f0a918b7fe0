"""`Number`: one writing a number, and only within the config's bounds."""

import pytest

from labeling.controls import Control
from labeling.errors import AnswerError, LabelConfigError
from labeling.form.form import parse
from tests.support.label_configs import on_text


def number(attributes: str = "") -> Control:
    return parse(on_text(f'<Number name="n" toName="text" {attributes}/>')).controls[0]


def holding(value: object) -> list[dict[str, object]]:
    return [{"from_name": "n", "type": "number", "value": {"number": value}}]


@pytest.mark.parametrize(
    ("stored", "answer"),
    [
        (12, "12"),
        (12.0, "12"),
        (-0.0, "0"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (10**15, "1000000000000000"),
        (10**22, "1e+22"),
        (1e-7, "1e-07"),
    ],
)
def test_a_number_is_written_as_short_as_can_be(stored: float, answer: str) -> None:
    assert number().decode(holding(stored)) == answer
    assert number().decode(number().encode(answer)) == answer


def test_a_whole_number_is_stored_as_one() -> None:
    assert repr(number().encode("12")[0]["value"]) == "{'number': 12}"


@pytest.mark.parametrize("answer", ["12.0", "nan", "inf", "-0", "1_0", " 1", "1e22", "", "one"])
def test_another_writing_cannot_be_written(answer: str) -> None:
    with pytest.raises(AnswerError):
        number().encode(answer)


@pytest.mark.parametrize("stored", [True, "12", [1], float("nan"), float("inf"), 10**400])
def test_what_is_no_number_is_refused(stored: object) -> None:
    with pytest.raises(AnswerError):
        number().decode(holding(stored))


@pytest.mark.parametrize("required", ["false", "true"])
def test_a_null_is_no_answer(required: str) -> None:
    assert number(f'required="{required}"').decode(holding(None)) is None


def test_a_null_beside_a_number_is_refused() -> None:
    with pytest.raises(AnswerError):
        number().decode(holding(None) + holding(12))


@pytest.mark.parametrize("out", ["-1", "11", "0.25"])
def test_bounds_and_steps_hold_in_both_directions(out: str) -> None:
    control = number('min="0" max="10" step="0.1"')

    assert control.decode(holding(0.3)) == "0.3"
    assert control.decode(holding(10)) == "10"
    with pytest.raises(AnswerError):
        control.encode(out)
    with pytest.raises(AnswerError):
        control.decode(holding(float(out)))


def test_steps_are_counted_from_the_smallest_number() -> None:
    control = number('min="1" step="5"')

    assert control.encode("6")
    with pytest.raises(AnswerError):
        control.encode("5")


@pytest.mark.parametrize(
    ("attributes", "complaint"),
    [
        ('min="low"', "min='low' is not a number"),
        ('max="inf"', "max='inf' is not a number"),
        ('min="2" max="1"', "min is above the max"),
        ('step="0"', "step is not above 0"),
    ],
)
def test_bounds_that_are_none_are_refused(attributes: str, complaint: str) -> None:
    with pytest.raises(LabelConfigError, match=complaint):
        number(attributes)
