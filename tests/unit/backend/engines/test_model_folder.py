"""A model's folder is made once, and made anew where a file of it is damaged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from backend.engines.model_folder import damage_of, whole_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "model"


@pytest.fixture
def make(folder: Path) -> Callable[[], None]:
    def make() -> None:
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
        save_file({"weight": torch.zeros(1000)}, folder / "model.safetensors")

    return make


def never() -> None:
    raise AssertionError("it was made again")


def test_it_is_made_once(folder: Path, make: Callable[[], None]) -> None:
    assert whole_folder(folder, make) == folder
    assert whole_folder(folder, never) == folder
    assert damage_of(folder) is None


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
@pytest.mark.parametrize("kept", [0, 10, 0.5], ids=["empty", "beginning", "half"])
def test_one_that_was_cut_off_is_set_aside_and_made_anew(
    folder: Path,
    make: Callable[[], None],
    name: str,
    kept: float,
    caplog: pytest.LogCaptureFixture,
) -> None:
    whole_folder(folder, make)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    whole_folder(folder, make)
    assert damage_of(folder) is None
    [aside] = folder.parent.glob("model.damaged-*")
    assert damage_of(aside) is not None
    [line] = caplog.messages
    assert name in line
    assert aside.name in line


def test_what_is_no_folder_at_all_is_set_aside_too(folder: Path, make: Callable[[], None]) -> None:
    folder.write_text("")
    whole_folder(folder, make)
    assert damage_of(folder) is None
