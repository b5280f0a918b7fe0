"""A label config's tags: where they stand, what stands over them, and when they show."""

from typing import Any

import pytest

from labeling.errors import LabelConfigError
from labeling.form.config import Condition, places_of
from labeling.form.form import parse

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


def test_a_control_tells_which_regions_it_shows_beside() -> None:
    sort, age = places_of(CONFIG)["sort"], places_of(CONFIG)["age"]
    assert (sort.is_per_region, sort.beside) == (True, ())
    assert (age.is_per_region, age.beside) == (
        False,
        (Condition("", frozenset(), is_met_without=False),),
    )


@pytest.mark.parametrize(
    ("attributes", "beside"),
    [
        ('visibleWhen="no-region-selected"', ()),
        ('visibleWhen="region-selected" whenTagName="names"', ("names", set())),
        ('visibleWhen="region-selected" whenLabelValue="A,B"', ("", {"A,B", "A", "B"})),
        # Without either, the page asks no label, whatever is named.
        ('whenLabelValue="A"', ()),
        ('perRegion="true" whenLabelValue="A"', ("", {"A"})),
        ('perRegion="true" whenTagName="names"', ()),
    ],
)
def test_regions_are_named_as_the_page_reads_them(attributes: str, beside: Any) -> None:
    place = places_of(f'<View><Number name="x" toName="y" {attributes}/></View>')["x"]
    assert [(one.control, one.values) for one in place.beside] == ([beside] if beside else [])


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
    assert len(parse(CONFIG.replace("</View>\n</View>", f"</View>{tags}</View>")).controls) == 5
