"""A label config's tags as Label Studio's page reads them: names in any case, a text as a value.

Names of tags and attributes may be written in capitals or not. What stands in a tag that holds no
other one is its value, and whatever stands in a `HyperText`.
Source: the page's `core/Tree.tsx`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from lxml import etree  # type: ignore[import-untyped]

from labeling.controls import CONTROLS
from labeling.objects import OBJECTS

_READ = ("Choice", "Label", "View", "Repeater", "Filter", "Style", *CONTROLS, *OBJECTS)
_SPELLED: Mapping[str, str] = {name.lower(): name for name in _READ}
"""How names of tags are spelled, by their small letters."""

_ARRANGING = (
    "view header style collapse panel filter label choice shortcut repeater markdown pagedview"
    " relation bucket pdf channel multichannel timeseriesoverlay dialog"
)
_HTML = (
    "br p div span b i u h1 h2 h3 h4 h5 h6 ul ol li a img hr strong em script table thead tbody tr"
    " td th details summary section small sub sup code pre blockquote"
)
_LAYOUT = frozenset(f"{_ARRANGING} {_HTML}".split())
"""Tags that the SDK does not list: what arranges a page, and the HTML that views may hold."""


def tree_of(config: str) -> Any:
    """Read the tags of a label config, with their names in small letters where they are known.

    Args:
        config: The label config, XML.

    Returns:
        The root as lxml has it: tags spelled as in `CONTROLS` and `OBJECTS`, attributes in small
        letters; None where the XML is broken.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
    try:
        root = etree.fromstring(config.strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    for element in root.iter():
        if isinstance(element.tag, str):
            _read_as_the_page(element)
    return root


def is_known(name: str) -> bool:
    """Return whether Label Studio knows a tag of that name."""
    return name.lower() in _known_names()


def plain(element: Any) -> Element:
    """Copy an element into the standard library's form, without comments."""
    copy = Element(str(element.tag), attributes_of(element))
    copy.extend(plain(child) for child in element if isinstance(child.tag, str))
    return copy


def attributes_of(element: Any) -> dict[str, str]:
    """Return an element's attributes, by their names in small letters."""
    return {str(name): str(value) for name, value in element.attrib.items()}


@cache
def _known_names() -> frozenset[str]:
    from label_studio_sdk.label_interface import control_tags, object_tags

    names = (*control_tags._TAG_TO_CLASS, *object_tags._TAG_TO_CLASS)
    return _LAYOUT | {name.lower() for name in names}


def _read_as_the_page(element: Any) -> None:
    """Spell a tag's names as they are known, and make what stands in it its value."""
    name = _SPELLED.get(element.tag.lower(), element.tag)
    attributes = {str(key).lower(): str(value) for key, value in element.attrib.items()}
    is_a_leaf = not any(isinstance(child.tag, str) for child in element)
    if is_a_leaf or name == "HyperText":
        inner = _inner_xml(element)
        attributes |= {"value": inner} if inner else {}
    element.tag = name
    element.attrib.clear()
    element.attrib.update(attributes)


def _inner_xml(element: Any) -> str:
    """Return what stands between an element's tags, without blanks around it."""
    written: str = etree.tostring(element, encoding="unicode", with_tail=False)
    # Within attributes, `>` is always written as an entity.
    opening, _, rest = written.partition(">")
    return "" if opening.endswith("/") else rest.rpartition("</")[0].strip()
