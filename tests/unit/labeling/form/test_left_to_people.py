"""A control that cannot be answered is left to people, with the reason; the others are answered."""

import pytest

from labeling.form.form import parse

MOOD = '<Choices name="mood" toName="t"><Choice value="Good"/><Choice value="Bad"/></Choices>'


@pytest.mark.parametrize(
    ("control", "why"),
    [
        (
            '<Choices name="x" toName="t"><Choice value="a"/><Choice value="b"/>'
            '<Choice value="a"/></Choices>',
            "'a' is there 2 times",
        ),
        (
            '<Choices name="x" toName="t"><Choice value="a" alias="b"/>'
            '<choice value="b"/></Choices>',
            "'b' is there 2 times",
        ),
        (
            '<Choices name="x" toName="t"><Choice value="a" alias=""/>'
            '<Choice value="b"/></Choices>',
            "empty alias",
        ),
        (
            '<Choices name="x" toName="t"><Choice value="$a"/><Choice value="b"/></Choices>',
            "read from each task's data",
        ),
        (
            '<Taxonomy name="x" toName="t"><Choice value="a"><Choice value="b"/>'
            '<Choice value="b"/></Choice></Taxonomy>',
            "'b' is there 2 times",
        ),
        (
            '<Labels name="x" toName="t"><Label value="a"/><Label value="a"/></Labels>',
            "'a' is there 2 times",
        ),
        ('<Rating name="x" toName="t" maxRating="no"/>', "not a number"),
        ('<Number name="x" toName="t" min="9" max="1"/>', "min is above the max"),
        ('<DateTime name="x" toName="t"/>', "no DateTime is answered"),
        ('<TextArea name="x" toName="t" perItem="true"/>', "asked of each item"),
        ('<Pairwise name="x" toName="t,t"/>', "compares two objects"),
    ],
)
def test_the_others_are_answered_and_it_is_named_with_its_line(control: str, why: str) -> None:
    form = parse(f'<View>\n<Text name="t" value="$text"/>\n{MOOD}\n{control}</View>')
    assert [one.from_name for one in form.controls] == ["mood"]
    [left] = form.left_to_people
    assert left.name == "x"
    assert left.line == 4
    assert why in left.why


def test_what_is_asked_of_its_regions_is_left_too() -> None:
    labels = '<Labels name="l" toName="t"><Label value="a"/><Label value="a"/></Labels>'
    said = '<Rating name="r" toName="t" perRegion="true"/>'
    form = parse(f'<View><Text name="t" value="$text"/>{MOOD}{labels}{said}</View>')
    assert [one.name for one in form.left_to_people] == ["l", "r"]


def test_parts_of_a_task_are_left_to_people() -> None:
    repeated = (
        '<Repeater on="$parts" indexFlag="{{idx}}"><Text name="p_{{idx}}" '
        'value="$parts[{{idx}}].text"/><Choices name="rel_{{idx}}" toName="p_{{idx}}">'
        '<Choice value="a"/><Choice value="b"/></Choices></Repeater>'
    )
    form = parse(f'<View><Text name="t" value="$text"/>{MOOD}{repeated}</View>')
    assert [one.reason for one in form.left_to_people] == [
        "Choices 'rel_{{idx}}' (line 1): it stands in a Repeater, once for each part of a task"
    ]
    assert [str(one) for one in form.unread] == ["Text 'p_{{idx}}' (line 1)"]


def test_a_filter_is_no_question() -> None:
    form = parse(
        f'<View><Text name="t" value="$text"/><Filter name="f" toName="mood"/>{MOOD}</View>'
    )
    assert (len(form.controls), form.left_to_people) == (1, ())
