"""A label config's tags: where they stand, what stands over them, and when they show."""

import pytest

from labeling.config import Condition, places_of
from labeling.errors import LabelConfigError
from labeling.form import parse

CONFIG = """<View>
  <Header value="A message"/>
  <Text name="text" value="$text"/>
  <View className="form">
    <Header value="How urgent
      is it?"/>
    <!-- a comment -->
    <Choices name="urgency" toName="text"><Choice value="low"/><Choice value="high"/></Choices>
    <View visibleWhen="choice-selected" whenTagName="urgency" whenChoiceValue="high, low">
      <Rating name="harm_done" toName="text" visibleWhen="choice-unselected"
        whenTagName="urgency" whenChoiceValue="low"/>
    </View>
  </View>
  <Labels name="names" toName="text"><Label value="PER"/></Labels>
  <Choices name="sort" toName="text" perRegion="true">
    <Choice value="a"/><Choice value="b"/></Choices>
  <View visibleWhen="region-selected"><Number name="age" toName="text"/></View>
</View>"""


def test_a_control_is_titled_by_the_header_above_it() -> None:
    assert places_of(CONFIG)["urgency"].title == "How urgent is it?"


def test_without_one_by_its_name_as_words() -> None:
    assert places_of(CONFIG)["harm_done"].title == "harm done"
    assert places_of(CONFIG)["names"].title == "names"


def test_a_control_hangs_on_its_own_condition_and_on_those_around_it() -> None:
    assert places_of(CONFIG)["urgency"].conditions == ()
    assert places_of(CONFIG)["harm_done"].conditions == (
        Condition("urgency", frozenset({"high", "low"}), is_met_without=False),
        Condition("urgency", frozenset({"low"}), is_met_without=True),
    )


def test_what_is_asked_of_regions_is_left_to_people_with_its_line() -> None:
    form = parse(CONFIG)
    assert form.left_to_people == ("Choices 'sort' (line 15)", "Number 'age' (line 17)")
    assert [one.from_name for one in form.controls] == ["urgency", "harm_done", "names"]


@pytest.mark.parametrize(
    ("config", "tag", "line"),
    [
        (CONFIG.replace("<Text", "<Txet"), "Txet", 3),
        ('<View><Text name="t" value="$t"/><Chioces name="c" toName="t"/></View>', "Chioces", 1),
    ],
)
def test_an_unknown_tag_is_named_with_its_line(config: str, tag: str, line: int) -> None:
    with pytest.raises(LabelConfigError, match=f"no tag <{tag}>") as refused:
        parse(config)
    assert f"label config, line {line}" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "tags", ["<Style>.a { color: red }</Style>", "<p>Read <b>well</b>.</p>", "<Collapse/>"]
)
def test_what_arranges_the_page_is_no_concern(tags: str) -> None:
    assert len(parse(CONFIG.replace("</View>\n</View>", f"</View>{tags}</View>")).controls) == 3
