"""Writes the settings file, of what one is likely to change, and the keys file beside it."""

import os
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from labeling.errors import SettingsError
from labeling.private_files import PRIVATE_FILE
from labeling.settings.faults import consistency_faults, require_none, validation_faults
from labeling.settings.reference import settings_by_place
from labeling.settings.settings import ENVIRONMENT, KEYS_FILE, SECRETS, SETTINGS_FILE, Settings
from labeling.settings.sources import Given
from tandem.yaml_text import in_yaml

LIKELY = {
    "studio.url": None,
    "studio.project": "the number in the address of the project's page",
    "backend.url": "where `tandem serve` runs",
    "model.engine": "transformers: in this process; openai: behind server.url",
    "model.name": "bundled, a folder, a model of the Hub, or a server's",
    "policy.target_error": "at most this share of the labels is wrong ...",
    "policy.risk": "... but for this probability",
    "policy.votes": "people that a reviewed item is given to at first",
    "policy.max_votes": "and in all, where its label is in doubt",
    "costs.human_label": "the price of one answer; or, in its place, pay_per_hour",
}
"""What stands in the file whatever was answered, with a comment."""

WHERE_CHOSEN = {"prompt.template": "for a model this small; without this line for a larger one"}
"""What stands in the file where it was chosen alone, with a comment."""

ON_LINES_OF_THEIR_OWN = 4
"""Reviewers up to which each has a line."""

_SETTINGS_HEAD = """\
# What one is likely to change. `tandem settings` explains these and all others, which may stand
# here as well; the environment wins over this file (TANDEM_POLICY__VOTES=3).
"""
_KEYS_HEAD = """\
# Tandem's keys: one NAME=value a line. Only the owner may read this file (chmod 600).
"""


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
    given = Given(dict(answers))
    try:
        settings = Settings.model_validate(answers)
    except ValidationError as error:
        require_none(validation_faults(error, given))
        raise
    require_none(list(consistency_faults(settings, given)))
    contents = {keys_file: _keys_text(settings), settings_file: _settings_text(settings)}
    try:
        for file in contents:
            _make_room(file, force=force)
        for file, text in contents.items():
            _create(file, text)
    except OSError as error:
        raise SettingsError(
            f"The file cannot be written: {error.strerror}", where=str(error.filename or folder)
        ) from error
    return settings_file, keys_file


def require_room(folder: Path, *, force: bool) -> None:
    """Refuse to replace files that are there, unless that is wanted.

    Args:
        folder: Where they would be written.
        force: Whether it is wanted.

    Raises:
        SettingsError: One is there.
    """
    for file in (folder / SETTINGS_FILE, folder / KEYS_FILE):
        if file.exists() and not force:
            raise SettingsError(
                "The file is there already", where=str(file), hint="Give --force to replace it."
            )


def _make_room(file: Path, *, force: bool) -> None:
    require_room(file.parent, force=force)
    file.unlink(missing_ok=True)


def _create(file: Path, text: str) -> None:
    """Make a file that its owner alone could ever read, and that never held anything else."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def _settings_text(settings: Settings) -> str:
    return _SETTINGS_HEAD + "".join(
        f"{line}\n" for section, values in _written(settings) for line in _lines(section, values)
    )


def _written(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what stands in the file, by section; outside of any, by its own name."""
    answered = settings.model_dump(mode="json", exclude_unset=True)
    values = settings.model_dump(mode="json")
    for name, group in groupby(settings_by_place().values(), key=lambda one: one.section):
        if name is None:
            yield from ((one.name, answered[one.name]) for one in group if one.name in answered)
        elif name in ("reviewers", "controls"):
            yield name, answered.get(name, [] if name == "reviewers" else {})
        else:
            chosen = {
                one.name: values[name][one.name]
                for one in group
                if (name, one.name) not in SECRETS
                and (one.name in answered.get(name, {}) or _is_likely(one.place, answered))
            }
            if chosen:
                yield name, chosen


def _is_likely(place: str, answered: Mapping[str, Any]) -> bool:
    is_paid_by_the_hour = answered.get("costs", {}).get("pay_per_hour") is not None
    return place in LIKELY and not (place == "costs.human_label" and is_paid_by_the_hour)


def _lines(section: str, values: Any) -> Iterator[str]:
    if section == "controls":
        if values:
            yield f"controls: {in_yaml(values)}"
    elif section == "reviewers":
        yield from _reviewer_lines(values)
    elif isinstance(values, dict):
        yield f"{section}:"
        for name, value in values.items():
            comment = (LIKELY | WHERE_CHOSEN).get(f"{section}.{name}")
            yield f"  {name}: {in_yaml(value)}" + (f"  # {comment}" if comment else "")
    else:
        yield f"{section}: {in_yaml(values)}"


def _reviewer_lines(reviewers: list[Any]) -> Iterator[str]:
    comment = "users of Label Studio; none: one tab for everybody"
    if not reviewers:
        yield f"reviewers: []  # {comment}, else - email: ada@example.org"
    elif len(reviewers) > ON_LINES_OF_THEIR_OWN:
        yield f"reviewers: {in_yaml(reviewers)}"
    else:
        yield f"reviewers:  # {comment}"
        yield from (f"  - {in_yaml(reviewer)}" for reviewer in reviewers)


def _keys_text(settings: Settings) -> str:
    names = {place: name for name, place in ENVIRONMENT.items()}
    lines = (
        f"# {'.'.join(place)}: {settings_by_place()['.'.join(place)].meaning.replace('`', '')}\n"
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
