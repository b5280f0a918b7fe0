"""What the settings file, the keys file and the environment say, and where each of it stands."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from labeling.errors import SettingsError
from labeling.settings.reference import is_repeated, sections, setting_at, settings_by_place
from labeling.settings.settings import ENVIRONMENT, KEYS_FILE, PREFIX, SECRETS, VARIABLES
from labeling.settings.yaml_lines import Place, YamlFile, read_yaml
from labeling.suggestion import closest

_UNREADABLE = "Correct it, or make a new one with `tandem init`."


@dataclass(frozen=True, slots=True)
class Given:
    """What one source says, or several of which the later ones win.

    Attributes:
        content: What is set, in plain types, by section.
        origins: Where each of it stands, by its place: `tandem.yaml:3`, or a variable's name.
        faults: What is wrong about the source itself.
    """

    content: dict[str, Any] = field(default_factory=dict)
    origins: dict[Place, str] = field(default_factory=dict)
    faults: tuple[SettingsError, ...] = ()

    def under(self, stronger: "Given") -> "Given":
        """Return this with another source over it, which wins setting by setting."""
        content = _merged(self.content, stronger.content)
        origins = {**self.origins, **stronger.origins}
        return Given(content, origins, (*self.faults, *stronger.faults))

    def origin_of(self, place: Place) -> str | None:
        """Return where a value stands, or the nearest that holds it; None: it is a default."""
        tried = (place[:end] for end in range(len(place), 0, -1))
        return next((self.origins[one] for one in tried if one in self.origins), None)


def given_by_file(file: Path) -> Given:
    """Read the settings file.

    Raises:
        SettingsError: It cannot be read, is no YAML, or holds no sections.
    """
    try:
        found = read_yaml(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The settings file cannot be read: {error.strerror}",
            where=str(file),
            hint="Make one with `tandem init`.",
        ) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(
            f"The settings file is not YAML: {error.problem or error.context}",
            where=f"{file}:{line}",
            hint=_UNREADABLE,
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(
            f"The settings file is not YAML: {reason}", where=str(file), hint=_UNREADABLE
        ) from error
    content = {} if found.content is None else found.content
    if not isinstance(content, dict):
        raise SettingsError(
            "The settings file does not hold sections", where=f"{file}:1", hint=_UNREADABLE
        )
    # An empty section is one of which nothing is set.
    named = {str(name): value for name, value in content.items() if value is not None}
    origins = {place: f"{file}:{line}" for place, line in found.lines.items()}
    return Given(named, origins, tuple(_faults_of_file(file, found, named)))


def given_by_keys(file: Path) -> Given:
    """Read the keys file, where there is one.

    Raises:
        SettingsError: Others can read it, or it cannot be read.
    """
    if not file.exists():
        return Given()
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SettingsError(
            "Others can read the keys file", where=str(file), hint=f"Run: chmod 600 {file}"
        )
    variables, lines, faults = {}, {}, []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        name, has_value, value = line.strip().partition("=")
        if not line.strip() or name.startswith("#"):
            continue
        where = f"{file}:{number}"
        if not has_value:
            faults.append(SettingsError("A line is not NAME=value", where=where))
        elif name.strip() not in ENVIRONMENT and not name.strip().startswith(PREFIX):
            faults.append(_unknown_variable(name.strip(), where))
        else:
            variables[name.strip()] = value.strip()
            lines[name.strip()] = where
    found = given_by_environment(variables, lines)
    return Given(found.content, found.origins, (*faults, *found.faults))


def given_by_environment(
    environment: Mapping[str, str], places: Mapping[str, str] | None = None
) -> Given:
    """Read what environment variables set; empty ones set nothing.

    Args:
        environment: Values by name.
        places: Where each name stands; None: each stands for itself.

    Returns:
        What is set; names that begin with `TANDEM_` and set nothing are faults.
    """
    content: dict[str, Any] = {}
    origins: dict[Place, str] = {}
    faults = []
    common: list[tuple[str, tuple[str, ...]]] = [
        (name, ENVIRONMENT[name]) for name in ENVIRONMENT if environment.get(name)
    ]
    own = [name for name in environment if name.startswith(PREFIX) and name not in VARIABLES]
    for name in own:
        place = _place_of(name)
        if place is None:
            faults.append(_unknown_variable(name, (places or {}).get(name)))
        elif environment[name]:
            common.append((name, place))
    for name, place in common:
        value = _value_of(place, environment[name])
        content = _merged(content, _nested(place, value))
        origins[place] = (places or {}).get(name, name)
    return Given(content, origins, tuple(faults))


def _faults_of_file(
    file: Path, found: YamlFile, content: Mapping[str, Any]
) -> Iterator[SettingsError]:
    for place, first, second in found.repeated:
        yield SettingsError(
            f"{'.'.join(map(str, place))} stands twice: the first is in line {first}",
            where=f"{file}:{second}",
            hint="Keep one of them.",
        )
    for section, name in SECRETS:
        values = content.get(section)
        if isinstance(values, dict) and values.get(name) is not None:
            yield SettingsError(
                f"{section}.{name} does not belong in the settings file",
                where=f"{file}:{found.lines[section, name]}",
                hint=f"Move it to the environment, or to {KEYS_FILE} (chmod 600).",
            )


def _place_of(variable: str) -> tuple[str, ...] | None:
    """Return what a variable sets, as `TANDEM_POLICY__VOTES`; None where there is no such thing."""
    section, *names = variable.removeprefix(PREFIX).split("__")
    section = section.lower()
    if is_repeated(section):
        # What a repeated section is called by keeps its case: it is a control's name.
        place: tuple[str, ...] = (section, *names[:1], *(name.lower() for name in names[1:]))
        is_known = not names or (len(place) == 3 and setting_at(place) is not None)
        return place if is_known and (section == "controls" or not names) else None
    place = (section, *(name.lower() for name in names))
    is_section = not names and any(one.name == section for one in sections())
    return place if is_section or ".".join(place) in settings_by_place() else None


def _value_of(place: tuple[str, ...], text: str) -> Any:
    """Return a variable's value: a text where one may stand, else what it is in YAML."""
    setting = setting_at(place)
    if setting is not None and setting.takes_text:
        return None if text == "null" else text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _unknown_variable(name: str, where: str | None) -> SettingsError:
    known = [
        *(f"{PREFIX}{place.upper().replace('.', '__')}" for place in settings_by_place()),
        *ENVIRONMENT,
    ]
    meant = closest(name, known)
    return SettingsError(
        f"{name} sets nothing",
        where=where or "environment",
        hint=f"Did you mean {meant}?" if meant else "`tandem settings` lists what can be set.",
    )


def _nested(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    for name in reversed(place):
        value = {name: value}
    nested: dict[str, Any] = value
    return nested


def _merged(weaker: Mapping[str, Any], stronger: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(weaker)
    for name, value in stronger.items():
        held = merged.get(name)
        is_section = isinstance(held, dict) and isinstance(value, dict)
        merged[name] = _merged(held, value) if is_section else value  # type: ignore[arg-type]
    return merged
