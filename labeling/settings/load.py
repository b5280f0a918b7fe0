"""Loading the settings: read from file, keys and environment, and checked as a whole."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from labeling.settings.faults import consistency_faults, require_none, validation_faults
from labeling.settings.settings import KEYS_FILE, SETTINGS_FILE, Settings
from labeling.settings.sources import (
    Given,
    given_by_environment,
    given_by_file,
    given_by_keys,
)


def load(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; later wins: file, keys file, environment.

    Args:
        file: The settings file; None: `tandem.yaml`, which may be missing.
        environment: In place of the process's own.

    Returns:
        The settings, checked.

    Raises:
        SettingsError: A file is missing, broken, holds a key, or a value cannot be used; an
            `InvalidSettings` where several are wrong.
    """
    return check(read(file, environment))


def read(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Given:
    """Read what is set and where, unchecked; see `load`.

    Args:
        file: The settings file; None: `tandem.yaml`, which may be missing.
        environment: In place of the process's own.

    Returns:
        What is set, the environment over the keys file, and that over the settings file.

    Raises:
        SettingsError: A file is missing or broken.
    """
    named = file or SETTINGS_FILE
    by_file = Given() if file is None and not named.exists() else given_by_file(named)
    by_keys = given_by_keys(named.with_name(KEYS_FILE.name))
    return by_file.under(by_keys).under(given_by_environment(environment))


def check(given: Given) -> Settings:
    """Return the settings of what is set.

    Raises:
        SettingsError: Something cannot be used; an `InvalidSettings` where several are wrong.
    """
    try:
        settings = Settings.model_validate(given.content)
    except ValidationError as error:
        require_none([*given.faults, *validation_faults(error, given)])
        raise
    require_none([*given.faults, *consistency_faults(settings, given)])
    return settings
