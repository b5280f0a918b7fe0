"""A dataset keeps the columns that its tasks brought, and no cell of it runs in a spreadsheet."""

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from routing.studio.models import StudioTask
from tandem.export.export import export
from tandem.export.own_columns import with_own_columns
from tests.support.observed_tasks import NOON
from tests.unit.tandem.export.test_export import dataset, read_csv, read_jsonl, read_parquet


def tasks_of(*data: dict[str, Any], meta: dict[str, Any] | None = None) -> list[StudioTask]:
    return [
        StudioTask(task, one, 1, False, NOON, (), (), inner_id=task + 1, meta=meta or {})
        for task, one in enumerate(data)
    ]


def test_data_and_meta_stand_behind_tandems_columns_in_every_file(tmp_path: Path) -> None:
    tasks = tasks_of(
        {"text": "one", "id": 7, "tags": ["a", "b"]},
        {"text": "two", "id": 8, "score": -0.5},
        meta={"origin": "mail"},
    )
    export(dataset(["one", "two"]), tmp_path, tasks=tasks)
    first, second = read_jsonl(tmp_path)
    assert list(first)[-5:] == ["inner_id", "id", "tags", "score", "origin"]
    assert (first["inner_id"], first["id"], first["tags"]) == (1, 7, ["a", "b"])
    assert (second["score"], second["tags"], second["origin"]) == (-0.5, None, "mail")
    assert "data_text" not in first, "the same text is not said twice"
    schema = pq.read_schema(tmp_path / "labels.parquet")
    types = {name: str(schema.field(name).type) for name in ("inner_id", "id", "tags", "score")}
    assert types == {"inner_id": "int64", "id": "int64", "tags": "string", "score": "double"}
    assert json.loads(read_parquet(tmp_path)[0]["tags"]) == ["a", "b"]
    assert read_csv(tmp_path)[1]["score"] == "-0.5"


def test_a_name_that_is_taken_gets_a_prefix() -> None:
    tasks = tasks_of(
        {"text": "1", "label": "mine", "data_label": "x"}, meta={"label": "y", "text": "z"}
    )
    frame, types = with_own_columns(
        pd.DataFrame({"task": [0], "text": ["?"], "label": ["A"]}), tasks
    )
    [row] = frame.to_dict("records")
    assert row["label"] == "A"
    assert {row[name] for name in types if name.startswith("data_")} == {"1", "mine", "x"}
    assert (row["meta_label"], row["meta_text"]) == ("y", "z")
    assert len(set(frame.columns)) == len(frame.columns) == 9


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_run_by_a_spreadsheet_unless_csv_is_raw(tmp_path: Path, start: str) -> None:
    text = f"{start}1+1|' /C calc'!A0"
    tasks = tasks_of({"text": text, f"{start}name": text, "n": -3}, {"text": "plain"})
    frame = dataset([text, "plain"])
    export(frame, tmp_path, tasks=tasks)
    first, second = read_csv(tmp_path)
    assert (first["text"], first[f"'{start}name"], first["n"]) == (f"'{text}", f"'{text}", "-3")
    assert second["text"] == "plain"
    assert read_jsonl(tmp_path)[0]["text"] == read_parquet(tmp_path)[0]["text"] == text
    export(frame, tmp_path, ["csv"], tasks=tasks, raw_csv=True)
    assert read_csv(tmp_path)[0][f"{start}name"] == text


def test_texts_that_are_all_numbers_are_a_column_of_numbers(tmp_path: Path) -> None:
    tasks = tasks_of({"text": "one", "delta": "-0.5"}, {"text": "two", "delta": "+1e3"})
    export(dataset(["one", "two"]), tmp_path, ["csv"], tasks=tasks)
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        assert [row["delta"] for row in csv.DictReader(file)] == ["-0.5", "+1e3"]
