"""The Hugging Face folder, read back by `datasets` itself."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.export.card import CardTerms
from tandem.export.huggingface import write_huggingface
from tandem.export.labelled_dataset import LabelledDataset
from tandem.export.outcome import report_of
from tandem.export.split_request import SplitRequest, shares_of
from tests.support.labelled_projects import (
    EVERYTHING,
    SEVERAL,
    SPANS,
    WRITTEN,
    LabelledProject,
    sentiments,
)

TEXTS = {1: "Ann: fine", 2: "Bob from Old Town", 3: "Nobody answers me"}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def written(
    project: LabelledProject, folder: Path, request: SplitRequest | None = None
) -> LabelledDataset:
    data = project.labelled(request)
    write_huggingface(data, report_of(project.outcome), CardTerms(), folder)
    return data


def loaded(folder: Path, cache: Path) -> Any:
    from datasets import load_dataset  # type: ignore[import-untyped]

    return load_dataset(str(folder), cache_dir=str(cache))


def test_one_choice_comes_back_with_its_names_and_how_probable_each_is(tmp_path: Path) -> None:
    project = LabelledProject(
        TEXTS,
        {1: ["positive", "positive"], 2: ["negative"]},
        beliefs={1: {"positive": 0.9, "negative": 0.1}},
    )
    written(project, tmp_path / "out")
    train = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    assert train["task"][:] == [1, 2]
    assert train["text"][:] == [TEXTS[1], TEXTS[2]]
    assert train.features["label"].names == ["positive", "negative"]
    assert [train.features["label"].int2str(one) for one in train["label"]] == [
        "positive",
        "negative",
    ]
    first = train[0]
    posterior = project.outcome.dataset["posterior"][0]
    assert first["soft_label"] == [posterior["positive"], posterior["negative"]]
    assert first["confidence"] == posterior["positive"]
    assert first["vote_shares"] == [1.0, 0.0]
    assert first["source"] == "both"
    assert (first["model_label"], first["model_confidence"]) == ("positive", 0.9)
    assert train[1]["model_label"] is train[1]["model_confidence"] is None


def test_people_are_called_by_numbers_in_the_order_of_their_first_answers(tmp_path: Path) -> None:
    project = LabelledProject(TEXTS, {1: ["positive", "negative"]})
    written(project, tmp_path / "out")
    train = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    assert train[0]["votes"] == [
        {"worker": "person-1", "label": "positive"},
        {"worker": "person-2", "label": "negative"},
    ]
    files = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert not any(b"example.org" in file.read_bytes() for file in files)
    named = project.labelled(with_names=True)
    assert set(named.workers.values()) == {"ada@example.org", "ben@example.org"}


def test_spans_come_back_with_their_text_and_probability(tmp_path: Path) -> None:
    votes = {1: ['[[0,3,"PER"]]'] * 2, 2: ['[[0,3,"PER"],[9,17,"Big place"]]'], 3: ["[]"]}
    written(LabelledProject(TEXTS, votes, SPANS), tmp_path / "out")
    train = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    [ann], [bob, town], none = train["label"]
    assert none == []
    assert [(one["start"], one["end"], one["text"]) for one in (ann, bob, town)] == [
        (0, 3, "Ann"),
        (0, 3, "Bob"),
        (9, 17, "Old Town"),
    ]
    assert train.features["label"].feature["label"].int2str(town["label"]) == "Big place"
    assert 0.5 < ann["probability"] <= 1


def test_several_labels_come_back_as_a_list_with_the_probability_of_each(tmp_path: Path) -> None:
    votes = {1: ['["price","été"]', '["price"]'], 2: ["[]"]}
    written(LabelledProject(TEXTS, votes, SEVERAL), tmp_path / "out")
    train = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    assert train.features["label"].feature.names == ["price", "été"]
    assert 0 in train[0]["label"]
    assert train[1]["label"] == []
    assert train[0]["vote_shares"] == [1.0, 0.5]
    price, ete = train[0]["soft_label"]
    assert 1 >= price > ete > 0


def test_a_form_has_a_column_for_each_control(tmp_path: Path) -> None:
    said = {
        "mood": "bad",
        "topics": '["été"]',
        "stars": "4",
        "place": '[["Sport","Ball"]]',
        "amount": "12.5",
        "said": '["Ann"]',
        "who": '[[0,3,"PER"]]',
    }
    partly = {"mood": "good"}
    votes = {task: [json.dumps(one)] for task, one in enumerate((said, partly), start=1)}
    written(LabelledProject(TEXTS, votes, EVERYTHING), tmp_path / "out")
    train = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    full, empty = train
    assert train.features["mood"].int2str(full["mood"]) == "bad"
    assert full["topics"] == [1]
    assert (full["stars"], full["amount"], full["said"]) == (4, 12.5, ["Ann"])
    assert full["place"] == [["Sport", "Ball"]]
    assert [one["text"] for one in full["who"]] == ["Ann"]
    assert full["mood_confidence"] == full["mood_soft_label"][1] > 0.5
    assert full["stars_soft_label"][3] == max(full["stars_soft_label"])
    assert full["grounded"] is True
    for name in ("topics", "stars", "place", "amount", "said", "who", "grounded"):
        assert empty[name] is None, name


def test_each_of_several_texts_has_a_column(tmp_path: Path) -> None:
    config = """<View><Text name="task" value="$q"/><Text name="reply" value="$a"/>
    <Choices name="fits" toName="reply"><Choice value="yes"/><Choice value="no"/></Choices>
    </View>"""
    item = '{"reply":"Blue.","task":"Which colour?"}'
    written(LabelledProject({7: item}, {7: ["yes"]}, config), tmp_path / "out")
    [row] = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    assert (row["task"], row["task_"], row["reply"]) == (7, "Which colour?", "Blue.")


def test_a_split_comes_back_as_a_split(tmp_path: Path) -> None:
    data = written(sentiments(100), tmp_path / "out", SplitRequest(shares_of("80/10/10")))
    dataset = loaded(tmp_path / "out", tmp_path / "cache")
    assert {name: len(part) for name, part in dataset.items()} == data.checks.sizes
    assert list(dataset) == ["train", "validation", "test"]
    assert sorted(task for part in dataset.values() for task in part["task"]) == [*range(1, 101)]


def test_parts_of_an_earlier_export_are_gone(tmp_path: Path) -> None:
    written(sentiments(100), tmp_path, SplitRequest(shares_of("80/20")))
    written(sentiments(100), tmp_path)
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["train.parquet"]


def test_what_is_not_labelled_is_left_out_and_counted(tmp_path: Path) -> None:
    data = written(LabelledProject(TEXTS, {1: ["positive"]}), tmp_path)
    assert [one.task for one in data.examples] == [1]
    assert "2 more tasks of the project are left out" in (tmp_path / "README.md").read_text("utf-8")


def test_a_written_answer_that_is_not_in_its_text_is_marked(tmp_path: Path) -> None:
    votes = {1: ['["ann"]'], 2: ['["Bob from New York"]']}
    written(LabelledProject(TEXTS, votes, WRITTEN), tmp_path / "out")
    train = loaded(tmp_path / "out", tmp_path / "cache")["train"]
    assert train["grounded"][:] == [True, False]
    assert "1 of 2 labels that were written" in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_the_header_of_the_card_is_yaml_whatever_labels_and_title_hold(tmp_path: Path) -> None:
    config = SPANS.replace("Big place", "a: b #1 - 'c' &quot;d&quot;")
    written(LabelledProject(TEXTS, {1: ["[]"]}, config), tmp_path)
    _, header, _ = (tmp_path / "README.md").read_text("utf-8").split("---\n", 2)
    told = yaml.safe_load(header)
    assert told["license"] == "unknown"
    assert told["task_categories"] == ["token-classification"]
    [label] = [one for one in told["dataset_info"]["features"] if one["name"] == "label"]
    assert label["list"][2]["dtype"]["class_label"]["names"]["1"] == "a: b #1 - 'c' \"d\""
