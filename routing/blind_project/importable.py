"""Importable data: what Label Studio asks of a task's data before it takes the task.

A project may hold tasks that it would not take today: they are older than its label config, and
lack a field that it shows, or have a number where it shows HTML. One of them has a whole import
refused.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

_LISTS = (str, list)
_ACCEPTED: Mapping[str, tuple[type, ...]] = {
    "Text": (str, int, float, list),
    "Header": (str, int, float),
    **dict.fromkeys(("Table", "TimeSeries", "TimeSeriesChannel"), (dict, list, str)),
    **dict.fromkeys(("Image", "Paragraphs", "Chat", "List", "Ranker", "Choices"), _LISTS),
    **dict.fromkeys(("Taxonomy", "Labels", "HyperTextLabels", "ParagraphLabels"), _LISTS),
    **dict.fromkeys(("BrushLabels", "EllipseLabels", "KeyPointLabels", "PolygonLabels"), _LISTS),
    **dict.fromkeys(("RectangleLabels", "TimeSeriesLabels"), _LISTS),
}
"""What each tag may show; every other one a string."""


@dataclass(frozen=True, slots=True)
class _Needed:
    """A value that must be there.

    Attributes:
        path: The names under which it stands in the data, the outermost first.
        accepted: The types that it may have.
    """

    path: Sequence[str]
    accepted: tuple[type, ...]


def importable(label_config: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task's data with all that the label config shows, so that the task is taken.

    What is not there is empty, as the page shows it; what the page could not show is text.

    >>> importable('<View><Text name="a" value="$a"/><Text name="b" value="$b"/></View>', {"a": 1})
    {'a': 1, 'b': ''}

    Args:
        label_config: The label config, XML.
        data: What the task holds.

    Returns:
        The data.
    """
    whole: Mapping[str, Any] = data
    for needed in _needed(label_config):
        whole = _with(whole, needed.path, needed.accepted)
    return dict(whole)


def _needed(label_config: str) -> Iterator[_Needed]:
    """List what Label Studio looks for: a value of every tag that has a name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for element in etree.fromstring(label_config.strip().encode(), parser).iterfind(".//*[@value]"):
        value = element.get("value")
        found = [value] if re.match(r"\$.", value) else re.findall(r"\$\w+", value)
        if element.get("name") and found:
            name, bracket, _ = found[0][1:].partition("[")
            accepted = (list,) if bracket else _ACCEPTED.get(element.tag, (str,))
            yield _Needed(name.split("."), accepted)


def _with(
    data: Mapping[str, Any], path: Sequence[str], accepted: tuple[type, ...]
) -> dict[str, Any]:
    """Return data that hold an acceptable value under a path."""
    name, *inner = path
    value = data.get(name)
    if inner:
        value = _with(value if isinstance(value, Mapping) else {}, inner, accepted)
    elif not isinstance(value, accepted):
        value = _as_accepted(value, accepted)
    return {**data, name: value}


def _as_accepted(value: Any, accepted: tuple[type, ...]) -> Any:
    if str not in accepted:
        return []
    return "" if value is None else json.dumps(value, ensure_ascii=False)
