"""What a control tag's XML element says: its attributes, and the candidates inside it."""

import math
from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from labeling.controls.base import Candidate
from labeling.errors import LabelConfigError
from labeling.objects.value import ValueExpression


def is_true(tag: Element, attribute: str) -> bool:
    """Return whether an attribute says `true`.

    Args:
        tag: The XML element.
        attribute: The name of the attribute.

    Returns:
        Whether it does; a missing one says `false`.
    """
    return (stated(tag, attribute) or "false").lower() == "true"


def stated(tag: Element, attribute: str) -> str | None:
    """Return what an attribute says; None where the tag has none of that name.

    Args:
        tag: The XML element, with the names of its attributes in small letters.
        attribute: The name of the attribute, as it is usually written.

    Returns:
        Its value.
    """
    return tag.get(attribute.lower())


def require_one_answer(tag: Element) -> None:
    """Refuse a tag that is answered once for each region or item, not once for the whole.

    Raises:
        LabelConfigError: It is.
    """
    for attribute in ("perRegion", "perItem"):
        if is_true(tag, attribute):
            raise left(tag, f"it is asked of each {attribute.removeprefix('per').lower()}")


def require_own_labels(tag: Element) -> None:
    """Refuse a tag whose answers stand in each task's data, or behind an address.

    Raises:
        LabelConfigError: They do.
    """
    if shows_data(tag) or stated(tag, "apiUrl"):
        raise left(tag, "what can be answered stands in each task's data, or behind an address")


def shows_data(tag: Element) -> bool:
    """Return whether the page replaces variables in a tag's value."""
    return bool(ValueExpression(tag.get("value") or "").variables)


def name_of(tag: Element) -> str:
    """Return the tag's name."""
    return tag.get("name", "")


def objects_of(tag: Element) -> tuple[str, ...]:
    """Return the names of the objects that it is about, in the order of its `toName`."""
    return tuple((stated(tag, "toName") or "").split(","))


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
    value = stated(tag, attribute)
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
            f"{attribute}={stated(tag, attribute)!r} is not a whole number from {least} on",
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


def left(tag: Element, why: str) -> LabelConfigError:
    """Return the error that a tag is left to people, in one line.

    Args:
        tag: The control tag.
        why: Why nothing else can answer it.

    Returns:
        The error, to be raised.
    """
    return LabelConfigError(why, where=f"{tag.tag} {name_of(tag)!r}")


def _candidate(tag: Element, element: Element) -> Candidate:
    # Label Studio stores the alias; of a Choice an empty one, too.
    if element.tag == "Choice" and element.get("alias") == "":
        raise broken(tag, "A Choice has an empty alias, so it is stored as nothing", "Give it one.")
    value = element.get("alias") or element.get("value")
    if not value:
        raise broken(tag, f"A {element.tag} has no value", "Give it one.")
    text = element.get("value") or value
    return Candidate(value=value, text=text, hint=element.get("hint", ""))
