"""What a label config shows of a task's data: which of it can be read, and which people see alone.

Object tags have names; a header that shows data has none, and gets that of the variable it shows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labeling.errors import LabelConfigError
from labeling.form.config import is_control
from labeling.form.people_only import PeopleOnly
from labeling.form.tags import attributes_of, tree_of
from labeling.objects import OBJECTS, ObjectTag, ValueExpression

_NAMELESS = frozenset({"Header", "Markdown", "Panel"})
"""Tags that show data and have no name."""

_SAME_FOR_ALL = frozenset({"Style", "Relations", "Relation", "Label", "Choice"})
"""Tags whose value is no data of a task, or belongs to a control."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a label config shows.

    Attributes:
        objects: What can be read, in the config's order, by its name.
        unread: What people alone see, in the config's order, by its name.
    """

    objects: Mapping[str, ObjectTag]
    unread: Mapping[str, PeopleOnly]


def shown_in(config: str) -> Shown:
    """Find what a label config shows; nothing in broken XML.

    Args:
        config: The label config, XML.

    Returns:
        What can be read, and what cannot.
    """
    root = tree_of(config)
    objects: dict[str, ObjectTag] = {}
    unread: dict[str, PeopleOnly] = {}
    for element, is_repeated in [] if root is None else _shown(root):
        own = element.get("name", "")
        name = own or _made_name(element, root, {**objects, **unread})
        try:
            objects[name] = _read(element, is_repeated=is_repeated)
        except LabelConfigError as error:
            unread[name] = PeopleOnly(element.tag, own, element.sourceline or 0, error.what)
    return Shown(objects, unread)


def _shown(element: Any, *, is_repeated: bool = False) -> Iterator[tuple[Any, bool]]:
    """Return the tags below an element that show data, and whether a `Repeater` is over them."""
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SAME_FOR_ALL or is_control(child):
            continue
        repeated = is_repeated or child.tag == "Repeater"
        if _value_of(child).variables and (child.get("name") or child.tag in _NAMELESS):
            yield child, repeated
        if child.tag != "HyperText":
            yield from _shown(child, is_repeated=repeated)


def _read(element: Any, *, is_repeated: bool) -> ObjectTag:
    """Read a tag that shows data.

    Raises:
        LabelConfigError: Only people can read it.
    """
    if is_repeated:
        raise LabelConfigError("it stands in a Repeater, once for each part of a task")
    tag = "Header" if element.tag == "Panel" else element.tag
    if tag not in OBJECTS:
        raise LabelConfigError("it is no text")
    attributes = attributes_of(element)
    return OBJECTS[tag].parse(_value_of(element), attributes)


def _value_of(element: Any) -> ValueExpression:
    return ValueExpression(element.get("value") or element.get("valuelist") or "")


def _made_name(element: Any, root: Any, taken: Mapping[str, Any]) -> str:
    """Return a name for a tag without one: its variable's, with a number where that is taken."""
    named = {one.get("name") for one in root.iter() if isinstance(one.tag, str)} | {*taken}
    name = _value_of(element).name
    return next(
        one
        for one in (name, *(f"{name}_{n}" for n in range(2, len(named) + 3)))
        if one not in named
    )
