"""The outcome as files: labels.jsonl, labels.csv and labels.parquet, and certificates, in UTF-8.

The three files of labels hold the same rows and columns. JSON Lines and Parquet keep lists and
dicts as they are (Parquet typed, a dict of labels as a map); CSV holds them as JSON text. Times are
ISO 8601 with their zone, or Parquet timestamps in UTC.

A spreadsheet may run a CSV cell that begins with `=`, `+`, `-`, `@`, tab or return as a formula,
and the texts come from strangers. CSV cells are written as they are all the same, since a changed
text is no longer the text that was labelled: open labels.csv with a program that reads data, or
use the other two files.
"""

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from labeling.errors import SettingsError
from routing import proof
from routing.ledger.records import LedgerState
from routing.populations import frozen_of, proven


def export(
    dataset: pd.DataFrame, folder: Path, formats: Sequence[str] = ("jsonl", "csv", "parquet")
) -> tuple[Path, ...]:
    """Write the dataset of `aggregation.dataset.build` into a folder, which is made if needed.

    Each file is replaced at once: whoever reads it sees the old one or the new one, whole.

    Returns:
        The files, in the order of `formats`.

    Raises:
        SettingsError: A format is unknown, or the folder cannot be written.
    """
    unknown = [name for name in formats if name not in _WRITERS]
    if unknown:
        raise SettingsError(
            f"There is no export format {unknown[0]!r}", mend=f"Choose of {', '.join(FORMATS)}."
        )
    rows = _rows(dataset)
    files = tuple(folder / f"labels.{name}" for name in formats)
    with _into(folder):
        for name, file in zip(formats, files, strict=True):
            with _replacing(file) as draft:
                _WRITERS[name](rows, [str(column) for column in dataset.columns], draft)
    return files


def export_certificates(state: LedgerState, folder: Path) -> tuple[Path, ...]:
    """Write `certificate-1.json` and so on, one for each population whose promise is certified.

    Raises:
        SettingsError: The folder cannot be written.
    """
    certified = [one for one in state.populations if one.kept_at is not None]
    files = tuple(folder / f"certificate-{one.number}.json" for one in certified)
    with _into(folder):
        for population, file in zip(certified, files, strict=True):
            content = proof.write(frozen_of(state, population), proven(state, population))
            with _replacing(file) as draft:
                draft.write_bytes(content)
    return files


def _write_jsonl(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(_json({name: row[name] for name in columns}) + "\n")


def _write_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([_cell(row[name]) for name in columns] for row in rows)


def _write_parquet(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], file: Path) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    kinds = _parquet_kinds()
    schema = pa.schema([pa.field(name, kinds[name]) for name in columns])
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), file)


_WRITERS: Mapping[str, Callable[[Sequence[Mapping[str, Any]], Sequence[str], Path], None]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
}

FORMATS: tuple[str, ...] = tuple(_WRITERS)
"""The formats that `export` knows."""


def _parquet_kinds() -> Mapping[str, Any]:
    """Name the Arrow type of each column."""
    import pyarrow as pa

    moment = pa.timestamp("us", tz="UTC")
    distribution = pa.map_(pa.string(), pa.float64())
    vote = pa.struct(
        [
            pa.field("worker", pa.string()),
            pa.field("label", pa.string()),
            pa.field("at", moment),
            pa.field("lead_time", pa.float64()),
        ]
    )
    kinds: dict[str, Any] = dict.fromkeys(
        ("text", "label", "source", "people_label", "model_label", "model_version"), pa.string()
    )
    return kinds | {
        "task": pa.int64(),
        "posterior": distribution,
        "confidence": pa.float64(),
        "votes": pa.list_(vote),
        "model_confidence": pa.float64(),
        "model_distribution": distribution,
        "model_calibrated": pa.bool_(),
        "decision": pa.string(),
        "reason": pa.string(),
        "decided_at": moment,
        "labelled_at": moment,
        "labelled_by": pa.list_(pa.string()),
    }


def _rows(dataset: pd.DataFrame) -> list[dict[str, Any]]:
    """Read the frame as plain rows: missing numbers become None, moments are in UTC.

    Halves of surrogate pairs, which no encoding can write, become U+FFFD.
    """
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in dataset.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, Mapping):
        return {_plain(str(name)): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_iso)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return _iso(value) if isinstance(value, datetime) else _json(value)


def _iso(value: datetime) -> str:
    return value.isoformat()


@contextmanager
def _into(folder: Path) -> Iterator[None]:
    """Make the folder if needed; say in one line where it cannot be written into."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise SettingsError(
            f"The outcome cannot be written: {error.strerror}",
            where=str(folder),
            mend="Choose a folder that you may write to.",
        ) from error


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """Lend a draft beside the file; at the end it takes the file's place, or vanishes."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    draft = Path(name)
    try:
        os.fchmod(handle, 0o644)
        os.close(handle)
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
