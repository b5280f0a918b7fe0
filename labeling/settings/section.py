"""What every section of the settings is."""

from pydantic import BaseModel, ConfigDict


class SettingsSection(BaseModel):
    """Settings that belong together; names that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
