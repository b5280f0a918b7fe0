"""The training project's label config: of every control, what shows what is right, and when."""

import pytest
from lxml import etree  # type: ignore[import-untyped]

from labeling.controls import CONTROLS
from labeling.form.form import parse
from routing.training.label_config import (
    HEAD,
    NOTE,
    TO_OPEN,
    revealing_choices,
    with_what_is_right,
)
from tests.support.label_configs import SENTIMENT, on_text

ONE = '<Choices name="c" toName="text"><Choice value="a"/><Choice value="b"/></Choices>'
SEVERAL = ONE.replace('toName="text"', 'toName="text" choice="multiple"')
OTHER = ONE.replace('name="c"', 'name="d"')
LABELS = '<{0} name="c" toName="{1}"><Label value="PER"/></{0}>'

FORMS = {
    "Choices": on_text(ONE),
    "Taxonomy": on_text('<Taxonomy name="c" toName="text"><Choice value="a"/></Taxonomy>'),
    "Rating": on_text('<Rating name="c" toName="text"/>'),
    "Pairwise": (
        '<View><Pairwise name="c" toName="x,y"/>'
        '<Text name="x" value="$x"/><Text name="y" value="$y"/></View>'
    ),
    "Number": on_text('<Number name="c" toName="text"/>'),
    "TextArea": on_text('<TextArea name="c" toName="text"/>'),
    "Labels": on_text(LABELS.format("Labels", "text")),
    "HyperTextLabels": (
        '<View><HyperText name="html" value="$html"/>'
        f"{LABELS.format('HyperTextLabels', 'html')}</View>"
    ),
    "ParagraphLabels": (
        '<View><Paragraphs name="talk" value="$talk"/>'
        f"{LABELS.format('ParagraphLabels', 'talk')}</View>"
    ),
}


def test_every_control_is_tried() -> None:
    assert FORMS.keys() == CONTROLS.keys()


@pytest.mark.parametrize("tag", FORMS)
def test_a_form_stays_what_it_is(tag: str) -> None:
    form = parse(FORMS[tag])
    trained = parse(with_what_is_right(form))
    assert trained.controls == form.controls
    assert trained.titles.keys() == form.titles.keys()


@pytest.mark.parametrize("tag", FORMS)
def test_what_is_right_shows_once_a_choice_is_made_and_else_is_opened(tag: str) -> None:
    root = etree.fromstring(with_what_is_right(parse(FORMS[tag])))
    [note] = root.findall(f".//Text[@name='{NOTE}']")
    above = [one for one in note.iterancestors() if one.get("visibleWhen")]
    if tag == "Choices":
        assert [one.get("whenTagName") for one in above] == ["c"]
        assert root.find(".//Panel") is None
    else:
        assert above == []
        [panel] = [one for one in note.iterancestors() if one.tag == "Panel"]
        assert panel.get("value") == TO_OPEN
        assert panel.getparent().tag == "Collapse"


def test_what_an_item_is_stands_above_all() -> None:
    root = etree.fromstring(with_what_is_right(parse(SENTIMENT)))
    assert (root[0].tag, root[0].get("value")) == ("Header", f"${HEAD}")


class TestRevealingChoices:
    def test_all_of_several_are_waited_for(self) -> None:
        assert revealing_choices(parse(on_text(ONE + OTHER))) == ["c", "d"]

    def test_what_may_never_show_is_not(self) -> None:
        below = f'<View visibleWhen="choice-selected" whenTagName="c">{OTHER}</View>'
        assert revealing_choices(parse(on_text(ONE + below))) == ["c"]

    def test_a_choice_of_several_would_tell_at_the_first(self) -> None:
        assert revealing_choices(parse(on_text(SEVERAL))) == []

    def test_a_text_beside_a_choice_is_not_given_away_by_it(self) -> None:
        text = '<TextArea name="t" toName="text"/>'
        assert revealing_choices(parse(on_text(ONE + text))) == []
