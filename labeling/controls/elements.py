"""What a control tag's XML element says: its attributes, and the candidates inside it."""

import math
from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from labeling.controls.base import Candidate
from labeling.errors import LabelConfigError


def is_true(tag: Element, attribute: str) -> bool:
    """Return whether an attribute says `true`.

    Args:
        tag: The XML element.
        attribute: The name of the attribute.

    Returns:
        Whether it does; a missing one says `false`.
    """
    return tag.get(attribute, "false").lower() == "true"


def is_about_parts(tag: Element) -> bool:
    """Return whether it is answered once for each region or item, not once for the whole."""
    return is_true(tag, "perRegion") or is_true(tag, "perItem")


def is_dynamic(tag: Element) -> bool:
    """Return whether what can be answered stands in each task's data or behind an address."""
    return tag.get("value", "").startswith("$") or bool(tag.get("apiUrl"))


def name_of(tag: Element) -> str:
    """Return the tag's name."""
    return tag.get("name", "")


def objects_of(tag: Element) -> tuple[str, ...]:
    """Return the names of the objects that it is about, in the order of its `toName`."""
    return tuple(tag.get("toName", "").split(","))


def number_in(tag: Element, attribute: str) -> float | None:
    """Read an attribute that holds a number; None where the tag has none.

    Args:
        tag: The XML element.
        attribute: The name of the attribute.

    Returns:
        The number; None where the tag has no such attribute.

    Raises:
        LabelConfigError: It holds something else.
    """
    value = tag.get(attribute)
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise broken(tag, f"{attribute}={value!r} is not a number", "Write a number.")
    return number


def count_in(tag: Element, attribute: str, least: int = 1) -> int | None:
    """Read an attribute that holds a whole number; None where the tag has none.

    Args:
        tag: The XML element.
        attribute: The name of the attribute.
        least: The least that it may be.

    Returns:
        The number; None where the tag has no such attribute.

    Raises:
        LabelConfigError: It holds something else, or less than the least.
    """
    number = number_in(tag, attribute)
    if number is None:
        return None
    if not number.is_integer() or number < least:
        raise broken(
            tag,
            f"{attribute}={tag.get(attribute)!r} is not a whole number from {least} on",
            "Write one, or leave the attribute out.",
        )
    return int(number)


def candidates_of(tag: Element, elements: Iterable[Element]) -> tuple[Candidate, ...]:
    """Read the `<Choice>` or `<Label>` elements of a tag, which stand side by side.

    Args:
        tag: The control tag, to name it in errors.
        elements: Its `<Choice>` or `<Label>` elements.

    Returns:
        The candidates, in the order of the elements.

    Raises:
        LabelConfigError: One has no value, or two are stored as the same.
    """
    candidates = tuple(_candidate(tag, element) for element in elements)
    counts = Counter(candidate.value for candidate in candidates)
    for value, count in counts.most_common(1):
        if count > 1:
            raise broken(tag, f"{value!r} is there {count} times", "Give each its own value.")
    return candidates


def broken(tag: Element, what: str, hint: str) -> LabelConfigError:
    """Return an error that says in one line what is wrong with a tag.

    Args:
        tag: The control tag.
        what: What is wrong with it.
        hint: What its author can do about it.

    Returns:
        The error, to be raised.
    """
    return LabelConfigError(what, where=f"{tag.tag} {name_of(tag)!r}", hint=hint)


def _candidate(tag: Element, element: Element) -> Candidate:
    # Label Studio stores the alias; an empty one is none.
    value = element.get("alias") or element.get("value")
    if not value:
        raise broken(tag, f"A {element.tag} has no value", "Give it one.")
    text = element.get("value") or value
    return Candidate(value=value, text=text, hint=element.get("hint", ""))
