"""A label config as XML: its tags with their lines, what stands over them, and when they show."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from lxml import etree  # type: ignore[import-untyped]

from labeling.errors import LabelConfigError

if TYPE_CHECKING:
    from label_studio_sdk.label_interface.interface import LabelInterface

_ARRANGING = (
    "view header style collapse panel filter label choice shortcut repeater markdown pagedview"
    " relation bucket pdf channel multichannel timeseriesoverlay"
)
_HTML = (
    "br p div span b i u h1 h2 h3 h4 h5 h6 ul ol li a img hr strong em script table thead tbody tr"
    " td th details summary section small sub sup code pre blockquote"
)
_LAYOUT = frozenset(f"{_ARRANGING} {_HTML}".split())
"""Tags that neither ask nor show a task's data on their own, and the HTML that views may hold."""


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
        element: The tag, with what is nested in it.
        line: Its line in the config, from 1.
        title: What the header above it says; its own name where there is none.
        conditions: All of which must hold for it to show.
        beside: Which regions it shows beside, where it does so only while one is selected: those
            that meet all of these. A condition that names no control asks for labels alone.
        is_per_region: It is answered for each region.
    """

    element: Element
    line: int
    title: str
    conditions: tuple[Condition, ...]
    beside: tuple[Condition, ...]
    is_per_region: bool


def interface_of(config: str) -> "LabelInterface":
    """Read a label config with Label Studio's own SDK.

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
        interface = LabelInterface(config)
        interface.validate()  # type: ignore[no-untyped-call]
    except _faults() as error:
        reason = " ".join(str(error).split())[:200]
        raise LabelConfigError(
            f"The label config cannot be read: {reason}",
            where="label config",
            hint="Correct it under Settings, Labeling Interface.",
        ) from error
    return interface


def places_of(config: str) -> dict[str, Place]:
    """Find every tag that has a name and a `toName`, by its name; none in broken XML."""
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


@cache
def _known_tags() -> frozenset[str]:
    """Return the names of all tags that Label Studio knows, in small letters."""
    from label_studio_sdk.label_interface import control_tags, object_tags

    names = (*control_tags._TAG_TO_CLASS, *object_tags._TAG_TO_CLASS)
    return _LAYOUT | {name.lower() for name in names}


def _refuse_unknown_tags(config: str) -> None:
    """Refuse a tag that Label Studio does not know, unless the XML is broken anyway."""
    root = tree_of(config)
    for element in [] if root is None else root.iter():
        name = element.tag
        if isinstance(name, str) and name.lower() not in _known_tags():
            raise LabelConfigError(
                f"Label Studio has no tag <{name}>",
                where=f"label config, line {element.sourceline}",
                hint="Correct its name under Settings, Labeling Interface.",
            )


def tree_of(config: str) -> Any:
    """Read a label config's XML with lxml; None where it is broken."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(config.strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _walk(
    element: Any,
    title: str = "",
    conditions: tuple[Condition, ...] = (),
    beside: tuple[Condition, ...] = (),
) -> Iterator[Place]:
    """Return the controls below an element, each with what it depends on."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        attributes: Mapping[str, str] = {str(k): str(v) for k, v in child.attrib.items()}
        if child.tag == "Header":
            title = attributes.get("value", "") or (child.text or "")
        met = (*conditions, *_conditions(attributes))
        near = (*beside, *_regions(attributes))
        if attributes.get("name") and attributes.get("toName"):
            named = " ".join(title.split()) or readable_name(attributes["name"])
            is_per_region = _is_per_region(attributes)
            yield Place(_plain(child), child.sourceline or 0, named, met, near, is_per_region)
            title = ""
        else:
            below = list(_walk(child, title, met, near))
            yield from below
            title = "" if below else title


def _conditions(attributes: Mapping[str, str]) -> Sequence[Condition]:
    """Read `visibleWhen` of a tag; see https://labelstud.io/tags/visibility."""
    when = attributes.get("visibleWhen", "")
    control = attributes.get("whenTagName", "")
    if when not in ("choice-selected", "choice-unselected") or not control:
        return ()
    stated = attributes.get("whenChoiceValue", "")
    values = frozenset(value.strip() for value in stated.split(",") if value.strip())
    return (Condition(control, values, is_met_without=when == "choice-unselected"),)


def _regions(attributes: Mapping[str, str]) -> Sequence[Condition]:
    """Read which regions a tag shows beside.

    Labels are named as they are stored, with nothing but commas between them; that of a control of
    regions needs no `visibleWhen`. Source: the page's `mixins/Visibility.js`, `PerRegion.js`.
    """
    stated = attributes.get("whenLabelValue", "")
    values = frozenset({stated, *stated.split(",")} if stated else ())
    if attributes.get("visibleWhen") == "region-selected":
        return (Condition(attributes.get("whenTagName", ""), values, is_met_without=False),)
    if values and _is_per_region(attributes):
        return (Condition("", values, is_met_without=False),)
    return ()


def _is_per_region(attributes: Mapping[str, str]) -> bool:
    return attributes.get("perRegion", "false").lower() == "true"


def readable_name(name: str) -> str:
    """Write a tag's name as words."""
    return re.sub(r"[_\-.]+", " ", name).strip() or name


def _plain(element: Any) -> Element:
    """Copy an element into the standard library's form, without comments."""
    copy = Element(str(element.tag), {str(k): str(v) for k, v in element.attrib.items()})
    copy.extend(_plain(child) for child in element if isinstance(child.tag, str))
    return copy
