"""`tandem serve` says at once that a port, a folder or a model is wrong."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from backend.engines import bundled
from backend.preflight import require_servable
from labeling.errors import TandemError
from labeling.settings.settings import Settings
from tandem.servers.process import free_port
from tests.support.commands import tandem, the_line
from tests.support.serving import as_json, serving

pytestmark = pytest.mark.usefixtures("empty_folder")


def settings(**sections: Any) -> Settings:
    return Settings.model_validate({"backend": {"port": free_port()}, **sections})


def refusal(**sections: Any) -> str:
    with pytest.raises(TandemError) as error:
        require_servable(settings(**sections))
    [line] = error.value.lines
    return line


def model_folder(folder: Path, config: object = None, weights: str | None = None) -> str:
    folder.mkdir()
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
    if weights:
        (folder / weights).write_bytes(b"")
    return str(folder)


def test_the_bundled_model_may_be_served() -> None:
    require_servable(settings())


def test_a_folder_that_holds_a_model_may_be_served(tmp_path: Path) -> None:
    name = model_folder(tmp_path / "m", {"model_type": "llama"}, "model.safetensors")

    require_servable(settings(model={"name": name}))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/models/none", "There is no such folder of a model (/models/none)"),
        ("./none", "There is no such folder of a model"),
        ("two words", "There is no such folder of a model"),
        ("a/b/c", "There is no such folder of a model"),
    ],
)
def test_a_folder_that_is_not_there_is_told(name: str, said: str) -> None:
    line = refusal(model={"name": name})
    assert said in line
    assert "model.name" in line


@pytest.mark.parametrize(
    ("config", "weights", "said"),
    [
        (None, "model.safetensors", "holds no model"),
        ({}, "model.safetensors", "holds no model"),
        ([], "model.safetensors", "holds no model"),
        ({"model_type": "llama"}, None, "holds no weights"),
    ],
)
def test_a_folder_that_is_no_model_is_told(
    tmp_path: Path, config: object, weights: str | None, said: str
) -> None:
    assert said in refusal(model={"name": model_folder(tmp_path / "m", config, weights)})


def test_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"")

    assert "The model is no folder" in refusal(model={"name": str(tmp_path / "model.gguf")})


@pytest.mark.parametrize(("status", "is_there"), [(200, True), (404, False), (500, True)])
def test_the_hub_is_asked_for_a_name_that_is_no_folder(
    monkeypatch: pytest.MonkeyPatch, status: int, is_there: bool
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/none")
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: False)
    with serving(lambda *_: as_json({}, status)) as url:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", url)
        if is_there:
            require_servable(settings(model={"name": "org/a-model"}))
        else:
            assert "The Hub has no such model" in refusal(model={"name": "org/a-model"})
    if not is_there:
        assert "the Hub does not answer" in refusal(model={"name": "org/a-model"})


def test_a_hub_that_is_off_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)

    assert "the Hub is off" in refusal(model={"name": "org/a-model"})


def test_a_bundled_model_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TANDEM_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(bundled, "find_spec", lambda _: None)

    assert "wheel is not installed" in refusal()


def test_a_port_that_is_taken_is_told_by_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("TANDEM_BACKEND__PORT", str(taken.getsockname()[1]))
        result = tandem("serve")

    assert result.exit_code == 1
    assert "cannot listen there: Address already in use" in the_line(result)


def test_an_address_of_another_machine_is_told() -> None:
    said = refusal(backend={"host": "192.0.2.1", "port": free_port()})
    assert "Cannot assign requested address" in said
    assert "cannot listen" in refusal(backend={"host": "no.such.host.invalid", "port": 1})


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "data_dir" in refusal(data_dir=tmp_path / "file" / "data")
