"""Where people are asked for their opinion, every format has the distribution of what they say."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aggregation.subjective.opinions import opinions_of
from tandem.export.write import ExportRequest, WrittenDataset, write_dataset
from tests.support.labelled_projects import EVERYTHING, LabelledProject

TEXTS = {task: f"Text number {task * 7919}" for task in range(1, 9)}
SPLIT, AGREED = ["positive", "negative"], ["positive", "positive"]
VOTES = {1: SPLIT, 2: AGREED, 3: AGREED, 4: ["negative"], 5: ["negative"] * 2}
OPINION = LabelledProject(TEXTS, VOTES, subjective=["sentiment"])
TRUTH = LabelledProject(TEXTS, VOTES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opinions")
    exported(OPINION, folder)
    return folder


def exported(project: LabelledProject, folder: Path) -> WrittenDataset:
    formats = ["jsonl", "csv", "parquet", "huggingface", "label-studio"]
    return write_dataset(project.outcome, project.tasks, folder, ExportRequest(formats))


def expected(task: int) -> dict[str, float]:
    opinions = opinions_of(OPINION.outcome.facts.consensus)["sentiment"]
    return opinions.distributions.shares[task]


def lines(file: Path) -> dict[int, dict[str, Any]]:
    return {row["task"]: row for row in map(json.loads, file.read_text("utf-8").splitlines())}


def test_tables_have_the_share_of_people_who_would_give_each_label(folder: Path) -> None:
    rows = lines(folder / "labels.jsonl")
    assert rows[1]["people_distribution"] == expected(1)
    assert 0.3 < expected(1)["negative"] < 0.7
    assert rows[2]["people_distribution"]["positive"] > 0.6
    assert rows[6]["people_distribution"] is None
    assert all(row["no_single_truth"] for row in rows.values())
    in_parquet = pd.read_parquet(folder / "labels.parquet").set_index("task")
    assert dict(in_parquet["people_distribution"][1]) == expected(1)
    in_csv = pd.read_csv(folder / "labels.csv").set_index("task")
    assert json.loads(str(in_csv["people_distribution"][1])) == expected(1)
    assert in_csv["no_single_truth"].astype(bool).all()


def test_hugging_face_reads_it_in_the_order_of_the_label_s_names(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset  # type: ignore[import-untyped]

    train = load_dataset(str(folder / "huggingface"), cache_dir=str(tmp_path))["train"]
    names = train.features["label"].names
    for row in train:
        own = dict(zip(names, row["people_distribution"], strict=True))
        assert own == expected(row["task"])
        assert row["no_single_truth"] is True


def test_the_card_says_that_there_is_no_single_truth(folder: Path) -> None:
    told = " ".join((folder / "huggingface" / "README.md").read_text("utf-8").split())
    assert "`sentiment` asks for people's opinion, so it has no single truth." in told
    assert "estimated from 9 votes on 5 tasks." in told
    assert "| `people_distribution` | The share of people who would give each label" in told


def test_tasks_for_label_studio_have_it_in_their_meta(folder: Path) -> None:
    tasks = json.loads((folder / "label-studio" / "tasks.json").read_text("utf-8"))
    meta = {task["meta"]["tandem"]["task"]: task["meta"]["tandem"] for task in tasks}
    assert meta[1]["people_distribution"] == {"sentiment": expected(1)}
    assert meta[1]["no_single_truth"] is True


def test_whoever_exports_is_told(tmp_path: Path) -> None:
    notes = exported(OPINION, tmp_path).notes
    assert "'sentiment' has no single truth: people's opinions are in people_distribution." in notes


def test_of_a_control_with_one_truth_nothing_is_said_but_what_people_would_say(
    tmp_path: Path,
) -> None:
    assert not exported(TRUTH, tmp_path).notes
    rows = lines(tmp_path / "labels.jsonl")
    assert rows[1]["people_distribution"] == expected(1)
    assert not any(row["no_single_truth"] for row in rows.values())
    assert "truth" not in (tmp_path / "huggingface" / "README.md").read_text("utf-8").replace(
        "no_single_truth", ""
    )


def test_of_a_form_each_control_has_its_own(tmp_path: Path) -> None:
    said = {"mood": "good", "stars": "4"}
    other = {"mood": "bad", "stars": "4"}
    votes = {1: [json.dumps(said), json.dumps(other)], 2: [json.dumps(said)] * 2}
    project = LabelledProject({1: "Ann", 2: "Bob"}, votes, EVERYTHING, subjective=["mood"])
    exported(project, tmp_path)
    controls = [json.loads(one) for one in (tmp_path / "controls.jsonl").read_text().splitlines()]
    told = {(row["task"], row["control"]): row for row in controls}
    assert told[1, "mood"]["people_distribution"].keys() == {"good", "bad"}
    assert (told[1, "mood"]["no_single_truth"], told[1, "stars"]["no_single_truth"]) == (
        True,
        False,
    )
    assert max(told[1, "stars"]["people_distribution"].items(), key=lambda one: one[1])[0] == "4"
    assert told[1, "amount"]["people_distribution"] is None
    rows = lines(tmp_path / "labels.jsonl")
    assert (rows[1]["people_distribution"], rows[1]["no_single_truth"]) == (None, True)
    train = pd.read_parquet(tmp_path / "huggingface" / "data" / "train.parquet")
    assert list(train["mood_people_distribution"][0]) == [
        *told[1, "mood"]["people_distribution"].values()
    ]
    assert (train["mood_no_single_truth"][0], train["stars_no_single_truth"][0]) == (True, False)
