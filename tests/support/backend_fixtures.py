"""What the backend's tests share: the bundled model, loaded once, and a service that runs it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend import engines
from backend.application import Backend
from backend.engines import Engine
from backend.service import create_app
from labeling.settings.model_sections import LearningSettings, ModelSettings
from labeling.settings.settings import Settings
from tandem.servers.backend import BackendServer
from tests.support.even_engine import EvenEngine

BRIEF = {"TANDEM_WRITING__TEXT_TOKENS": "16", "TANDEM_WRITING__SPAN_TOKENS": "24"}
"""What the model may write at most."""

Load: TypeAlias = Callable[[Settings], Engine]
NewApp: TypeAlias = Callable[..., Flask]
"""Makes a service: how its model is loaded, and the sections of its settings, as keywords."""


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The bundled model."""
    return engines.load(Settings())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that keep everything below the test's own folder."""
    return Settings(data_dir=tmp_path)


@pytest.fixture(scope="session")
def backend_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackendServer]:
    """`tandem serve` with the bundled model, which writes little, so that it takes seconds."""
    with BackendServer(tmp_path_factory.mktemp("backend"), **BRIEF) as server:
        yield server


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service, with the bundled model loaded; a short context, since long ones take long."""
    short = ModelSettings(context_tokens=1024)
    folder, untrained = tmp_path_factory.mktemp("data"), LearningSettings(train=())
    app = create_app(Settings(data_dir=folder, model=short, learning=untrained))
    backend: Backend = app.extensions["tandem"]
    backend.model.loader.wait()
    yield app
    backend.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller of the service."""
    return app.test_client()


@pytest.fixture
def new_app(tmp_path: Path) -> Iterator[NewApp]:
    """Makes services whose model is there at once and knows nothing, or is loaded by `load`.

    They train nothing beside serving, unless a test has them do.
    """
    made: list[Flask] = []

    def make(load: Load = lambda _: EvenEngine(), **sections: Any) -> Flask:
        learning = {"train": [], **sections.pop("learning", {})}
        settings = {"data_dir": tmp_path, "learning": learning, **sections}
        app = create_app(Settings.model_validate(settings), load)
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["tandem"].close()
