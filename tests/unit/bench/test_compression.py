"""The compression benchmark runs on folders of its form, and compares all ways on one set."""

import json
from pathlib import Path

import pytest

from bench.compression import main
from tests.support.small_models import LAYERS, TEXTS, small_model, write_model


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    model = write_model(small_model(), tmp_path / "model")
    monkeypatch.setenv("TANDEM_MODEL", json.dumps({"name": str(model), "device": "cpu"}))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "texts"
    folder.mkdir()
    items = [f"t{number},{text}" for number, text in enumerate(TEXTS)]
    gold = [f"t{number},{text.split()[0]}" for number, text in enumerate(TEXTS)]
    (folder / "items.csv").write_text("\n".join(["item_id,text", *items]))
    (folder / "gold.csv").write_text("\n".join(["task,label", *gold]))
    return folder


def test_ends_with_one_object_of_every_way(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--answers", "40", "--healing", "16", "--passes", "1"]
    main([str(folder), *few, "--layers", str(LAYERS - 2), "--shares", "0.5", "--json"])
    results = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
    assert [one["way"] for one in results] == [
        "original",
        "2 layers",
        "2 layers, healed",
        "share 0.5",
        "share 0.5, healed",
    ]
    original, *others = results
    assert (original["nats"], original["answers"]) == (0, 40)
    for one in others:
        assert one["bytes_ratio"] < 1
        assert one["nats"] > 0
    for one in (results[2], results[4]):
        assert one["healed"]["after"] <= one["healed"]["before"]
