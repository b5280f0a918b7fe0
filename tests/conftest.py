"""The real parts that tests run against: Label Studio, PostgreSQL, the bundled model."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol

import httpx
import pytest
from hypothesis import settings

from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.postgres import create_database, find_programs, scratch_server

# How long an example takes tells what else the machine does, and nothing of the code.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")

pytest_plugins = ("tests.support.backend_fixtures",)

ROOT = Path(__file__).parent.parent
LABEL_CONFIG = """
<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text" choice="single">
    <Choice value="positive"/>
    <Choice value="negative"/>
  </Choices>
</View>
"""


def lacking(what: str) -> NoReturn:
    """Skip where a real part is not installed; in CI nothing may be skipped."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and in CI it has to be there")
    pytest.skip(what)


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudioServer]:
    """A running Label Studio, with an administrator and nothing else."""
    venv = ROOT / ".venv-label-studio"
    if not (venv / "bin" / "label-studio").exists():
        lacking(f"Label Studio is not installed in {venv.name}")
    with LabelStudioServer(venv, tmp_path_factory.mktemp("label-studio")) as server:
        yield server


@pytest.fixture(scope="session")
def guarded_label_studio(
    label_studio: LabelStudioServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LabelStudioServer]:
    """Another one, with the same administrator, that refuses to call this machine."""
    copy = tmp_path_factory.mktemp("guarded") / "data"
    shutil.copytree(label_studio.data_dir, copy)
    with LabelStudioServer(label_studio.venv, copy, guarded=True) as server:
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


class NewStudioProject(Protocol):
    """Makes a project; gives its id."""

    def __call__(
        self,
        n_tasks: int = 10,
        label_config: str = LABEL_CONFIG,
        data: Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        """Make a project.

        Args:
            n_tasks: How many tasks `{"text": "Text N"}` it gets, where `data` names none.
            label_config: What it asks.
            data: Its tasks.
        """


@pytest.fixture
def studio_project(label_studio: LabelStudioServer) -> NewStudioProject:
    """Makes fresh projects in the running Label Studio."""

    def make(
        n_tasks: int = 10,
        label_config: str = LABEL_CONFIG,
        data: Sequence[Mapping[str, Any]] | None = None,
    ) -> int:
        project = Studio(label_studio.url, label_studio.token).create_project("Test", label_config)
        studio = Studio(label_studio.url, label_studio.token, project.id)
        studio.import_tasks(data or [{"text": f"Text {number}"} for number in range(n_tasks)])
        return project.id

    return make


@pytest.fixture(scope="session")
def new_postgres_url() -> Iterator[Callable[[], str]]:
    """Makes empty databases on a scratch PostgreSQL server."""
    programs = find_programs()
    if programs is None:
        lacking("PostgreSQL's programs are not installed")
    with scratch_server(programs) as folder:
        numbers = itertools.count()
        yield lambda: create_database(programs, folder, f"tandem{next(numbers)}")


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    return new_postgres_url()
