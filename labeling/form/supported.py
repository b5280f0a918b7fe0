"""Which controls of a label config are answered, when each shows, and what is left to people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from labeling.controls import CONTROLS, Control, Labels, OfRegions
from labeling.controls.elements import is_true, objects_of
from labeling.form.config import Condition, Place
from labeling.objects import OBJECTS, ObjectTag

if TYPE_CHECKING:
    from label_studio_sdk.label_interface.interface import LabelInterface
    from label_studio_sdk.label_interface.object_tags import ObjectTag as SdkObjectTag


@dataclass(frozen=True, slots=True)
class Answerable:
    """What of a label config is answered.

    Attributes:
        controls: In the config's order, but those that are asked of regions behind all others.
        conditions: When each shows, by its name.
        left_to_people: `Tag 'name'`, with its line, of each control that only people can answer.
    """

    controls: tuple[Control, ...]
    conditions: Mapping[str, tuple[Condition, ...]]
    left_to_people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Marked:
    """Regions that something depends on: what marks them, and the labels that they may have."""

    marks: Labels
    labels: frozenset[str]

    @property
    def condition(self) -> Condition:
        return Condition(self.marks.from_name, self.labels, is_met_without=False)


def answerable(places: Mapping[str, Place], objects: Mapping[str, ObjectTag]) -> Answerable:
    """Return which controls can be answered.

    Args:
        places: The control tags, by their names.
        objects: The object tags that can be read, by their names.

    Returns:
        What is answered, and what is left to people.
    """
    whole = {
        name: control
        for name, place in places.items()
        if not place.is_per_region
        and (control := _parsed(place)) is not None
        and _is_on(control, objects)
    }
    asked: dict[str, Control] = {}
    conditions: dict[str, tuple[Condition, ...]] = {}
    for name, place in places.items():
        if _depends_on_regions(place, places):
            continue
        marked = _marked(place, places, whole)
        if place.is_per_region and marked is not None:
            of_regions = OfRegions.parse(place.element, marked.marks, marked.labels)
            if of_regions is not None:
                asked[name] = of_regions
                above = places[marked.marks.from_name].conditions
                conditions[name] = (*place.conditions, *above)
        elif name in whole and not place.beside:
            asked[name], conditions[name] = whole[name], place.conditions
        elif name in whole and marked is not None:
            # The page asks for it only while such a region is selected, so it cannot insist.
            asked[name] = _optional(whole[name])
            conditions[name] = (*place.conditions, marked.condition)
    return Answerable(
        tuple(sorted(asked.values(), key=lambda one: isinstance(one, OfRegions))),
        conditions,
        tuple(
            f"{place.element.tag} {name!r} (line {place.line})"
            for name, place in places.items()
            if name not in asked
        ),
    )


def readable(interface: "LabelInterface") -> dict[str, ObjectTag]:
    """Return every object tag that can be read, by its name: it is text, and stands in tasks."""
    read = {tag.name: _object(tag) for tag in interface.objects}
    return {name: one for name, one in read.items() if one is not None}


def _object(tag: "SdkObjectTag") -> ObjectTag | None:
    if tag.tag not in OBJECTS or not (tag.value or "").startswith("$"):
        return None
    attributes = {name.lower(): str(value) for name, value in (tag.attr or {}).items()}
    return OBJECTS[tag.tag].parse(tag.value_name, attributes)


def _is_on(control: Control, objects: Mapping[str, ObjectTag]) -> bool:
    """Return whether all that a control is about can be read, and is what it can be about."""
    if not objects.keys() >= set(control.to_names):
        return False
    return not control.on or control.on >= {objects[name].tag for name in control.to_names}


def _parsed(place: Place) -> Control | None:
    tag = place.element.tag
    return CONTROLS[tag].parse(place.element) if tag in CONTROLS else None


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
