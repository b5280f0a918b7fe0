"""What the backend's tests share: the bundled model, loaded once, and a service that runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend import engines
from backend.application import Backend
from backend.engines import Engine
from backend.service import create_app
from labeling.settings import ModelSettings, Settings

LOADING_SECONDS = 120


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The bundled model."""
    return engines.load(ModelSettings())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that keep everything below the test's own folder."""
    return Settings(data_dir=tmp_path)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service, with the bundled model loaded."""
    app = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")))
    backend: Backend = app.extensions["tandem"]
    backend.loader.wait()
    yield app
    backend.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller of the service."""
    return app.test_client()
