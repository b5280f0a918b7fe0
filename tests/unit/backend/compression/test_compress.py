"""The whole way: a smaller model that is accepted can be served, one that is refused is gone."""

import json
from pathlib import Path

import pytest

from backend import engines
from backend.compression.answers import AnsweredTexts, read_answers
from backend.compression.compress import REPORT_FILE, Cut, compress, hold_against
from backend.engines import Scored
from labeling.errors import SettingsError
from labeling.settings.model_sections import ModelSettings
from labeling.settings.settings import Settings
from tests.support.small_models import LAYERS, TEXTS, small_model, write_model

CUT = Cut(layers=LAYERS - 1, healing_passes=1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The model has a layer that changes nothing."""
    model = small_model()
    for name in ("self_attn.o_proj", "mlp.down_proj"):
        model.model.layers[1].get_submodule(name).weight.data.zero_()
    folder = write_model(model, tmp_path_factory.mktemp("whole"))
    return Settings(model=ModelSettings(name=str(folder), device="cpu"))


@pytest.fixture(scope="module")
def texts(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AnsweredTexts:
    file = tmp_path_factory.mktemp("answers") / "answers.csv"
    rows = [f"{text},{text.split()[0]}" for text in TEXTS]
    file.write_text("\n".join(["text,label", *rows]))
    return read_answers(file, settings)


def quiet(_: str) -> None:
    """Take what is said, and tell nobody."""


def test_one_that_loses_nothing_is_written_and_can_be_served(
    settings: Settings, texts: AnsweredTexts, tmp_path: Path
) -> None:
    out = tmp_path / "smaller"
    looked_at, judged = texts.halves()
    said: list[str] = []

    found = compress(settings, CUT, looked_at, judged, out, most_loss=0.2, say=said.append)

    assert found.folder == out
    assert found.report.nats == pytest.approx(0, abs=1e-2)
    assert found.report.bytes_ratio < 1
    assert [*tmp_path.iterdir()] == [out]
    written = json.loads((out / REPORT_FILE).read_text())
    assert written["is_accepted"] is True
    assert written["answers"] == 40
    assert written["kept"]["layers"] == [0, 2, 3]
    assert {file.suffix for file in out.iterdir()} <= {".json", ".safetensors", ".jinja"}
    served = settings.model_copy(update={"model": ModelSettings(name=str(out), device="cpu")})
    [scored] = engines.load(served).loglikelihood(judged.requests[:1])
    assert isinstance(scored, Scored)
    assert any("Healed" in line for line in said)


def test_one_that_may_lose_too_much_leaves_nothing_behind(
    settings: Settings, texts: AnsweredTexts, tmp_path: Path
) -> None:
    cut = Cut(layers=1, width=0.5, healing_passes=0)
    found = compress(
        settings, cut, *texts.halves(), tmp_path / "smaller", most_loss=0.001, say=quiet
    )
    assert found.folder is None
    assert found.healed is None
    assert not found.report.is_accepted
    assert found.report.nats > 0.1
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_is_there_is_not_touched(
    settings: Settings, texts: AnsweredTexts, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(SettingsError, match="there already"):
        compress(settings, CUT, *texts.halves(), tmp_path, most_loss=0.2, say=quiet)
    assert (tmp_path / "mine").read_text() == "mine"


def test_another_model_is_held_against_the_settings_one(
    settings: Settings, texts: AnsweredTexts
) -> None:
    found = hold_against(settings, settings, texts, most_loss=0.05, say=quiet)
    assert found.report.nats == 0
    assert found.report.is_accepted
    assert found.folder is None
