"""The settings of a project: `tandem.yaml`, over it the environment, which alone holds keys."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from labeling.settings.backend_section import BackendSettings
from labeling.settings.model_sections import (
    AnnotatorSettings,
    BulkSettings,
    ConfidenceSettings,
    LearningSettings,
    ModelSettings,
    PromptSettings,
    ServerSettings,
    WritingSettings,
)
from labeling.settings.policy_section import PolicySettings
from labeling.settings.quality_section import QualitySettings
from labeling.settings.sections import (
    AggregationSettings,
    ControlSettings,
    CostSettings,
    LogSettings,
    NotifySettings,
    ReviewerSettings,
    StudioSettings,
)
from labeling.studio_path import path_of

SETTINGS_FILE = Path("tandem.yaml")
KEYS_FILE = Path(".tandem.env")
"""Keys by name, one `NAME=value` a line; refused unless only its owner can read it."""

PREFIX = "TANDEM_"
"""How the names of environment variables begin that set something: `TANDEM_POLICY__VOTES`."""

ENVIRONMENT = {
    "LABEL_STUDIO_URL": ("studio", "url"),
    "LABEL_STUDIO_API_KEY": ("studio", "api_key"),
    "OPENAI_API_KEY": ("server", "api_key"),
    "ANNOTATOR_API_KEY": ("annotator", "api_key"),
    "BASIC_AUTH_USER": ("backend", "user"),
    "BASIC_AUTH_PASS": ("backend", "password"),
}
"""Names that Label Studio and its backends already use, beside TANDEM_SECTION__NAME."""

SECRETS = (
    ("studio", "api_key"),
    ("backend", "password"),
    ("server", "api_key"),
    ("annotator", "api_key"),
)
"""What may not stand in the settings file."""

VARIABLES = frozenset({"TANDEM_CACHE"})
"""Environment variables that begin with `PREFIX` and are no settings."""


class Settings(BaseModel):
    """Everything that can be set, each with a default that needs nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    studio: StudioSettings = StudioSettings()
    backend: BackendSettings = BackendSettings()
    model: ModelSettings = ModelSettings()
    server: ServerSettings = ServerSettings()
    annotator: AnnotatorSettings = AnnotatorSettings()
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
    quality: QualitySettings = QualitySettings()
    aggregation: AggregationSettings = AggregationSettings()
    costs: CostSettings = CostSettings()
    notify: NotifySettings = NotifySettings()
    logs: LogSettings = LogSettings()
    ledger: str | None = None
    """A SQLAlchemy URL; null: a SQLite file in `data_dir`."""
    data_dir: Path = Path(".tandem")
    """Where ledger, caches and learned states live."""

    @property
    def address_for_studio(self) -> str:
        """How Label Studio reaches the backend: below an address of its own; see `studio_path`."""
        backend = self.backend.url_for_studio or self.backend.url
        return f"{backend.rstrip('/')}{path_of(self.studio.url)}"

    @property
    def old_names(self) -> dict[str, str]:
        """The names that controls had before, and have today."""
        return {old: name for name, control in self.controls.items() for old in control.was}

    @property
    def ledger_url(self) -> str:
        """The ledger's SQLAlchemy URL."""
        return self.ledger or f"sqlite:///{self.data_dir / 'ledger.sqlite3'}"
