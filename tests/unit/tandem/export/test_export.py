"""Export: three files with the same rows, whole or not at all, whatever the texts hold."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregation.beliefs import Belief
from aggregation.dataset.controls import COLUMNS as CONTROL_COLUMNS
from aggregation.dataset.tasks import COLUMNS, Item, TaskDecision
from aggregation.votes import Answer
from labeling.answers.types import canonical_json
from labeling.errors import SettingsError
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from routing.guarantee import certificate_file
from tandem.export.export import export, export_certificates, export_controls
from tandem.export.tables import FORMATS
from tests.support.datasets import build, by_control
from tests.support.label_configs import on_text
from tests.support.snapshots import in_audit, piloted

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def dataset(texts: list[str | None], labels: tuple[str, ...] = ("A", "B")) -> pd.DataFrame:
    """Build a real dataset: the first item voted on, the second the model's, the rest open."""
    items = [Item(task, text) for task, text in enumerate(texts)]
    answers = [Answer(0, "zoë", labels[1], "person", NOON, 4.5)]
    beliefs = {
        item.task: Belief(labels[0], 0.75, {labels[0]: 0.75, labels[1]: 0.25}, "m-1", True)
        for item in items[:2]
    }
    decisions = {1: TaskDecision("accept", "sure enough", NOON)}
    return build(items, answers, beliefs, decisions, labels=labels)


def read_jsonl(folder: Path, name: str = "labels") -> list[dict[str, Any]]:
    lines = (folder / f"{name}.jsonl").read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def read_csv(folder: Path, name: str = "labels") -> list[dict[str, str]]:
    content = (folder / f"{name}.csv").read_bytes().decode("utf-8")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def read_parquet(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "labels.parquet").to_pylist()
    return rows


def test_the_files_hold_all_rows_and_columns(tmp_path: Path) -> None:
    files = export(dataset(["one", "two", "three"]), tmp_path / "out")
    assert [file.name for file in files] == ["labels.jsonl", "labels.csv", "labels.parquet"]
    for rows in (read_jsonl(tmp_path / "out"), read_csv(tmp_path / "out")):
        assert len(rows) == 3
        assert tuple(rows[0]) == COLUMNS
    assert pq.read_schema(files[2]).names == list(COLUMNS)


def test_json_lines_keep_the_nesting(tmp_path: Path) -> None:
    export(dataset(["one", "two", "three"]), tmp_path)
    voted, left, undecided = read_jsonl(tmp_path)
    assert voted["votes"] == [
        {"worker": "zoë", "label": "B", "at": "2026-01-02T12:00:00+00:00", "lead_time": 4.5}
    ]
    assert voted["labelled_by"] == ["zoë", "m-1"]
    assert set(voted["posterior"]) == {"A", "B"}
    assert (left["label"], left["source"], left["decision"]) == ("A", "model", "accept")
    assert undecided["label"] is undecided["confidence"] is undecided["posterior"] is None


def test_csv_holds_nesting_as_json_text_and_nothing_as_an_empty_cell(tmp_path: Path) -> None:
    export(dataset(["one", "two", "three"]), tmp_path)
    voted, _, undecided = read_csv(tmp_path)
    assert json.loads(voted["votes"])[0]["worker"] == "zoë"
    assert json.loads(voted["posterior"]).keys() == {"A", "B"}
    assert float(voted["confidence"]) == read_jsonl(tmp_path)[0]["confidence"]
    assert voted["labelled_at"] == "2026-01-02T12:00:00+00:00"
    assert undecided["label"] == undecided["confidence"] == ""


def test_parquet_is_typed(tmp_path: Path) -> None:
    export(dataset(["one", "two", "three"]), tmp_path)
    schema = pq.read_schema(tmp_path / "labels.parquet")
    assert str(schema.field("labelled_at").type) == "timestamp[us, tz=UTC]"
    assert schema.field("posterior").type == pa.map_(pa.string(), pa.float64())
    voted = read_parquet(tmp_path)[0]
    assert voted["votes"][0]["at"] == NOON
    assert dict(voted["model_distribution"]) == {"A": 0.75, "B": 0.25}


def test_an_empty_dataset_is_typed_too(tmp_path: Path) -> None:
    export(dataset([]), tmp_path)
    assert read_jsonl(tmp_path) == read_csv(tmp_path) == read_parquet(tmp_path) == []
    assert str(pq.read_schema(tmp_path / "labels.parquet").field("task").type) == "int64"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=4))
def test_every_text_comes_back_from_every_file(tmp_path: Path, texts: list[str]) -> None:
    labels = ("\u2028 «één»", "=1+1")
    export(dataset([*texts], labels), tmp_path, raw_csv=True)
    for rows in (read_jsonl(tmp_path), read_csv(tmp_path), read_parquet(tmp_path)):
        assert [row["text"] for row in rows] == texts
        assert rows[1]["label"] == labels[0]


def test_half_a_character_is_replaced_rather_than_refused(tmp_path: Path) -> None:
    export(dataset(["broken \ud83d here", "two"]), tmp_path)
    for rows in (read_jsonl(tmp_path), read_csv(tmp_path), read_parquet(tmp_path)):
        assert rows[0]["text"] == "broken \ufffd here"


def test_a_chosen_format_alone_is_written(tmp_path: Path) -> None:
    assert export(dataset(["one"]), tmp_path, ["csv"]) == (tmp_path / "labels.csv",)
    assert [file.name for file in tmp_path.iterdir()] == ["labels.csv"]


