"""What a task's data lack of what is shown is empty; all that can be shown stays as it is."""

from typing import Any

import pytest

from routing.blind_project.importable import importable


def config(*tags: str) -> str:
    """A label config with these tags in it."""
    return f"<View>{''.join(tags)}</View>"


TEXTS = config('<Text name="text" value="$text"/>', '<Text name="other" value="$other"/>')


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        ({"text": "a", "other": "b", "row": 7}, {"text": "a", "other": "b", "row": 7}),
        ({"text": "a"}, {"text": "a", "other": ""}),
        ({"text": "a", "other": None}, {"text": "a", "other": ""}),
        ({"text": 1, "other": ["b"]}, {"text": 1, "other": ["b"]}),
        ({"text": "a", "other": {"é": 1}}, {"text": "a", "other": '{"é": 1}'}),
    ],
)
def test_every_field_that_is_shown_is_there(data: dict[str, Any], whole: dict[str, Any]) -> None:
    assert importable(TEXTS, data) == whole


@pytest.mark.parametrize(
    ("tag", "data", "whole"),
    [
        ('<HyperText name="a" value="$a"/>', {"a": 4711}, {"a": "4711"}),
        ('<Text name="a" value="$a.b"/>', {"a": {"c": 1}}, {"a": {"c": 1, "b": ""}}),
        ('<Text name="a" value="$a.b"/>', {}, {"a": {"b": ""}}),
        ('<Text name="a" value="$a[0].b"/>', {"a": "x"}, {"a": []}),
        ('<Text name="a" value="By $who on $day"/>', {}, {"who": ""}),
        ('<Table name="a" value="$a"/>', {"a": {"b": 1}}, {"a": {"b": 1}}),
        ('<Header value="$title"/>', {}, {}),
        ('<Header name="h" value="Plain words"/>', {}, {}),
    ],
)
def test_each_way_to_show_something_is_known(
    tag: str, data: dict[str, Any], whole: dict[str, Any]
) -> None:
    assert importable(config(tag), data) == whole
