"""Every setting with its values, default and meaning, read off the settings' own source.

`python -m tandem.settings_docs > docs/settings.md` writes the page of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labeling.settings.settings import ENVIRONMENT, KEYS_FILE, SECRETS, SETTINGS_FILE, Settings

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

_INTRODUCTION = f"""\
<!-- Made from the settings' source by `python -m tandem.settings_docs > docs/settings.md`. -->

# Settings

`tandem init` writes `{SETTINGS_FILE}` with every setting, its meaning and its default. All commands
read it from the folder that they run in, or from where `--settings` points.

The environment wins over the file: `TANDEM_POLICY__VOTES=3` is `votes` of the section `policy`,
and `TANDEM_DATA_DIR` is `data_dir`. A list or a section is given as
JSON.

Secrets never stand in `{SETTINGS_FILE}`. They come from the environment, or from `{KEYS_FILE}`
beside it: one `NAME=value` per line, and readable by its owner alone (mode 600).

These names, which Label Studio and its backends use too, are understood as well:

| Name | Setting |
|---|---|
"""


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
    """

    name: str
    meaning: str
    values: str
    default: Any
    is_required: bool
    variable: str | None


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


def page() -> str:
    """Write the page of all settings, in Markdown."""
    names = "".join(f"| `{name}` | `{'.'.join(path)}` |\n" for name, path in ENVIRONMENT.items())
    return "\n".join([_INTRODUCTION + names, *map(_chapter, sections())])


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
    )


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
    bounds = [f"{words} {property_[key]:g}" for key, words in _BOUNDS.items() if key in property_]
    return ", ".join([_TYPES[property_["type"]], *bounds])


def _chapter(section: Section) -> str:
    title = f"`{section.name}`" if section.name else "Outside of any section"
    rows = "".join(f"{_row(setting)}\n" for setting in section.settings)
    return (
        f"## {title}\n\n{section.meaning}\n\n"
        f"| Setting | Values | Default | Meaning |\n|---|---|---|---|\n{rows}"
    )


def _row(setting: Setting) -> str:
    if setting.variable:
        default = f"from `{setting.variable}`"
    elif setting.is_required:
        default = "must be given"
    else:
        default = "`null`" if setting.default is None else f"`{setting.default}`"
    meaning = " ".join(setting.meaning.split())  # A row of a table ends with its line.
    return f"| `{setting.name}` | {setting.values} | {default} | {meaning} |"


if __name__ == "__main__":
    print(page(), end="")
