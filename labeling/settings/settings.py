"""The settings: `tandem.yaml`, over it the environment; keys stand in the environment alone."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from labeling.errors import SettingsError
from labeling.settings.sections import (
    AggregationSettings,
    BackendSettings,
    BulkSettings,
    ConfidenceSettings,
    ControlSettings,
    CostSettings,
    LearningSettings,
    ModelSettings,
    NotifySettings,
    PolicySettings,
    PromptSettings,
    ReviewerSettings,
    ServerSettings,
    StudioSettings,
    WritingSettings,
)

SETTINGS_FILE = Path("tandem.yaml")
KEYS_FILE = Path(".tandem.env")
"""Keys by name, one `NAME=value` a line; refused unless only its owner can read it."""


class Settings(BaseSettings):
    """Everything that can be set, each with a default that needs nothing."""

    model_config = SettingsConfigDict(
        env_prefix="TANDEM_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    studio: StudioSettings = StudioSettings()
    backend: BackendSettings = BackendSettings()
    model: ModelSettings = ModelSettings()
    server: ServerSettings = ServerSettings()
    bulk: BulkSettings = BulkSettings()
    prompt: PromptSettings = PromptSettings()
    confidence: ConfidenceSettings = ConfidenceSettings()
    writing: WritingSettings = WritingSettings()
    learning: LearningSettings = LearningSettings()
    policy: PolicySettings = PolicySettings()
    controls: dict[str, ControlSettings] = Field(default={})
    """What each control is worth, by its name in the label config."""
    reviewers: tuple[ReviewerSettings, ...] = ()
    """The people who label, one entry each: users of Label Studio."""
    aggregation: AggregationSettings = AggregationSettings()
    costs: CostSettings = CostSettings()
    notify: NotifySettings = NotifySettings()
    ledger: str | None = None
    """A SQLAlchemy URL; null: a SQLite file in `data_dir`."""
    data_dir: Path = Path(".tandem")
    """Where ledger, caches and learned states live."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose content arrives as arguments.

        Args:
            settings_cls: Pydantic's.
            init_settings: What the settings file says.
            env_settings: What the environment says.
            dotenv_settings: Not used.
            file_secret_settings: Not used.

        Returns:
            The sources, the one that wins first.
        """
        return env_settings, init_settings

    @property
    def old_names(self) -> dict[str, str]:
        """The names that controls had before, and have today."""
        return {old: name for name, control in self.controls.items() for old in control.was}

    @property
    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy URL."""
        return self.ledger or f"sqlite:///{self.data_dir / 'ledger.sqlite3'}"


ENVIRONMENT = {
    "LABEL_STUDIO_URL": ("studio", "url"),
    "LABEL_STUDIO_API_KEY": ("studio", "api_key"),
    "OPENAI_API_KEY": ("server", "api_key"),
    "BASIC_AUTH_USER": ("backend", "user"),
    "BASIC_AUTH_PASS": ("backend", "password"),
}
"""Names that Label Studio and its backends already use, beside TANDEM_SECTION__NAME."""

SECRETS = (("studio", "api_key"), ("backend", "password"), ("server", "api_key"))
"""What may not stand in the settings file."""


def load(
    file: Path | None = None, environment: Mapping[str, str] = os.environ, **overrides: Any
) -> Settings:
    """Read the settings; later wins: file, keys file, overrides, environment.

    Args:
        file: The settings file; None: `tandem.yaml`, which may be missing.
        environment: In place of the process's own.
        overrides: Sections, by name, in the form that the file has.

    Returns:
        The settings, checked.

    Raises:
        SettingsError: A file is missing, broken, holds a key, or a value cannot be used.
    """
    content = _read_yaml(file or SETTINGS_FILE, must_exist=file is not None)
    for section, name in SECRETS:
        if (content.get(section) or {}).get(name) is not None:
            raise SettingsError(
                f"{section}.{name} does not belong in the settings file",
                where=str(file or SETTINGS_FILE),
                hint=f"Move it to the environment, or to {KEYS_FILE} (chmod 600).",
            )
    named = {**_read_keys(KEYS_FILE), **environment}
    for variable, (section, name) in ENVIRONMENT.items():
        if named.get(variable):
            content.setdefault(section, {})[name] = named[variable]
    for section, values in overrides.items():
        content[section] = (
            {**content.get(section, {}), **values} if isinstance(values, dict) else values
        )
    try:
        return Settings(**content)
    except ValidationError as error:
        raise refusal_of(error, file or SETTINGS_FILE) from error


def refusal_of(error: ValidationError, file: Path) -> SettingsError:
    """Return an error that says in one line which setting cannot be used, and why.

    Args:
        error: Pydantic's account of all that is wrong.
        file: The settings file.

    Returns:
        The error, about the first of them.
    """
    first = error.errors()[0]
    return SettingsError(
        f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
        where=str(file),
        hint="See docs/settings.md for what may stand there.",
    )


def _read_yaml(file: Path, *, must_exist: bool) -> dict[str, Any]:
    if not file.exists() and not must_exist:
        return {}
    try:
        content = yaml.safe_load(file.read_text("utf-8")) or {}
    except OSError as error:
        raise SettingsError(
            f"The settings file cannot be read: {error.strerror}",
            where=str(file),
            hint="Make one with `tandem init`.",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"The settings file is not YAML: {reason}", where=str(file)) from error
    if not isinstance(content, dict) or not all(
        isinstance(content.get(section) or {}, dict) for section in ("studio", "backend")
    ):
        raise SettingsError(
            "The settings file does not hold sections",
            where=str(file),
            hint="Make one with `tandem init`.",
        )
    return {name: value for name, value in content.items() if value is not None}


def _read_keys(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise SettingsError(
            "Others can read the keys file", where=str(file), hint=f"Run: chmod 600 {file}"
        )
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
