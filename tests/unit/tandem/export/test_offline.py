"""Tasks of a file are predicted into parts; a run that ended early goes on where it was."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from labeling.errors import SettingsError
from labeling.protocol.predict import TaskResult
from routing.progress import Progress
from tandem.export import offline
from tandem.export.offline import kept_ids, predict_file, read_tasks

CONFIG = "<View/>"


class Lengths:
    """Predicts a text's length as its score, and stops in the middle where it is told to."""

    def __init__(self, parts: int | None = None) -> None:
        self.parts = parts
        self.asked: list[Any] = []

    def predict_parts(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        part: int,
        progress: Progress,
    ) -> Iterator[list[tuple[int, TaskResult]]]:
        assert (project, label_config) == (None, CONFIG)
        for number, start in enumerate(range(0, len(tasks), part)):
            if number == self.parts:
                raise KeyboardInterrupt
            places = range(start, min(start + part, len(tasks)))
            self.asked += [tasks[place]["id"] for place in places]
            yield [(place, result_of(tasks[place])) for place in reversed(places)]
            progress("Predictions", places.stop, len(tasks))


def result_of(task: Mapping[str, Any]) -> TaskResult:
    score = float(len(task["data"].get("text", "")))
    result = TaskResult(result=[{"type": "choices"}], score=score, model_version="v")
    return result if "text" in task["data"] else {**result, "error": "The task has no text."}


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(offline, "PART", 2)
    file = tmp_path / "tasks.jsonl"
    rows = [{"id": n, "data": {"text": "x" * n}} for n in (7, 8, 9, 10)] + [{"id": 11, "data": {}}]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return file


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_run_that_ended_early_goes_on_where_it_was(tasks: Path, kind: str) -> None:
    out = tasks.parent / f"predictions.{kind}"
    with pytest.raises(KeyboardInterrupt):
        predict_file(Lengths(parts=1), CONFIG, tasks, out)
    assert kept_ids(out) == {"7", "8"}
    rest = Lengths()
    report = predict_file(rest, CONFIG, tasks, out)
    assert rest.asked == [9, 10, 11]
    assert (report.predicted, report.there_before) == (2, 2)
    assert report.failed == {"11": "The task has no text."}
    read = pd.read_parquet if kind == "parquet" else lambda f: pd.read_json(f, lines=True)
    frame = pd.concat([read(file) for file in sorted(out.iterdir())])
    assert dict(zip(frame["id"].astype(int), frame["score"], strict=True)) == {
        7: 7.0, 8: 8.0, 9: 9.0, 10: 10.0, 11: 0.0,
    }  # fmt: skip
    assert json.loads(frame["result"].iloc[0]) == [{"type": "choices"}]
    assert predict_file(Lengths(parts=0), CONFIG, tasks, out).predicted == 0


def test_data_alone_are_tasks_numbered_by_their_place(tmp_path: Path) -> None:
    pd.DataFrame({"text": ["a", "b"]}).to_parquet(tmp_path / "tasks.parquet")
    assert read_tasks(tmp_path / "tasks.parquet") == [
        {"id": 1, "data": {"text": "a"}},
        {"id": 2, "data": {"text": "b"}},
    ]


@pytest.mark.parametrize(
    ("content", "cause"),
    [("{", "cannot be read"), ("[1]", "no JSON object"), ('{"id": 1}\n{"id": 1}', "same id")],
)
def test_a_file_that_holds_no_tasks_is_told(tmp_path: Path, content: str, cause: str) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=cause):
        read_tasks(file)


def test_an_output_of_no_known_kind_is_told(tasks: Path) -> None:
    with pytest.raises(SettingsError, match=r"End it with \.jsonl or \.parquet"):
        predict_file(Lengths(), CONFIG, tasks, tasks.parent / "predictions")
