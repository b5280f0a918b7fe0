"""Versions as they are kept, for tests of what becomes of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from backend.calibration.learned_state import LearnedState
from backend.versions.registry import VersionRegistry
from backend.versions.version_files import Fitted
from labeling.protocol.learn import HeldOutResult
from labeling.protocol.models import ModelVersion


def entry(name: str, **changes: Any) -> ModelVersion:
    """A version in the register, in force until another one is."""
    told: dict[str, Any] = {
        "name": name,
        "status": "in force",
        "fitted_at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "data": f"data of {name}",
        "answers": 20,
        "size": 100,
        "seconds": 0.5,
    }
    return ModelVersion(**told | changes)


def fitted(
    name: str, learned: LearnedState, beliefs: Mapping[str, HeldOutResult] | None = None
) -> Fitted:
    """A version of this name."""
    return Fitted(entry(name), learned, beliefs=beliefs or {})


def names(registry: VersionRegistry, project: str = "1") -> list[str]:
    """The versions of a project, as they are listed."""
    return [one.name for one in registry.versions(project)]


def statuses(registry: VersionRegistry, project: str = "1") -> dict[str, tuple[str, str | None]]:
    """What became of each version, and by which other one."""
    return {one.name: (one.status, one.by) for one in registry.versions(project)}
