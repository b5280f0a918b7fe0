"""A vLLM server is told to hold an adapter when it is first asked for, and requests name it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.engines import GenerateRequest, Generation, Prompt, Request, Scored, identify
from backend.engines.openai import OpenAIEngine, load
from labeling.errors import EngineError
from labeling.settings.model_sections import ModelSettings, ServerSettings
from labeling.settings.settings import Settings
from tests.support.scripted_vllm import MODEL, ScriptedVllm
from tests.support.tiny_adapters import peft_adapter

FIRST, SECOND = "a" * 64, "b" * 64
PROMPT = Prompt("Text: ", "They won.", "\nLabel:")
LABELS = (" sport", " science")


def asked(adapter: str | None, text: str = "They won.") -> Request:
    return Request(Prompt("Text: ", text, "\nLabel:"), LABELS, adapter)


@pytest.fixture
def server() -> Iterator[ScriptedVllm]:
    with ScriptedVllm() as server:
        yield server


@pytest.fixture
def settings(server: ScriptedVllm, tmp_path: Path) -> Settings:
    told = ServerSettings(url=server.url, retries=0, labels="next")
    model = ModelSettings(engine="openai", name=MODEL)
    return Settings(data_dir=tmp_path, model=model, server=told)


@pytest.fixture
def engine(settings: Settings) -> Iterator[OpenAIEngine]:
    for seed, name in enumerate((FIRST, SECOND)):
        folder = settings.data_dir / "artefacts" / name
        peft_adapter(folder, seed, base=identify(settings).digest)
    engine = load(settings)
    yield engine
    engine.close()


def best(answer: object) -> str:
    assert isinstance(answer, Scored)
    return LABELS[int(answer.loglikelihoods.argmax())]


def test_is_loaded_once_and_named_as_the_model(
    engine: OpenAIEngine, server: ScriptedVllm, settings: Settings
) -> None:
    requests = [asked(one, text) for text in ("a", "b") for one in (None, FIRST)]
    assert [best(one) for one in engine.loglikelihood(requests)] == [" sport", " science"] * 2
    assert server.commands == [("load", FIRST)]
    assert server.loaded[FIRST] == str((settings.data_dir / "artefacts" / FIRST).resolve())


def test_writes_too(engine: OpenAIEngine) -> None:
    [written] = engine.generate([GenerateRequest(PROMPT, 4, adapter=FIRST)])
    assert isinstance(written, Generation)
    assert written.text == "a"


def test_is_loaded_again_where_the_server_was_started_anew(
    engine: OpenAIEngine, server: ScriptedVllm
) -> None:
    engine.loglikelihood([asked(FIRST, "a")])
    server.loaded.clear()
    assert best(engine.loglikelihood([asked(FIRST, "b")])[0]) == " science"


def test_that_the_server_holds_already_is_not_loaded(
    engine: OpenAIEngine, server: ScriptedVllm
) -> None:
    server.loaded[FIRST] = "before"
    assert best(engine.loglikelihood([asked(FIRST)])[0]) == " science"
    assert server.commands == []


def test_asked_for_longest_ago_is_unloaded(engine: OpenAIEngine, server: ScriptedVllm) -> None:
    engine._adapters._most = 1
    for adapter in (FIRST, SECOND):
        engine.loglikelihood([asked(adapter)])
    assert server.commands == [("load", FIRST), ("load", SECOND), ("unload", FIRST)]


def test_fails_for_its_requests_alone_where_the_server_takes_none(
    engine: OpenAIEngine, server: ScriptedVllm
) -> None:
    server.takes_adapters = False
    fault, fine = engine.answer([asked(FIRST), asked(None)])
    assert isinstance(fault, EngineError)
    assert "--enable-lora" in str(fault)
    assert best(fine) == " sport"


def test_of_another_model_or_missing_is_refused_before_the_server_hears_of_it(
    engine: OpenAIEngine, server: ScriptedVllm, settings: Settings
) -> None:
    peft_adapter(settings.data_dir / "artefacts" / ("c" * 64), seed=1, base="1" * 64)
    other, missing = engine.answer([asked("c" * 64), asked("d" * 64)])
    assert "another model" in str(other)
    assert "missing" in str(missing)
    assert server.commands == []
