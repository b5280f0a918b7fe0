"""Writes the settings file, commented, and the keys file beside it."""

import os
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr, ValidationError
from pydantic_settings import PydanticBaseSettingsSource

from labeling.errors import SettingsError
from labeling.settings.settings import (
    ENVIRONMENT,
    KEYS_FILE,
    SECRETS,
    SETTINGS_FILE,
    Settings,
    refusal_of,
)
from tandem.settings_docs import Section, Setting, sections

WIDTH = 90

_SETTINGS_HEAD = """\
# Tandem's settings: each with what it means, what may stand there, and its default.
# The environment wins over this file: TANDEM_POLICY__VOTES=3 is `votes` of the section `policy`.
"""
_KEYS_HEAD = """\
# Tandem's keys: one NAME=value a line. Only the owner may read this file (chmod 600).
"""


class _Answered(Settings):
    """Settings made of answers alone: what the environment says at the moment is not written."""

    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # fewer sources than there may be
        cls, *_: object, init_settings: PydanticBaseSettingsSource, **__: object
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def write_settings(
    folder: Path, answers: Mapping[str, Any], *, force: bool = False
) -> tuple[Path, Path]:
    """Write `tandem.yaml` and `.tandem.env`, which the settings are loaded from.

    Args:
        folder: Where both are written.
        answers: What differs from the defaults, by section, in the form that the file has;
            secrets stand in their sections, and go to the keys file alone.
        force: Whether files that are there are replaced.

    Returns:
        The settings file and the keys file.

    Raises:
        SettingsError: An answer cannot be used, a file is there, or it cannot be written.
    """
    settings_file, keys_file = folder / SETTINGS_FILE, folder / KEYS_FILE
    try:
        settings = _Answered(**answers)
    except ValidationError as error:
        raise refusal_of(error, settings_file) from error
    contents = {
        keys_file: (_keys_text(settings), 0o600),
        settings_file: (_settings_text(settings), 0o666),
    }
    try:
        for file in contents:
            _make_room(file, force=force)
        for file, (text, mode) in contents.items():
            _create(file, text, mode)
    except OSError as error:
        raise SettingsError(
            f"The file cannot be written: {error.strerror}", where=str(error.filename or folder)
        ) from error
    return settings_file, keys_file


def _make_room(file: Path, *, force: bool) -> None:
    if force:
        file.unlink(missing_ok=True)
    elif file.exists():
        raise SettingsError(
            "The file is there already", where=str(file), hint="Give --force to replace it."
        )


def _create(file: Path, text: str, mode: int) -> None:
    """Make a file that never had another mode, nor another content, than this."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def _settings_text(settings: Settings) -> str:
    values = settings.model_dump(mode="json")
    return "\n".join([_SETTINGS_HEAD, *(_section_text(section, values) for section in sections())])


def _section_text(section: Section, values: Mapping[str, Any]) -> str:
    visible = [setting for setting in section.settings if setting.variable is None]
    if section.name is None:
        return "\n".join(_setting_text(setting, values[setting.name]) for setting in visible)
    chosen = values[section.name]
    if section.is_repeated:
        body = _yaml({section.name: chosen})
        return _comment(section.meaning) + "".join(map(_field_text, visible)) + body
    body = "\n".join(_setting_text(setting, chosen[setting.name]) for setting in visible)
    return f"{_comment(section.meaning)}{section.name}:\n{textwrap.indent(body, '  ')}"


def _setting_text(setting: Setting, value: Any) -> str:
    return _comment(setting.meaning) + _comment(_bounds(setting)) + _yaml({setting.name: value})


def _field_text(setting: Setting) -> str:
    return _comment(f"  {setting.name}: {setting.meaning} ({_bounds(setting)})")


def _bounds(setting: Setting) -> str:
    """Return what may stand there, and the default, in words."""
    values = setting.values[0].upper() + setting.values[1:]
    if setting.is_required:
        return values
    return f"{values}; default: {_yaml([setting.default]).removeprefix('- ').rstrip()}"


def _comment(text: str) -> str:
    lines = textwrap.wrap(
        text.replace("`", ""),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_on_hyphens=False,
    )
    return "".join(f"{line}\n" for line in lines)


def _keys_text(settings: Settings) -> str:
    names = {place: name for name, place in ENVIRONMENT.items()}
    meanings = {
        (section.name, setting.name): setting.meaning
        for section in sections()
        for setting in section.settings
    }
    lines = (
        _comment(f"{'.'.join(place)}: {meanings[place]}")
        + _key_line(names[place], _secret(settings, place))
        for place in SECRETS
    )
    return _KEYS_HEAD + "".join(lines)


def _secret(settings: Settings, place: tuple[str, str]) -> str | None:
    section, name = place
    secret: SecretStr | None = getattr(getattr(settings, section), name)
    return None if secret is None else secret.get_secret_value()


def _key_line(name: str, secret: str | None) -> str:
    if secret is None:
        return f"# {name}=\n"
    if secret.strip().splitlines() != [secret]:
        raise SettingsError(
            "A key is empty, has blanks around it, or more than one line",
            where=name,
            hint="Copy it again, as it is shown.",
        )
    return f"{name}={secret}\n"


class _OneLineDumper(yaml.SafeDumper):
    """Writes each text on one line, whatever stands in it, so that it can be indented."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Quote what is not plainly printable."""
        style = None if text.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists below their name too."""
        super().increase_indent(flow, indentless=False)


_OneLineDumper.add_representer(str, _OneLineDumper.represent_text)


def _yaml(content: Mapping[str, Any] | list[Any]) -> str:
    text: str = yaml.dump(
        content,
        Dumper=_OneLineDumper,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )
    return text
