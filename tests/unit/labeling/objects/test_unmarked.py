"""Headers, tables, lists and chats: what people see beside a text, the model reads too."""

from typing import Any

import pytest

from labeling.errors import TaskError
from labeling.form.form import Form, parse

Q = '<Choices name="ok" toName="t"><Choice value="a"/><Choice value="b"/></Choices>'


def form(beside: str) -> Form:
    return parse(f'<View>{beside}<Text name="t" value="$text"/>{Q}</View>')


def beside(tags: str, **data: Any) -> dict[str, str]:
    """What is shown beside the text; that it survives as data is looked at each time."""
    of = form(tags)
    item = of.text_of({"text": "hello", **data})
    assert of.text_of(of.data_of(item)) == item
    return {name: text for name, text in of.shown(item).items() if name != "t"}


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        ('<Header value="$q"/>', {"q": "What?"}),
        ('<header VALUE="$q"/>', {"q": "What?"}),
        ("<Header>asked: $q</Header>", {"q": "asked: What?"}),
        ('<Header value="$q"/><Header value="Again: $q"/>', {"q": "What?", "q_2": "Again: What?"}),
        ('<Header value="$t"/>', {"t_2": "the name of the text"}),
        ('<Markdown value="# $q"/>', {"q": "# What?"}),
        ("<Markdown>**$q**</Markdown>", {"q": "**What?**"}),
        ('<Collapse><Panel value="$q"><View/></Panel></Collapse>', {"q": "What?"}),
        (
            '<HyperText name="h" value=""><b>$q</b> ($t)</HyperText>',
            {"h": "What? (the name of the text)"},
        ),
        ('<Header value="static"/><Style>.a { color: red }</Style>', {}),
        ('<Header value="$gone"/>', {}),
    ],
)
def test_headers_that_show_data_are_read_in_their_place(tags: str, shown: dict[str, str]) -> None:
    assert beside(tags, q="What?", t="the name of the text") == shown


def test_what_is_read_keeps_the_order_of_the_page() -> None:
    of = parse(f'<View><Text name="t" value="$text"/><Header value="$q"/>{Q}</View>')
    assert [*of.shown(of.text_of({"text": "x", "q": "y"}))] == ["t", "q"]


@pytest.mark.parametrize(
    ("tag", "value", "text"),
    [
        ("Table", {"b": 2, "A": "x", "o": {"k": [1]}}, 'A: x; b: 2; o: {"k": [1]}'),
        ("Table", [{"a": 1}, {"a": 2, "b": "y"}], "a: 1\na: 2; b: y"),
        ("Table", ["x", 2, None], "x\n2\nnull"),
        ("Table", '{"a": 1}', "a: 1"),
        (
            "List",
            [{"id": 1, "title": "One", "body": "First"}, {"id": 2, "html": "<b>Se</b>cond"}],
            "One: First\nSecond",
        ),
        (
            "Chat",
            [{"role": "user", "content": "Hi"}, {"role": "bot", "content": "Yes?"}],
            "user: Hi\nbot: Yes?",
        ),
    ],
)
def test_lists_and_tables_are_read_as_lines(tag: str, value: Any, text: str) -> None:
    assert beside(f'<{tag} name="x" value="$more"/>', more=value) == {"x": text}


@pytest.mark.parametrize(
    ("tag", "value"),
    [("Table", "no JSON"), ("Table", 7), ("List", {"a": 1}), ("List", ["x"]), ("Chat", "x")],
)
def test_what_is_no_list_or_table_is_an_error_of_its_task(tag: str, value: Any) -> None:
    with pytest.raises(TaskError):
        beside(f'<{tag} name="x" value="$more"/>', more=value)


@pytest.mark.parametrize(
    ("tags", "named"),
    [
        ('<Image name="i" value="$image"/>', "Image 'i' (line 1): it is no text"),
        ('<Image name="i" valueList="$images"/>', "Image 'i' (line 1): it is no text"),
        (
            '<Table name="i" value="$t" valueType="csv"/>',
            "Table 'i' (line 1): what it shows stands",
        ),
        ('<Text name="i" value="$u" valueType="url"/>', "Text 'i' (line 1): what it shows stands"),
        (
            '<Repeater on="$p"><Header value="$p[{{idx}}].x"/></Repeater>',
            "Header (line 1): it stands in a Repeater",
        ),
    ],
)
def test_what_people_alone_see_is_named(tags: str, named: str) -> None:
    [unread] = form(tags).unread
    assert unread.reason.startswith(named)


def test_a_header_that_shows_data_is_no_question() -> None:
    of = form('<Header value="$question"/>')
    assert of.titles == {"ok": "ok"}
    assert form('<Header value="Is it?"/>').titles == {"ok": "Is it?"}


@pytest.mark.parametrize("tag", ["Table", "List", "Chat"])
def test_what_is_asked_of_them_is_answered(tag: str) -> None:
    of = parse(f'<View><{tag} name="t" value="$text"/>{Q}</View>')
    assert [one.from_name for one in of.controls] == ["ok"]
