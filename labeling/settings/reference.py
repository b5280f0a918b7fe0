"""Every setting with its values, default and meaning, read off the settings' own source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from labeling.settings.settings import ENVIRONMENT, SECRETS, Settings

_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        name: Its name within its section.
        meaning: What it decides.
        values: What may stand there, in words.
        default: Its default in JSON's form; None where it is `null`, or must be given.
        is_required: Whether it must be given.
        variable: The name by which the environment alone may give it, where it is a secret.
        section: The section that it stands in; None: outside of any.
        takes_text: Whether a text may stand there.
    """

    name: str
    meaning: str
    values: str
    default: Any
    is_required: bool
    variable: str | None
    section: str | None
    takes_text: bool

    @property
    def place(self) -> str:
        """Its name with its section's: `policy.votes`."""
        return f"{self.section}.{self.name}" if self.section else self.name


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that stand together in the file.

    Attributes:
        name: Its name in the file; None for the settings that stand outside of any section.
        meaning: What it is about.
        settings: Its settings, in the file's order.
        is_repeated: Whether the file holds any number of such sections: a list of them, or each
            under a name of its own.
    """

    name: str | None
    meaning: str
    settings: tuple[Setting, ...]
    is_repeated: bool = False


@cache
def settings_by_place() -> Mapping[str, Setting]:
    """Return every setting by its name with its section's, in the file's order."""
    return {one.place: one for section in sections() for one in section.settings}


def setting_at(place: Sequence[str | int]) -> Setting | None:
    """Return the setting that a place belongs to.

    Args:
        place: The keys and indices that lead to a value, such as `reviewers`, 0, `email`.

    Returns:
        The setting; None where there is none.
    """
    if not place:
        return None
    known, section = settings_by_place(), str(place[0])
    names = place[2:] if is_repeated(section) else place[1:]
    return known.get(f"{section}.{names[0]}") if names else known.get(section)


@cache
def is_repeated(name: str) -> bool:
    """Return whether the file holds any number of sections of this name."""
    return any(section.is_repeated for section in sections() if section.name == name)


def sections() -> list[Section]:
    """List all settings, section by section; those outside of any section come last."""
    schema = Settings.model_json_schema()
    found, outside = [], []
    for name, property_ in schema["properties"].items():
        many = property_.get("items") or property_.get("additionalProperties")
        items = many or property_
        if "$ref" not in items:
            outside.append(_setting(None, name, property_))
            continue
        section = schema["$defs"][items["$ref"].rpartition("/")[2]]
        meaning = property_.get("description") or section["description"]
        found.append(Section(name, meaning, _settings_of(name, section), many is not None))
    return [*found, Section(None, "Where Tandem keeps what it knows.", tuple(outside))]


def _settings_of(name: str, section: Mapping[str, Any]) -> tuple[Setting, ...]:
    required = section.get("required", ())
    return tuple(
        _setting(name, one, property_, is_required=one in required)
        for one, property_ in section["properties"].items()
    )


def _setting(
    section: str | None, name: str, property_: Mapping[str, Any], *, is_required: bool = False
) -> Setting:
    path = (section, name)
    variables = [variable for variable, place in ENVIRONMENT.items() if place == path]
    return Setting(
        name,
        property_["description"],
        _values(property_),
        property_.get("default"),
        is_required,
        variables[0] if path in SECRETS else None,
        section,
        _takes_text(property_),
    )


def _takes_text(property_: Mapping[str, Any]) -> bool:
    kinds = property_.get("anyOf", (property_,))
    return any(one.get("type") == "string" for one in kinds)


def _values(property_: Mapping[str, Any]) -> str:
    """Return in words what a property of a JSON schema admits."""
    if "anyOf" in property_:
        return ", or ".join(map(_values, property_["anyOf"]))
    if property_.get("type") == "null":
        return "`null`"
    if "enum" in property_:
        return ", ".join(f"`{value}`" for value in property_["enum"])
    if property_.get("format") == "path":
        return "path"
    if property_.get("type") == "array":
        return f"list of {_values(property_['items'])}"
    if property_.get("type") == "object":
        return f"{_values(property_['additionalProperties'])} by name"
    bounds = [f"{words} {property_[key]:g}" for key, words in _BOUNDS.items() if key in property_]
    return ", ".join([_TYPES[property_["type"]], *bounds])
