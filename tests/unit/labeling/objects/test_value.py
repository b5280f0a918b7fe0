"""Values are resolved as the page resolves them; the expected strings are those that it showed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import TaskError
from labeling.form.form import parse
from labeling.objects import ValueExpression

RATING = '<Rating name="stars" toName="text"/>'
SHOWN: list[tuple[str, dict[str, Any], str]] = [
    ("$text", {"text": "plain"}, "plain"),
    ("$review.body", {"review": {"body": "nested"}}, "nested"),
    ("$a.b.c", {"a": {"b": {"c": "deep"}}}, "deep"),
    ("$a[1].b", {"a": [{"b": "zero"}, {"b": "one"}]}, "one"),
    ("$a.1.b", {"a": [{"b": "zero"}, {"b": "one"}]}, "one"),
    ("$a[0][1]", {"a": [["x", "y"]]}, "y"),
    ("$a.b", {"a.b": "dotted key"}, "dotted key"),
    ("$a.b", {"a.b": "the key wins", "a": {"b": "no"}}, "the key wins"),
    ("$a.length", {"a": ["x", "y"]}, "2"),
    ("$n", {"n": 1.0}, "1"),
    ("$n", {"n": 1e-7}, "1e-7"),
    ("$words", {"words": ["x", None, "y"]}, "x,,y"),
    ("$l", {"l": [1, [2, [None]], [], [[]]]}, "1,2,,,"),
    ("Q: $question", {"question": "Why?"}, "Q: Why?"),
    ("$a and $a", {"a": "twice"}, "twice and twice"),
    ("$a$b", {"a": "one", "b": "two"}, "onetwo"),
    ("$my-field", {"my-field": "no", "my": "only my"}, "only my-field"),
    ("$größe", {"größe": "no", "gr": "only gr"}, "only größe"),
    # A full stop behind a variable belongs to it, and is not shown.
    ("Q: $q. A: $a.b", {"q": "what", "a": {"b": "that"}}, "Q: what A: that"),
    (
        "$q $miss $n $o $l $nul $yes",
        {"q": "x", "n": 1.0, "o": {"x": 1}, "l": [1, None, "z"], "nul": None, "yes": True},
        "x undefined 1 [object Object] 1,,z null true",
    ),
]


def config(value: str, tag: str = "Text") -> str:
    return f'<View><{tag} name="text" value="{value}"/>{RATING}</View>'


@pytest.mark.parametrize(("value", "data", "shown"), SHOWN)
@pytest.mark.parametrize("tag", ["Text", "HyperText"])
def test_a_value_is_read_as_the_page_shows_it(
    tag: str, value: str, data: dict[str, Any], shown: str
) -> None:
    form = parse(config(value, tag))
    item = form.text_of(data)
    assert form.shown(item) == {"text": shown}
    assert form.text_of(form.data_of(item)) == item


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ("$review.body", {"review": {"title": "x"}}),
        ("$review.body", {"review": "x"}),
        ("$review.body", {"review": None}),
        ("$a[3]", {"a": ["x"]}),
        ("$a[0].b", {"a": []}),
        ("Q: $question", {"text": "x"}),
        ("Q: $question", {"question": None}),
    ],
)
def test_what_leads_nowhere_is_named(value: str, data: dict[str, Any]) -> None:
    with pytest.raises(TaskError, match=r"no field '(review.body|a\[3\]|a\[0\].b|question)'"):
        parse(config(value)).text_of(data)


@pytest.mark.parametrize("item", ["no JSON", "[]", ""])
def test_what_is_no_item_of_a_text_with_variables_is_refused(item: str) -> None:
    with pytest.raises(TaskError):
        parse(config("Q: $question")).shown(item)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3))
def test_data_survive_whatever_they_hold(texts: list[str]) -> None:
    expression = ValueExpression("$a ($b.c) $a$d")
    data = {"a": texts[0], "b": {"c": texts[1]}, "d": texts[2]}
    content = expression.content_in(data)
    assert expression.text_of(content) == f"{texts[0]} ({texts[1]}) {texts[0]}{texts[2]}"
    assert expression.content_in(expression.data_of(content)) == content


def test_dialogues_are_found_on_the_same_ways() -> None:
    form = parse(
        '<View><Paragraphs name="text" value="$call.lines"/>'
        '<Rating name="stars" toName="text"/></View>'
    )
    item = form.text_of({"call": {"lines": [{"author": "Anna", "text": "Hello"}]}})
    assert form.shown(item) == {"text": "Anna: Hello"}
    assert form.text_of(form.data_of(item)) == item
