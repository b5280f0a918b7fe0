"""The dataset in every format: which files there are, and what is said of them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from labeling.errors import SettingsError
from tandem.export.split_request import SplitRequest, shares_of
from tandem.export.write import FORMATS, ExportRequest, write_dataset
from tests.support.commands import tandem, the_line
from tests.support.labelled_project import labelled_project
from tests.support.labelled_projects import EVERYTHING, SPANS, LabelledProject, sentiments
from tests.support.memory_commands import work_on
from tests.support.memory_studio import MODEL_USER


def names(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_every_format_writes_its_files(tmp_path: Path) -> None:
    said = '{"mood":"good","who":"[[0,3,\\"PER\\"]]"}'
    project = LabelledProject({1: "Ann"}, {1: [said]}, EVERYTHING)
    written = write_dataset(project.outcome, project.tasks, tmp_path, ExportRequest(FORMATS))
    assert sorted(str(file.relative_to(tmp_path)) for file in written.files) == names(tmp_path)
    assert names(tmp_path) == [
        "conll/who/train.conll",
        "controls.csv",
        "controls.jsonl",
        "controls.parquet",
        "huggingface/README.md",
        "huggingface/data/train.parquet",
        "label-studio/tasks.json",
        "labels.csv",
        "labels.jsonl",
        "labels.parquet",
        "spacy/mood/train.spacy",
        "spacy/stars/train.spacy",
        "spacy/topics/train.spacy",
        "spacy/who/train.spacy",
    ]


def test_tables_hold_the_split_and_what_was_found_of_each_task(tmp_path: Path) -> None:
    project = sentiments(40)
    texts = {**project.texts, 2: project.texts[4], 41: "Nobody answers"}
    request = ExportRequest(split=SplitRequest(shares_of("80/20")))
    project = LabelledProject(texts, project.votes)
    written = write_dataset(project.outcome, project.tasks, tmp_path, request)
    rows = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    by_task = {row["task"]: row for row in rows}
    assert {task: row["split"] for task, row in by_task.items() if row["split"]} == dict(
        written.checks.parts
    )
    assert by_task[41]["split"] is None
    assert [task for task, row in by_task.items() if row["contradicts"]] == [2, 4]
    assert by_task[4]["duplicate_group"] == 2
    frame = pd.read_parquet(tmp_path / "labels.parquet")
    assert frame["split"].value_counts().to_dict() == {"train": 32, "test": 8}


def test_what_somebody_should_look_at_is_said(tmp_path: Path) -> None:
    project = LabelledProject(
        {1: "Annabel", 2: "annabel", 3: "Bob"},
        {1: ['[[0,3,"PER"]]'], 2: ["[]"], 3: ['[[0,3,"PER"]]']},
        SPANS,
    )
    request = ExportRequest(["conll"], split=SplitRequest(shares_of("50/50")))
    told = " ".join(write_dataset(project.outcome, project.tasks, tmp_path, request).notes)
    assert "1 groups of texts are the same or nearly so (duplicate_group)" in told
    assert "contradict each other in 1 groups of the same text (contradicts)" in told
    assert "1 spans that begin or end within a token were widened" in told
    assert "Split: train " in told


def test_a_dataset_without_faults_says_nothing(tmp_path: Path) -> None:
    project = sentiments(3)
    assert not write_dataset(project.outcome, project.tasks, tmp_path, ExportRequest()).notes


def test_a_format_that_the_form_has_nothing_for_says_so(tmp_path: Path) -> None:
    project = sentiments(3)
    request = ExportRequest(["conll"])
    written = write_dataset(project.outcome, project.tasks, tmp_path, request)
    assert written.notes == ["Nothing was written as conll: the form asks for nothing it can hold."]


def test_an_unknown_format_is_named_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = the_line(tandem("export", "--format", "hugging-face"))
    assert line.endswith("There is no export format 'hugging-face'. Did you mean huggingface?")
    with pytest.raises(SettingsError, match="xlsx"):
        write_dataset(sentiments(1).outcome, [], tmp_path, ExportRequest(["xlsx"]))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--split", "80"], "is no split (--split). Write the shares"),
        (["--split", "80/20/x"], "is no split (--split). Write the shares"),
        (["--split", "80/40"], "add up to 120 (--split). Have them add up to 100"),
        (["--group", "author"], "none is asked for (--group). Add --split"),
        (["--format", "spacy", "--language", "q9"], "no tokens for the language 'q9'"),
    ],
)
def test_what_is_wrong_with_the_command_is_told_before_anything_is_asked(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in the_line(tandem("export", *words))


def test_labels_are_stated_in_label_studio_only_once_the_dataset_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = labelled_project(tmp_path)
    loop.sync()
    work_on(loop, monkeypatch)

    def export(*words: str) -> tuple[int, bool]:
        folder = str(tmp_path / "dataset")
        result = tandem("export", "--to-studio", "annotation", "--to", folder, *words)
        annotations = [one for task in loop.studio.tasks() for one in task.annotations]
        return result.exit_code, any(one.completed_by == MODEL_USER.id for one in annotations)

    assert export("--split", "80/20", "--group", "txet") == (1, False)
    assert export("--split-field", "part") == (1, False)
    assert export("--split", "80/20", "--group", "text") == (0, True)


NEARLY = "The parcel came two weeks late and the box was open, so I want my money back."


@pytest.mark.parametrize(
    ("request_", "groups"),
    [
        (ExportRequest(), 0),
        (ExportRequest(duplicates="near"), 1),
        (ExportRequest(split=SplitRequest(shares_of("50/50"))), 1),
        (ExportRequest(["csv", "huggingface"]), 1),
        (ExportRequest(["huggingface"], duplicates="exact"), 0),
    ],
)
def test_tables_alone_do_not_look_for_near_duplicates(
    request_: ExportRequest, groups: int, tmp_path: Path
) -> None:
    texts = {1: NEARLY, 2: NEARLY.replace("two", "six"), 3: "Nothing like it"}
    project = LabelledProject(texts, {task: ["positive"] for task in texts})
    written = write_dataset(project.outcome, project.tasks, tmp_path, request_)
    assert len(written.checks.duplicates.groups) == groups
    assert written.checks.counts["near_sought"] == bool(groups)


def test_a_card_says_where_nobody_looked_for_near_duplicates(tmp_path: Path) -> None:
    project = LabelledProject({1: "Same", 2: "same"}, {1: ["positive"], 2: ["negative"]})
    request = ExportRequest(["huggingface"], duplicates="exact")
    told = " ".join(write_dataset(project.outcome, project.tasks, tmp_path, request).notes)
    card = (tmp_path / "huggingface/README.md").read_text()
    assert "near duplicates were not looked for" in card
    assert "nearly the same" not in card
    assert "1 groups of texts are the same (duplicate_group)" in told
    assert "nearly" not in told
