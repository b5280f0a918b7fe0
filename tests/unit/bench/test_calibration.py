"""The calibration benchmark runs on folders of its form, and sees harm where there is some."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.beliefs import read_beliefs
from bench.calibration import CalibrationResult, SeedInterval, harm, main
from labeling.settings.settings import Settings

LABELS = "abc"


@pytest.fixture
def without_embedding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TANDEM_LEARNING", '{"embedding": null}')
    monkeypatch.chdir(tmp_path)


def write(folder: Path, llm: list[str], gold: list[str]) -> Path:
    folder.mkdir()
    (folder / "llm.csv").write_text("\n".join(llm))
    (folder / "gold.csv").write_text("\n".join(["task,label", *gold]))
    return folder


@pytest.fixture
def overconfident(tmp_path: Path) -> Path:
    """240 items of a model that states .9 to .99 and is right on six of ten."""
    random = np.random.default_rng(0)
    gold = random.integers(0, 3, 240)
    said = np.where(random.random(240) < 0.6, gold, (gold + random.integers(1, 3, 240)) % 3)
    stated = random.uniform(0.9, 0.99, 240).round(3)
    return write(
        tmp_path / "overconfident",
        ["task,model,label,confidence"]
        + [f"t{i},m,{LABELS[said[i]]},{stated[i]}" for i in range(240)],
        [f"t{i},{LABELS[gold[i]]}" for i in range(240)],
    )


@pytest.mark.usefixtures("without_embedding")
def test_ends_with_one_object_of_results_and_harm(
    overconfident: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(overconfident), "--answers", "50", "1000", "--seeds", "3", "--json"])
    content: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert content["harm"] == []
    few, many = content["results"]
    assert (few["answers"], few["held_out"]) == (50, 80)
    assert (many["answers"], many["wanted"]) == (160, 1000)
    for result in (few, many):
        before, after = (
            result["quality"][way]["ece"]["mean"] for way in ("uncalibrated", "learned")
        )
        assert before > 0.25
        assert after < before - 0.1
        assert sum(result["chosen"].values()) == 3


def test_what_is_worse_in_every_draw_is_harm() -> None:
    better, unclear, worse = (
        SeedInterval(-0.1, -0.2, -0.05),
        SeedInterval(0.01, -0.02, 0.04),
        SeedInterval(0.1, 0.05, 0.2),
    )
    result = CalibrationResult(
        "set",
        "m",
        "s",
        50,
        50,
        80,
        {},
        {"calibrated": {"ece": better, "log_loss": unclear}, "learned": {"ece": worse}},
        {},
        0,
    )
    assert harm([result]) == ["set, 50 answers, learned: ece +0.1000"]


def test_a_stated_confidence_is_spread_over_the_other_labels(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "stated",
        ["task,model,label,confidence", "1,m,a,0.8", "2,m,b,1.0", "3,m,c,0.1"],
        ["1,a", "2,b", "3,a"],
    )
    beliefs = read_beliefs(folder, Settings(), tmp_path, first=10)
    assert np.exp(beliefs.log_probabilities) == pytest.approx(
        np.array([[0.8, 0.1, 0.1], [0.005, 0.99, 0.005], [0.328, 0.328, 0.343]]), abs=1e-3
    )
    assert beliefs.gold.tolist() == [0, 1, 0]
    assert beliefs.embeddings is None


def test_without_a_stated_one_the_others_agreement_is_the_confidence(tmp_path: Path) -> None:
    said = {"x": "aab", "y": "aab", "z": "abc"}
    folder = write(
        tmp_path / "panel",
        ["task,model,label"]
        + [
            f"{task},{model},{label}"
            for model, row in said.items()
            for task, label in enumerate(row)
        ],
        ["0,a", "1,a", "2,b"],
    )
    beliefs = read_beliefs(folder, Settings(), tmp_path, first=10)
    assert beliefs.model == "x"
    assert np.exp(beliefs.log_probabilities.max(axis=1)) == pytest.approx([0.75, 0.51, 0.51])


@pytest.mark.model
@pytest.mark.usefixtures("without_embedding")
def test_where_no_model_labelled_the_bundled_one_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    rows = [f"t{i},A film that I {'loved' if i % 2 else 'hated'} {i} times." for i in range(24)]
    gold = [f"t{i},{'positive' if i % 2 else 'negative'}" for i in range(24)]
    (folder / "items.csv").write_text("\n".join(["item_id,text", *rows]))
    (folder / "gold.csv").write_text("\n".join(["task,label", *gold]))
    arguments = [str(folder), "--answers", "12", "--seeds", "1", "--first", "20", "--json"]
    for _ in range(2):
        main(arguments)
        [result] = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
        assert result["model"] == "SmolLM2-135M-Instruct"
        assert (result["answers"], result["held_out"]) == (12, 7)
