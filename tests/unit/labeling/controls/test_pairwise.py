"""`Pairwise`: left or right, of two texts."""

import pytest

from labeling.controls import Control
from labeling.errors import AnswerError, LabelConfigError
from labeling.form.form import parse

TEXTS = '<Text name="a" value="$a"/><Text name="b" value="$b"/><Image name="i" value="$i"/>'


def pair(to_name: str = "a,b") -> Control:
    return parse(f'<View><Pairwise name="p" toName="{to_name}"/>{TEXTS}</View>').controls[0]


def selected(side: object, to_name: str = "p") -> list[dict[str, object]]:
    return [{"from_name": "p", "to_name": to_name, "type": "pairwise", "value": {"selected": side}}]


def test_it_is_about_both_texts() -> None:
    assert (pair("b,a").to_name, pair("b,a").to_names) == ("b", ("b", "a"))


@pytest.mark.parametrize("to_name", ["p", "a"])
def test_what_the_page_and_what_tandem_writes_is_read(to_name: str) -> None:
    assert pair().decode(selected("right", to_name)) == "right"


@pytest.mark.parametrize("side", ["none", "Left", "", ["left"], 1])
def test_what_is_neither_side_is_refused(side: object) -> None:
    with pytest.raises(AnswerError):
        pair().decode(selected(side))


@pytest.mark.parametrize("to_name", ["a", "a,a", "a,b,i"])
def test_other_than_two_objects_are_refused(to_name: str) -> None:
    with pytest.raises(LabelConfigError, match="compares two objects"):
        pair(to_name)


@pytest.mark.parametrize("to_name", ["a,i", "i,a"])
def test_a_pair_with_what_is_no_text_is_left_to_people(to_name: str) -> None:
    with pytest.raises(LabelConfigError, match="only Pairwise 'p'"):
        pair(to_name)
