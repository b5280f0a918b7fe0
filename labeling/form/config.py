"""A label config as XML: its tags with their lines, what stands over them, and when they show."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from labeling.errors import LabelConfigError
from labeling.form.tags import attributes_of, is_known, plain, tree_of
from labeling.objects import ValueExpression


@dataclass(frozen=True, slots=True)
class Condition:
    """When a control shows.

    Attributes:
        control: The control whose answer it depends on.
        values: Any of which must be picked; empty: anything.
        is_met_without: It shows where that is *not* picked.
    """

    control: str
    values: frozenset[str]
    is_met_without: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A control tag in its config.

    Attributes:
        element: The tag, with what is nested in it; see `labeling.form.tags`.
        line: Its line in the config, from 1.
        title: What the header above it says; its own name where there is none.
        conditions: All of which must hold for it to show.
        beside: Which regions it shows beside, where it does so only while one is selected: those
            that meet all of these. A condition that names no control asks for labels alone.
        is_per_region: It is answered for each region.
        is_repeated: It stands in a `Repeater`, so that each task has as many as it has parts.
    """

    element: Element
    line: int
    title: str
    conditions: tuple[Condition, ...]
    beside: tuple[Condition, ...]
    is_per_region: bool
    is_repeated: bool = False


def require_valid(config: str) -> None:
    """Refuse a label config that Label Studio's own SDK refuses.

    Raises:
        LabelConfigError: It is empty, broken, or holds a tag that Label Studio does not know.
    """
    # The SDK's reader takes a third of a second to import, which most commands' starts need not.
    from label_studio_sdk.label_interface.interface import LabelInterface

    if not config.strip():
        raise LabelConfigError(
            "The label config is empty",
            where="label config",
            hint="Set one under Settings, Labeling Interface.",
        )
    _refuse_unknown_tags(config)
    try:
        LabelInterface(config).validate()  # type: ignore[no-untyped-call]
    except _faults() as error:
        reason = " ".join(str(error).split())[:200]
        raise LabelConfigError(
            f"The label config cannot be read: {reason}",
            where="label config",
            hint="Correct it under Settings, Labeling Interface.",
        ) from error


def names_in(config: str) -> frozenset[str]:
    """Return every name that a label config gives; none in broken XML."""
    root = tree_of(config)
    elements = [] if root is None else [one for one in root.iter() if isinstance(one.tag, str)]
    return frozenset(one.get("name") for one in elements if one.get("name"))


def places_of(config: str) -> dict[str, Place]:
    """Find every tag that asks something, by its name; none in broken XML."""
    root = tree_of(config)
    return {} if root is None else {place.element.attrib["name"]: place for place in _walk(root)}


def _faults() -> tuple[type[Exception], ...]:
    """Return what the SDK raises on configs that it cannot read: its own, and slips on odd XML."""
    from label_studio_sdk._legacy.exceptions import (
        LabelStudioValidationErrorSentryIgnored,
        LabelStudioXMLSyntaxErrorSentryIgnored,
        LSConfigParseException,
    )

    return (
        LSConfigParseException,
        LabelStudioXMLSyntaxErrorSentryIgnored,
        LabelStudioValidationErrorSentryIgnored,
        SyntaxError,
        LookupError,
        ValueError,
        AttributeError,
        TypeError,
    )


def _refuse_unknown_tags(config: str) -> None:
    """Refuse a tag that Label Studio does not know, unless the XML is broken anyway."""
    root = tree_of(config)
    for element in [] if root is None else root.iter():
        name = element.tag
        if isinstance(name, str) and not is_known(name):
            raise LabelConfigError(
                f"Label Studio has no tag <{name}>",
                where=f"label config, line {element.sourceline}",
                hint="Correct its name under Settings, Labeling Interface.",
            )


def _walk(
    element: Any,
    title: str = "",
    conditions: tuple[Condition, ...] = (),
    beside: tuple[Condition, ...] = (),
    *,
    is_repeated: bool = False,
) -> Iterator[Place]:
    """Return the controls below an element, each with what it depends on."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        attributes = attributes_of(child)
        if child.tag == "Header":
            title = _title(attributes.get("value", ""))
        met = (*conditions, *_conditions(attributes))
        near = (*beside, *_regions(attributes))
        repeated = is_repeated or child.tag == "Repeater"
        if is_control(child):
            named = title or readable_name(attributes["name"])
            is_per_region = _is_per_region(attributes)
            line = child.sourceline or 0
            yield Place(plain(child), line, named, met, near, is_per_region, repeated)
            title = ""
        else:
            below = list(_walk(child, title, met, near, is_repeated=repeated))
            yield from below
            title = "" if below else title


def is_control(element: Any) -> bool:
    """Return whether a tag asks something; a `Filter` only helps to find what is asked."""
    return bool(element.get("name") and element.get("toname")) and element.tag != "Filter"


def _title(header: str) -> str:
    """Return what a header says of the control below it; nothing where it shows data instead."""
    return "" if ValueExpression(header).variables else " ".join(html.unescape(header).split())


def _conditions(attributes: Mapping[str, str]) -> Sequence[Condition]:
    """Read `visibleWhen` of a tag; see https://labelstud.io/tags/visibility."""
    when = attributes.get("visiblewhen", "")
    control = attributes.get("whentagname", "")
    if when not in ("choice-selected", "choice-unselected") or not control:
        return ()
    stated = attributes.get("whenchoicevalue", "")
    values = frozenset(value.strip() for value in stated.split(",") if value.strip())
    return (Condition(control, values, is_met_without=when == "choice-unselected"),)


def _regions(attributes: Mapping[str, str]) -> Sequence[Condition]:
    """Read which regions a tag shows beside.

    Labels are named as they are stored, with nothing but commas between them; that of a control of
    regions needs no `visibleWhen`. Source: the page's `mixins/Visibility.js`, `PerRegion.js`.
    """
    stated = attributes.get("whenlabelvalue", "")
    values = frozenset({stated, *stated.split(",")} if stated else ())
    if attributes.get("visiblewhen") == "region-selected":
        return (Condition(attributes.get("whentagname", ""), values, is_met_without=False),)
    if values and _is_per_region(attributes):
        return (Condition("", values, is_met_without=False),)
    return ()


def _is_per_region(attributes: Mapping[str, str]) -> bool:
    return attributes.get("perregion", "false").lower() == "true"


def readable_name(name: str) -> str:
    """Write a tag's name as words."""
    return re.sub(r"[_\-.]+", " ", name).strip() or name
