"""Names of tags and attributes are read in whatever letters they are written, as the page does."""

import pytest

from labeling.answers.types import AnswerType
from labeling.form.form import parse

TEXT = '<Text name="t" value="$text"/>'
CHOICES = '<Choice value="a"/><Choice value="b"/>'


@pytest.mark.parametrize(
    "config",
    [
        '<View><text name="t" value="$text"/><choices name="c" toName="t"><choice value="a"/>'
        '<choice value="b"/></choices></View>',
        f'<View>{TEXT}<Choices name="c" toName="t"><Choice value="a"/><choice value="b"/>'
        "</Choices></View>",
        f'<View>{TEXT}<CHOICES name="c" toName="t">{CHOICES}</CHOICES></View>',
    ],
)
def test_tags_in_any_letters(config: str) -> None:
    [control] = parse(config).controls
    assert [one.value for one in control.candidates] == ["a", "b"]


@pytest.mark.parametrize("name", ["perRegion", "perregion", "PerRegion", "PERREGION"])
def test_what_is_asked_of_regions_in_any_letters(name: str) -> None:
    labels = '<Labels name="l" toName="t"><Label value="x"/></Labels>'
    asked = f'<Choices name="c" toName="t" {name}="true">{CHOICES}</Choices>'
    control = parse(f"<View>{TEXT}{labels}{asked}</View>").controls[1]
    assert control.answer_type is AnswerType.REGIONS


def test_other_attributes_in_any_letters() -> None:
    of = parse(
        f'<View>{TEXT}<Choices name="c" toName="t" CHOICE="multiple" Required="true">{CHOICES}'
        '</Choices><Rating name="r" toName="t" MAXRATING="3" visiblewhen="choice-selected"'
        ' WhenTagName="c" whenchoicevalue="a"/></View>'
    )
    several, stars = of.controls
    assert (several.answer_type, several.required) == (AnswerType.SET, True)
    assert len(stars.candidates) == 3
    assert of.answer({"c": '["b"]', "r": "2"}) == '{"c":"[\\"b\\"]"}'
