"""Which controls of a label config are answered, when each shows, and what is left to people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from labeling.controls import CONTROLS, Control, Labels, OfRegions
from labeling.controls.elements import is_true, left, objects_of
from labeling.errors import LabelConfigError
from labeling.form.config import Condition, Place
from labeling.form.people_only import PeopleOnly
from labeling.form.shown import Shown


@dataclass(frozen=True, slots=True)
class Answerable:
    """What of a label config is answered.

    Attributes:
        controls: In the config's order, but those that are asked of regions behind all others.
        conditions: When each shows, by its name.
        left_to_people: The controls that only people can answer, in the config's order.
    """

    controls: tuple[Control, ...]
    conditions: Mapping[str, tuple[Condition, ...]]
    left_to_people: tuple[PeopleOnly, ...]


@dataclass(frozen=True, slots=True)
class _Marked:
    """Regions that something depends on: what marks them, and the labels that they may have."""

    marks: Labels
    labels: frozenset[str]

    @property
    def condition(self) -> Condition:
        return Condition(self.marks.from_name, self.labels, is_met_without=False)


def answerable(places: Mapping[str, Place], shown: Shown) -> Answerable:
    """Return which controls can be answered.

    Args:
        places: The control tags, by their names.
        shown: What the label config shows.

    Returns:
        What is answered, and what is left to people.
    """
    whole: dict[str, Control] = {}
    asked: dict[str, Control] = {}
    conditions: dict[str, tuple[Condition, ...]] = {}
    reasons: dict[str, str] = {}
    for name, place in places.items():
        if not place.is_per_region:
            try:
                whole[name] = _of_whole(place, shown)
            except LabelConfigError as error:
                reasons[name] = error.what
    for name in places:
        if name not in reasons:
            try:
                asked[name], conditions[name] = _asked(name, places, whole)
            except LabelConfigError as error:
                reasons[name] = error.what
    return Answerable(
        tuple(sorted(asked.values(), key=lambda one: isinstance(one, OfRegions))),
        conditions,
        tuple(
            PeopleOnly(place.element.tag, name, place.line, reasons[name])
            for name, place in places.items()
            if name in reasons
        ),
    )


def _of_whole(place: Place, shown: Shown) -> Control:
    """Read a control that is asked of the whole.

    Raises:
        LabelConfigError: Only people can answer it.
    """
    element = place.element
    if place.is_repeated:
        raise left(element, "it stands in a Repeater, once for each part of a task")
    if element.tag not in CONTROLS:
        raise left(element, f"no {element.tag} is answered")
    control = CONTROLS[element.tag].parse(element)
    for name in control.to_names:
        if name in shown.unread:
            raise left(element, f"of {shown.unread[name].reason}")
        if name not in shown.objects:
            raise left(element, f"{name!r} shows no data of a task")
        if control.on and shown.objects[name].tag not in control.on:
            raise left(element, f"no {element.tag} is answered on a {shown.objects[name].tag}")
    return control


def _asked(
    name: str, places: Mapping[str, Place], whole: Mapping[str, Control]
) -> tuple[Control, tuple[Condition, ...]]:
    """Return a control as it is asked, and when it shows.

    Args:
        name: The control's name.
        places: All control tags.
        whole: Those that are asked of the whole, by their names.

    Raises:
        LabelConfigError: Only people can answer it.
    """
    place = places[name]
    if _depends_on_regions(place, places):
        raise left(place.element, "it depends on what is said of a region")
    if not place.is_per_region and not place.beside:
        return whole[name], place.conditions
    marked = _marked(place, places, whole)
    if place.is_per_region:
        if place.is_repeated or marked is None:
            raise left(place.element, "it is asked of each region, and no one control marks them")
        of_regions = OfRegions.parse(place.element, marked.marks, marked.labels)
        above = places[marked.marks.from_name].conditions
        return of_regions, (*place.conditions, *above)
    if marked is None:
        raise left(place.element, "it shows beside regions that no one control marks")
    # The page asks for it only while such a region is selected, so it cannot insist.
    return _optional(whole[name]), (*place.conditions, marked.condition)


def _marked(
    place: Place, places: Mapping[str, Place], whole: Mapping[str, Control]
) -> _Marked | None:
    """Return the regions that a control depends on; None where there are none, or many."""
    [shown, *others] = objects_of(place.element)
    named = {one.control for one in place.beside if one.control} or {
        name for name, one in places.items() if _marks(one) and shown in objects_of(one.element)
    }
    marks = whole.get(next(iter(named))) if len(named) == 1 and not others else None
    if not isinstance(marks, Labels) or marks.to_name != shown:
        return None
    above = places[marks.from_name]
    if above.beside or _depends_on_regions(above, places):
        return None
    labels = frozenset(one.value for one in marks.labels)
    for one in place.beside:
        labels &= one.values or labels
    return _Marked(marks, labels) if labels else None


def _marks(place: Place) -> bool:
    """Return whether a control makes regions."""
    element = place.element
    return element.tag.endswith("Labels") or is_true(element, "labeling")


def _depends_on_regions(place: Place, places: Mapping[str, Place]) -> bool:
    return any(
        one.control in places and places[one.control].is_per_region for one in place.conditions
    )


def _optional(control: Any) -> Control:
    """Return the same control, not required; each is a dataclass."""
    optional: Control = replace(control, required=False)
    return optional
