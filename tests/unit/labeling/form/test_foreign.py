"""What was answered on another form is unreadable, and is no empty answer of today's."""

from collections.abc import Mapping
from typing import Any

import pytest

from labeling.errors import AnswerError
from labeling.form.form import Form, parse

CONFIG = """<View><Text name="t" value="$text"/>
<Labels name="ner" toName="t"><Label value="Person" alias="PER"/><Label value="Place"/></Labels>
<Choices name="topics" toName="t" choice="multiple"><Choice value="a"/><Choice value="b"/></Choices>
<DateTime name="when" toName="t"/>
<Repeater on="$parts"><Text name="p_{{idx}}" value="$parts[{{idx}}]"/>
<Rating name="rel_{{idx}}" toName="p_{{idx}}"/></Repeater>
</View>"""
TEXT = "Anna went to Rome."


def region(
    name: str = "ner", about: str = "t", sort: str = "labels", **value: Any
) -> dict[str, Any]:
    own = value or {"start": 0, "end": 4, "labels": ["PER"], "text": "wrong"}
    return {"from_name": name, "to_name": about, "type": sort, "value": own}


def read(*regions: Any, old_names: Mapping[str, str] | None = None) -> str | None:
    form = parse(CONFIG, old_names)
    return form.decode(regions, form.text_of({"text": TEXT}))


@pytest.mark.parametrize(
    ("foreign", "why"),
    [
        (region("label"), "'label', which the label config does not have"),
        (region("topic", sort="choices", choices=["a"]), "'topic', which"),
        (region(about="text"), "about 'text', which"),
        (region("ner", sort="choices", choices=["a"]), "which is another"),
        (region(start=0, end=4, labels=["Person"]), "'Person' is not an answer"),
        (region(start=0, end=4, labels=["ORG"]), "'ORG' is not an answer"),
        (region(start=10, end=19, labels=["PER"]), "behind the end of its text"),
        (region(start=90, end=99, labels=["PER"]), "behind the end of its text"),
        (region(start=-1, end=2, labels=["PER"]), "no span"),
        (region("topics", sort="choices", choices=["c"]), "'c' is not an answer"),
        (region("rel_x", "p_x", "rating", rating=2), "'rel_x', which"),
    ],
)
def test_it_is_refused_alone_and_beside_what_can_be_read(foreign: dict[str, Any], why: str) -> None:
    for regions in ([foreign], [region(), foreign], [foreign, region()]):
        with pytest.raises(AnswerError, match=why):
            read(*regions)


def test_an_empty_result_stays_an_empty_answer() -> None:
    assert read() == '{"ner":"[]","topics":"[]"}'


@pytest.mark.parametrize(
    "beside",
    [
        region("when", sort="datetime", datetime="2024-01-01"),
        region("rel_0", "p_0", "rating", rating=2),
        region("rel_17", "p_17", "rating", rating=2),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
    ],
)
def test_what_people_alone_answer_does_not_matter(beside: dict[str, Any]) -> None:
    assert read(region(), beside) == '{"ner":"[[0,4,\\"PER\\"]]","topics":"[]"}'


def test_a_span_counts_whatever_its_stored_text_says() -> None:
    assert read(region(start=13, end=17, labels=["Place"], text="x")) is not None


def test_old_names_are_read_as_today_s_whatever_their_object_was_called() -> None:
    old = {"label": "ner", "entities": "ner"}
    for name in old:
        assert read(region(name, "text"), old_names=old) == read(region())
    with pytest.raises(AnswerError):
        read(region("label", sort="choices", choices=["a"]), old_names=old)


def test_without_the_item_offsets_are_taken_as_they_are() -> None:
    of: Form = parse(CONFIG)
    assert of.decode([region(start=90, end=99, labels=["PER"])]) is not None