def test_a_failing_export_leaves_the_last_good_files_and_no_drafts(tmp_path: Path) -> None:
    export(dataset(["one"]), tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    unwritable = dataset(["two"]).assign(reason=pd.Series([{1, 2}]))
    for name in FORMATS:
        with pytest.raises((TypeError, AttributeError, ValueError)):
            export(unwritable, tmp_path, [name])
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_faults_of_the_user_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="xlsx"):
        export(dataset(["one"]), tmp_path, ["xlsx"])
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="cannot be written"):
        export(dataset(["one"]), tmp_path / "file")


class TestControls:
    """What is asked of a form with several controls, or an open one, is exported by control."""

    FORM = Equivalence(
        parse(
            on_text(
                """<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/>
                </Choices><Choices name="why" toName="text" choice="multiple">
                <Choice value="price"/><Choice value="été"/></Choices>
                <Rating name="stars" toName="text"/>
                <Labels name="who" toName="text"><Label value="PER"/></Labels>"""
            )
        )
    )
    SAID = (
        {"mood": "bad", "why": '["price","été"]', "stars": "4", "who": '[[0,3,"PER"]]'},
        {"mood": "bad", "why": '["price"]', "stars": "4", "who": "[]"},
    )

    @pytest.fixture
    def controls(self) -> pd.DataFrame:
        answers = [
            Answer(1, worker, canonical_json(said), "person", NOON)
            for worker, said in zip(("ann", "bob"), self.SAID, strict=True)
        ]
        table = build(
            [Item(1, "Ann: fine"), Item(2, "b")], answers, {}, {}, labels=(), equivalence=self.FORM
        )
        return by_control(table, self.FORM, {})

    def test_the_files_hold_all_rows_and_columns(
        self, controls: pd.DataFrame, tmp_path: Path
    ) -> None:
        files = export_controls(controls, tmp_path)
        assert [file.name for file in files] == [
            "controls.jsonl",
            "controls.csv",
            "controls.parquet",
        ]
        names = list(CONTROL_COLUMNS)
        for rows in (read_jsonl(tmp_path, "controls"), read_csv(tmp_path, "controls")):
            assert [row["control"] for row in rows] == ["mood", "why", "stars", "who"] * 2
            assert list(rows[0]) == names
        assert pq.read_schema(files[2]).names == names

    def test_json_lines_keep_every_label_s_type(
        self, controls: pd.DataFrame, tmp_path: Path
    ) -> None:
        export_controls(controls, tmp_path)
        rows = read_jsonl(tmp_path, "controls")
        assert [row["label"] for row in rows[:3]] == ["bad", ["price"], 4]
        assert rows[3]["votes"] == [
            {
                "worker": "ann",
                "label": [{"start": 0, "end": 3, "label": "PER", "text": "Ann"}],
            },
            {"worker": "bob", "label": []},
        ]
        assert [one["entry"] for one in rows[1]["entries"]] == ["price", "été"]
        assert [row["label"] for row in rows[4:]] == [None] * 4

    def test_csv_holds_a_word_as_it_is_and_more_than_a_word_as_json(
        self, controls: pd.DataFrame, tmp_path: Path
    ) -> None:
        export_controls(controls, tmp_path)
        typed, rows = read_jsonl(tmp_path, "controls"), read_csv(tmp_path, "controls")
        assert rows[0]["label"] == "bad"
        assert rows[4]["label"] == rows[4]["agreement"] == ""
        for row, told in zip(rows[1:4], typed[1:4], strict=True):
            assert json.loads(row["label"]) == told["label"]
            assert json.loads(row["votes"]) == told["votes"]
            assert float(row["confidence"]) == told["confidence"]

    def test_pandas_reads_parquet_back_with_labels_as_in_csv(
        self, controls: pd.DataFrame, tmp_path: Path
    ) -> None:
        export_controls(controls, tmp_path)
        table = pd.read_parquet(tmp_path / "controls.parquet")
        cells = [row["label"] or None for row in read_csv(tmp_path, "controls")]
        assert table["label"].astype("object").where(table["label"].notna(), None).tolist() == cells
        for name in ("confidence", "agreement", "model_confidence"):
            pd.testing.assert_series_equal(table[name], controls[name])
        votes = [(vote["worker"], json.loads(vote["label"])) for vote in table["votes"][1]]
        assert votes == [("ann", ["price", "été"]), ("bob", ["price"])]
        sure = {one["entry"]: one["probability"] for one in table["entries"][1]}
        assert sure == {one["entry"]: one["probability"] for one in controls["entries"][1]}

    def test_one_choice_alone_has_no_file_of_its_own(self, tmp_path: Path) -> None:
        assert export_controls(None, tmp_path) == ()
        assert list(tmp_path.iterdir()) == []


def test_a_certified_promise_gets_a_certificate_that_anybody_can_check(tmp_path: Path) -> None:
    (file,) = export_certificates(in_audit(400, None), tmp_path / "new")
    assert file == tmp_path / "new" / "certificate-1.json"
    assert "at most 40 (10.00% of all) differ" in certificate_file.verify(file.read_bytes())


def test_a_promise_that_is_not_certified_yet_gets_none(tmp_path: Path) -> None:
    assert export_certificates(in_audit(400, 20), tmp_path) == ()
    assert export_certificates(piloted(400), tmp_path) == ()
    assert list(tmp_path.iterdir()) == []
