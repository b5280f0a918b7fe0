"""Predictions of tasks in a file, into a folder of parts, without Label Studio."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from labeling.atomic_files import replacing
from labeling.errors import SettingsError
from labeling.private_files import make_private_folder
from routing.model.predictor import Predictor
from routing.progress import Progress, silent

PART = 1_000
"""Tasks of one part: what a kill can cost."""

COLUMNS = ("id", "score", "model_version", "result", "error")


@dataclass(frozen=True, slots=True)
class OfflineReport:
    """What was done.

    Attributes:
        predicted: Tasks that got a prediction.
        there_before: Tasks that had one from an earlier run.
        failed: Why tasks got none, by task.
    """

    predicted: int
    there_before: int
    failed: dict[str, str] = field(default_factory=dict)


def predict_file(
    predictor: Predictor,
    label_config: str,
    tasks_file: Path,
    out: Path,
    progress: Progress = silent,
) -> OfflineReport:
    """Predict what `out` does not hold yet; killed anywhere and run again, it goes on there.

    Args:
        predictor: Who predicts.
        label_config: What is asked.
        tasks_file: `.jsonl` or `.parquet`: tasks as Label Studio writes them (`id`, `data`), or
            their data alone.
        out: A folder of parts, named `….jsonl` or `….parquet` for what they are.
        progress: Told how far it is.

    Returns:
        How many items were predicted now, were there before, and failed.

    Raises:
        SettingsError: A file cannot be read, or is of another kind.
    """
    write = _writer(out)
    tasks = read_tasks(tasks_file)
    kept = kept_ids(out)
    open_tasks = [task for task in tasks if str(task["id"]) not in kept]
    predicted, failed = 0, dict[str, str]()
    make_private_folder(out)
    number = len(_parts(out))
    for part in predictor.predict_parts(None, label_config, open_tasks, PART, progress):
        rows = [_row(open_tasks[place], result) for place, result in part]
        number += 1
        with replacing(out / f"part-{number:06}{out.suffix}") as draft:
            write(pd.DataFrame(rows), draft)
        failed |= {row["id"]: row["error"] for row in rows if row["error"]}
        predicted += sum(row["error"] is None for row in rows)
    return OfflineReport(predicted, len(tasks) - len(open_tasks), failed)


def read_tasks(file: Path) -> list[dict[str, Any]]:
    """Read tasks; one without an id gets its place in the file, counted from 1.

    Raises:
        SettingsError: The file cannot be read, or two tasks have one id.
    """
    rows = _read(file)
    tasks = [
        {"id": row.get("id", place), "data": row["data"] if "data" in row else _data_of(row)}
        for place, row in enumerate(rows, 1)
    ]
    if len({str(task["id"]) for task in tasks}) < len(tasks):
        raise SettingsError("Two tasks have the same id", where=str(file))
    return tasks


def kept_ids(out: Path) -> set[str]:
    """List the tasks that earlier runs are done with.

    Raises:
        SettingsError: A part cannot be read.
    """
    return {str(row["id"]) for part in _parts(out) for row in _read(part)}


def _parts(out: Path) -> list[Path]:
    return sorted(out.glob(f"part-*{out.suffix}"))


def _data_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def _row(task: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Write a result as a row of `COLUMNS`; its regions are JSON, as Label Studio imports them."""
    values = (
        str(task["id"]),
        result["score"],
        result["model_version"],
        json.dumps(result["result"]),
        result.get("error"),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _read(file: Path) -> Sequence[dict[str, Any]]:
    try:
        if file.suffix == ".parquet":
            return [dict(row) for row in pq.read_table(file).to_pylist()]
        lines = file.read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The file cannot be read: {type(error).__name__}",
            where=str(file),
            hint="Give JSON Lines (.jsonl) or Parquet (.parquet).",
        ) from error
    if not all(isinstance(row, dict) for row in rows):
        raise SettingsError("A line of the file is no JSON object", where=str(file))
    return rows


def _writer(out: Path) -> Callable[[pd.DataFrame, Path], None]:
    match out.suffix:
        case ".parquet":
            return lambda frame, file: frame.to_parquet(file, index=False)
        case ".jsonl":
            return lambda frame, file: frame.to_json(file, orient="records", lines=True)
        case _:
            raise SettingsError(
                "The output's name does not say of what kind it is",
                where=str(out),
                hint="End it with .jsonl or .parquet.",
            )
