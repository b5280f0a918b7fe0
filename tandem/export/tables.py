"""Frames as files: JSON Lines, CSV and Parquet, in UTF-8, each replaced at once or not at all.

JSON Lines and Parquet keep lists and dicts as they are (Parquet typed); CSV holds them as JSON
text. Times are ISO 8601 with their zone, or Parquet timestamps in UTC.

A spreadsheet runs a CSV cell that begins with `=`, `+`, `-`, `@`, tab or return as a formula, and
the texts come from strangers. So such a text gets a `'` before it, unless CSV is to be raw; numbers
stay numbers. The other formats hold every text as it is.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from labeling.atomic_files import replacing
from labeling.errors import SettingsError
from labeling.private_files import make_private_folder

Row = Mapping[str, Any]
"""A frame's row, by column: plain values."""
Schema = Mapping[str, Any]
"""The Arrow type of each column."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet may run as a formula."""

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def write_table(
    table: pd.DataFrame,
    folder: Path,
    name: str,
    formats: Sequence[str],
    schema: Schema,
    *,
    raw_csv: bool = False,
) -> tuple[Path, ...]:
    """Write a frame into a folder, which is made if needed.

    Each file is replaced at once: whoever reads it sees the old one or the new one, whole.

    Args:
        table: The frame.
        folder: Where the files go.
        name: Their name, without an ending.
        formats: Of `FORMATS`.
        schema: Of the frame's columns; one of type string that holds anything else is written as
            JSON text.
        raw_csv: Write CSV cells as they are, even such as a spreadsheet runs as formulas.

    Returns:
        The files, in the order of `formats`.

    Raises:
        SettingsError: A format is unknown, or the folder cannot be written.
    """
    writers = {**_WRITERS, "csv": _write_raw_csv} if raw_csv else _WRITERS
    unknown = [name for name in formats if name not in writers]
    if unknown:
        raise SettingsError(
            f"There is no export format {unknown[0]!r}", hint=f"Choose of {', '.join(FORMATS)}."
        )
    rows = _rows(table)
    files = tuple(folder / f"{name}.{ending}" for ending in formats)
    with into(folder):
        for ending, file in zip(formats, files, strict=True):
            with replacing(file) as draft:
                writers[ending](rows, schema, draft)
    return files


def write_spreadsheet(table: pd.DataFrame, file: Path) -> Path:
    """Write a frame as CSV for a spreadsheet: with a byte order mark, and nothing that runs.

    Args:
        table: The frame.
        file: Where to; its folder is made if needed, and the file is replaced at once.

    Returns:
        The file.

    Raises:
        SettingsError: It cannot be written.
    """
    columns = [str(name) for name in table.columns]
    with into(file.parent), replacing(file) as draft:
        _write_csv(_rows(table), dict.fromkeys(columns), draft, encoding="utf-8-sig")
    return file


@contextmanager
def into(folder: Path) -> Iterator[None]:
    """Make the folder if needed; say in one line where it cannot be written into."""
    try:
        make_private_folder(folder)
        yield
    except OSError as error:
        raise SettingsError(
            f"The outcome cannot be written: {error.strerror}",
            where=str(folder),
            hint="Choose a folder that you may write to.",
        ) from error


def _write_jsonl(rows: Sequence[Row], schema: Schema, file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(_json({name: row[name] for name in schema}) + "\n")


def _write_csv(rows: Sequence[Row], schema: Schema, file: Path, *, encoding: str = "utf-8") -> None:
    numeric = {name for name in schema if _is_numeric([row[name] for row in rows])}
    safe_rows = (
        [_cell(row[name]) if name in numeric else _safe(row[name]) for name in schema]
        for row in rows
    )
    _write_cells([[_safe(name) for name in schema], *safe_rows], file, encoding)


def _write_raw_csv(rows: Sequence[Row], schema: Schema, file: Path) -> None:
    _write_cells([[*schema], *([_cell(row[name]) for name in schema] for row in rows)], file)


def _write_cells(rows: Iterable[Sequence[str]], file: Path, encoding: str = "utf-8") -> None:
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, lineterminator="\r\n").writerows(rows)


def _is_numeric(column: Sequence[Any]) -> bool:
    """Return whether all texts of a column are numbers, which no spreadsheet takes for formulas."""
    return all(_NUMBER.fullmatch(one) for one in column if isinstance(one, str))


def _safe(value: Any) -> str:
    """Write a cell so that no spreadsheet runs it."""
    cell = _cell(value)
    return f"'{cell}" if isinstance(value, str) and cell.startswith(FORMULA_STARTS) else cell


def _write_parquet(rows: Sequence[Row], schema: Schema, file: Path) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    fields = pa.schema([pa.field(name, kind) for name, kind in schema.items()])
    typed = [{name: _typed(row[name], kind) for name, kind in schema.items()} for row in rows]
    pq.write_table(pa.Table.from_pylist(typed, schema=fields), file)


def _typed(value: Any, kind: Any) -> Any:
    """Fit a value to an Arrow type: what is to be a string and is none becomes JSON text."""
    import pyarrow.types as of  # type: ignore[import-untyped]

    if value is None or isinstance(value, str):
        return value
    if of.is_string(kind):
        return _json(value)
    if of.is_list(kind):
        return [_typed(inner, kind.value_type) for inner in value]
    if of.is_struct(kind):
        return {field.name: _typed(value[field.name], field.type) for field in kind}
    return value


_WRITERS: Mapping[str, Callable[[Sequence[Row], Schema, Path], None]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
}

FORMATS: tuple[str, ...] = tuple(_WRITERS)
"""The formats that `write_table` knows."""


def _rows(dataset: pd.DataFrame) -> list[dict[str, Any]]:
    """Read the frame as plain rows: missing numbers become None, moments are in UTC.

    Halves of surrogate pairs, which no encoding can write, become U+FFFD.
    """
    return [
        {str(name): writable(value) for name, value in row.items()}
        for row in dataset.to_dict("records")
    ]


def writable(value: Any) -> Any:
    """Return a value as any file can hold it; see `_rows`."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, Mapping):
        return {writable(str(name)): writable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [writable(inner) for inner in value]
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
