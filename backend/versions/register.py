"""A project's register: the versions that are kept, and what became of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from pydantic import Field

from backend.versions.retention import kept
from labeling.protocol.body import Body
from labeling.protocol.models import ModelVersion, VersionStatus


class _Content(Body):
    """The register as it is written."""

    models: Sequence[ModelVersion] = ()
    removed: int = Field(0, ge=0)


@dataclass(frozen=True, slots=True)
class Register:
    """The versions of one project; every change makes another register.

    Attributes:
        versions: Those that are kept, in the order in which they came, the latest last.
        removed: How many there were that are kept no more.
    """

    versions: tuple[ModelVersion, ...] = ()
    removed: int = 0

    @property
    def in_force(self) -> ModelVersion | None:
        """The version that answers; None: there is none."""
        return next((one for one in self.versions if one.status == "in force"), None)

    def with_in_force(self, version: ModelVersion) -> Self:
        """Return it with a new version in place of the one in force, which is superseded."""
        own = version.model_copy(update={"status": "in force", "by": None})
        return self._moved("superseded", version.name)._with(own)

    def with_beaten(self, version: ModelVersion, by: str) -> Self:
        """Return it with a new version that did not beat the one in force, named by `by`."""
        return self._with(version.model_copy(update={"status": "beaten", "by": by}))

    def with_used(self, name: str) -> Self:
        """Return it with a known version in force, and the one that was rolled back."""
        moved = self._moved("rolled back", name)
        change = {"status": "in force", "by": None}
        versions = tuple(
            one.model_copy(update=change) if one.name == name else one for one in moved.versions
        )
        return replace(moved, versions=versions)

    def keeping(self, most: int) -> Self:
        """Return it without the versions that need not be kept; see `backend.versions.retention`.

        Args:
            most: Versions that are kept of each kind that is not kept anyway.
        """
        left = tuple(kept(self.versions, most))
        gone = len(self.versions) - len(left)
        return replace(self, versions=left, removed=self.removed + gone)

    def to_text(self) -> str:
        """Write it as JSON."""
        content = _Content(models=self.versions, removed=self.removed)
        return content.model_dump_json(indent=1)

    @classmethod
    def from_json(cls, content: object) -> Self:
        """Read what `to_text` wrote, in JSON's types.

        Raises:
            ValueError: It did not.
        """
        found = _Content.model_validate_json(json.dumps(content))
        return cls(tuple(found.models), found.removed)

    def _moved(self, status: VersionStatus, by: str) -> Self:
        """Return it with the version in force given way to another one."""
        change = {"status": status, "by": by}
        versions = tuple(
            one.model_copy(update=change) if one.status == "in force" else one
            for one in self.versions
        )
        return replace(self, versions=versions)

    def _with(self, own: ModelVersion) -> Self:
        """Return it with a version as its latest, in place of what was known of it."""
        others = (one for one in self.versions if one.name != own.name)
        return replace(self, versions=(*others, own))
