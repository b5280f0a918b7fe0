"""A real llama.cpp server for the tests, and engines that talk to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from backend.engines.openai import OpenAIEngine, load
from bench.llama_server import MODEL, LlamaServer
from labeling.settings.model_sections import ModelSettings, ServerSettings
from labeling.settings.settings import Settings
from tests.support.vllm_server import VllmServer

NewEngine: TypeAlias = Callable[..., OpenAIEngine]
"""Makes an engine: the server's settings as keywords, and the model's `name`."""


@pytest.fixture(scope="session")
def llama() -> Iterator[LlamaServer]:
    """llama.cpp's server with the bundled model's 4-bit weights."""
    with LlamaServer() as server:
        yield server


@pytest.fixture(scope="session")
def vllm() -> Iterator[VllmServer]:
    """A vLLM server with the bundled model's weights in float32."""
    with VllmServer() as server:
        yield server


@pytest.fixture
def new_engine(llama: LlamaServer, tmp_path: Path) -> Iterator[NewEngine]:
    """Makes engines on the server, or on another address."""
    made: list[OpenAIEngine] = []

    def make(name: str = MODEL, folder: Path = tmp_path, **server: object) -> OpenAIEngine:
        told = ServerSettings.model_validate({"url": llama.url, "concurrency": 4, **server})
        model = ModelSettings(engine="openai", name=name)
        engine = load(Settings(data_dir=folder, model=model, server=told))
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()
