"""What the front door's tests share: an ML backend, real or of a stated state, and settings."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from werkzeug.serving import make_server

from backend.service import create_app
from labeling.settings.backend_section import BackendSettings
from labeling.settings.model_sections import LearningSettings
from labeling.settings.settings import ENVIRONMENT, Settings
from labeling.studio_path import split_path
from tandem.servers.label_studio import LabelStudioServer
from tests.support.serving import Reply, as_json, serving
from tests.support.studio_fixtures import NewStudioProject

USER, PASSWORD = "ada", "a-password-of-ada-s"
NewSettings: TypeAlias = Callable[..., Settings]


class StatedBackend:
    """An ML backend of a state that the test says."""

    def __init__(self) -> None:
        self.url = ""
        self.health: dict[str, Any] = {"status": "UP", "model": "ready", "name": "tiny"}
        self.version = "tiny-1"
        self.wants: str | None = None

    def script(self, _method: str, path: str, _body: Any, authorization: str | None) -> Reply:
        _, route = split_path(path)
        if route == "/health":
            return as_json(self.health)
        if self.wants and authorization != self.wants:
            return as_json({"error": "Wrong or missing credentials."}, status=401)
        return as_json({"model_version": self.version, "models": []})


@pytest.fixture
def backend() -> Iterator[StatedBackend]:
    backend = StatedBackend()
    with serving(backend.script) as backend.url:
        yield backend


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real service, with the bundled model and Basic auth."""
    auth = BackendSettings.model_validate({"user": USER, "password": PASSWORD})
    folder, untrained = tmp_path_factory.mktemp("data"), LearningSettings(train=())
    app = create_app(Settings(data_dir=folder, backend=auth, learning=untrained))
    app.extensions["tandem"].model.loader.wait()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["tandem"].close()


@pytest.fixture
def new_settings(
    label_studio: LabelStudioServer,
    studio_project: NewStudioProject,
    backend: StatedBackend,
    tmp_path: Path,
) -> NewSettings:
    """Makes settings with which all is well, but for what the test says."""

    def make(studio: dict[str, Any] | None = None, **sections: Any) -> Settings:
        named = {"url": label_studio.url, "api_key": label_studio.pat, **(studio or {})}
        if "project" not in named:
            named["project"] = studio_project(2)
        content = {"backend": {"url": backend.url}, "data_dir": tmp_path / "data", **sections}
        return Settings.model_validate({"studio": named, **content})

    return make


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, under an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in [*ENVIRONMENT, "FORCE_COLOR", "NO_COLOR"]:
        monkeypatch.delenv(name, raising=False)
