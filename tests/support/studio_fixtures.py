"""A running Label Studio for the tests of a worker, and projects in it.

A first start migrates an empty database for half a minute; this is done once, kept in pytest's
cache, and copied for each server.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import httpx
import pytest
from filelock import FileLock

from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.installed import skip_without
from tests.support.label_configs import SENTIMENT

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv-label-studio"


NewStudio: TypeAlias = Callable[..., Studio]
"""Makes a door to a fresh project of so many tasks."""


class NewStudioProject(Protocol):
    """Makes a project, and returns its id."""

    def __call__(
        self,
        n_tasks: int = 10,
        label_config: str = SENTIMENT,
        data: Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        """Make a project.

        Args:
            n_tasks: How many tasks `{"text": "Text N"}` it gets, where `data` names none.
            label_config: What it asks.
            data: Its tasks.
        """


@pytest.fixture(scope="session")
def new_studio_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path]:
    """Makes data folders of a Label Studio that has an administrator and nothing else."""
    if not (VENV / "bin" / "label-studio").exists():
        skip_without(f"Label Studio is not installed in {VENV.name}")
    [installed] = VENV.glob("lib/python*/site-packages/label_studio-*.dist-info")
    cache = request.config.cache
    kept = cache.mkdir("label-studio") if cache else tmp_path_factory.mktemp("label-studio")
    migrated = kept / installed.stem
    with FileLock(kept / "lock"):
        if not migrated.exists():
            shutil.rmtree(kept / "begun", ignore_errors=True)
            with LabelStudioServer(VENV, kept / "begun"):
                pass
            (kept / "begun").rename(migrated)

    def make() -> Path:
        return Path(shutil.copytree(migrated, tmp_path_factory.mktemp("studio") / "data"))

    return make


@pytest.fixture(scope="session")
def label_studio(new_studio_folder: Callable[[], Path]) -> Iterator[LabelStudioServer]:
    """A running Label Studio, with an administrator and nothing else at first."""
    with LabelStudioServer(VENV, new_studio_folder()) as server:
        yield server


@pytest.fixture(scope="session")
def guarded_label_studio(new_studio_folder: Callable[[], Path]) -> Iterator[LabelStudioServer]:
    """Another one, with the same administrator, that refuses to call this machine."""
    with LabelStudioServer(VENV, new_studio_folder(), guarded=True) as server:
        yield server


@pytest.fixture
def without_legacy_tokens(label_studio: LabelStudioServer) -> Iterator[None]:
    """Turn legacy tokens off for the whole organization, and on again."""
    refresh = {"refresh": label_studio.pat}
    access = httpx.post(f"{label_studio.url}/api/token/refresh/", json=refresh).json()["access"]

    def allow(legacy: bool) -> None:
        httpx.post(
            f"{label_studio.url}/api/jwt/settings",
            json={"api_tokens_enabled": True, "legacy_api_tokens_enabled": legacy},
            headers={"Authorization": f"Bearer {access}"},
        ).raise_for_status()

    allow(False)
    yield
    allow(True)


@pytest.fixture
def studio_project(label_studio: LabelStudioServer) -> NewStudioProject:
    """Makes fresh projects in the running Label Studio."""

    def make(
        n_tasks: int = 10,
        label_config: str = SENTIMENT,
        data: Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        project = Studio(label_studio.url, label_studio.token).create_project("Test", label_config)
        studio = Studio(label_studio.url, label_studio.token, project.id)
        studio.import_tasks(data or [{"text": f"Text {number}"} for number in range(n_tasks)])
        return project.id

    return make
