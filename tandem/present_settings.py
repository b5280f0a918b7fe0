"""What each setting is at the moment, where that comes from, and what it means; keys are hidden."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.settings.faults import unknown_setting
from labeling.settings.reference import Setting, is_repeated, sections
from labeling.settings.settings import PREFIX, Settings
from labeling.settings.sources import Given
from tandem.yaml_text import in_yaml

_PASSWORD = re.compile(r"(://[^/@:]*):[^/@]*@")

HIDDEN = "***"
"""In place of a key or a password."""


@dataclass(frozen=True, slots=True)
class PresentSetting:
    """One setting as it is now.

    Attributes:
        setting: What it is.
        section_meaning: What its section is about.
        value: Its value, in JSON's types, without keys; of a repeated section one by entry.
        origin: Where it is set: a file and line, or a variable; None: it is the default.
    """

    setting: Setting
    section_meaning: str
    value: Any
    origin: str | None

    @property
    def meaning(self) -> str:
        """What it decides, on one line."""
        return " ".join(self.setting.meaning.replace("`", "").split())

    @property
    def values(self) -> str:
        """What may stand there, in words."""
        return self.setting.values.replace("`", "")

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        if self.setting.variable:
            return self.setting.variable
        place = self.setting.place
        if self.setting.section and is_repeated(self.setting.section):
            place = self.setting.section
        return PREFIX + place.upper().replace(".", "__")

    @property
    def in_yaml(self) -> str:
        """The value, as the file would have it."""
        return in_yaml(self.value)

    @property
    def default_in_yaml(self) -> str:
        """The default, as the file would have it."""
        return (
            "none, it must be given" if self.setting.is_required else in_yaml(self.setting.default)
        )


def present_settings(settings: Settings, given: Given) -> list[PresentSetting]:
    """List every setting, section by section.

    Args:
        settings: The settings in force.
        given: Where each was set.

    Returns:
        The settings, in the file's order.
    """
    values = settings.model_dump(mode="json")
    found = []
    for section in sections():
        for setting in section.settings:
            value, origin = _of(section.name, setting, values, given)
            found.append(PresentSetting(setting, section.meaning, value, origin))
    return found


def named(found: Sequence[PresentSetting], name: str | None) -> list[PresentSetting]:
    """Return the settings of a name.

    Args:
        found: All settings.
        name: A setting, with or without its section, or a section; None: all.

    Returns:
        The settings.

    Raises:
        SettingsError: There is none of that name.
    """
    if name is None:
        return list(found)
    by_place = [one for one in found if one.setting.place == name]
    by_name = [one for one in found if name in (one.setting.section, one.setting.name)]
    if not by_place and not by_name:
        raise unknown_setting(tuple(name.split(".")))
    return by_place or by_name


def as_dict(one: PresentSetting) -> dict[str, Any]:
    """Return a setting in the form of JSON."""
    return {
        "name": one.setting.place,
        "value": one.value,
        "origin": one.origin,
        "default": one.setting.default,
        "values": one.values,
        "meaning": one.meaning,
        "variable": one.variable,
    }


def _of(
    section: str | None, setting: Setting, values: Mapping[str, Any], given: Given
) -> tuple[Any, str | None]:
    if section is None:
        return _shown(setting, values[setting.name]), given.origin_of((setting.name,))
    held = values[section]
    if is_repeated(section):
        entries = held.items() if isinstance(held, dict) else enumerate(held)
        many = {entry: one[setting.name] for entry, one in entries}
        value = many if isinstance(held, dict) else list(many.values())
        origins = (given.origins.get((section, entry, setting.name)) for entry in many)
        return value, next(filter(None, origins), None)
    value = held[setting.name]
    origin = given.origin_of((section, setting.name)) if _is_set(given, section, setting) else None
    return _shown(setting, value), origin


def _is_set(given: Given, section: str, setting: Setting) -> bool:
    return setting.name in (given.content.get(section) or {})


def _shown(setting: Setting, value: Any) -> Any:
    """Return a value without the keys and passwords that are or stand in it."""
    if setting.variable and value is not None:
        return HIDDEN
    return _PASSWORD.sub(rf"\1:{HIDDEN}@", value) if isinstance(value, str) else value
