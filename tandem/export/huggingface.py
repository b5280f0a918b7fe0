"""A folder that Hugging Face's `load_dataset` reads: Parquet by part, and a dataset card."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labeling.atomic_files import replacing
from tandem.export.card import CardTerms, card_of
from tandem.export.features import DatasetColumn, arrow_type, columns_of
from tandem.export.labelled_dataset import LabelledDataset, LabelledTask
from tandem.export.part_files import leave_only
from tandem.export.tables import into, writable
from tandem.report.data import ReportData

CARD = "README.md"


def write_huggingface(
    data: LabelledDataset, report: ReportData, terms: CardTerms, folder: Path
) -> tuple[Path, ...]:
    """Write the folder.

    Args:
        data: The labelled dataset.
        report: What is known of its quality, for the card.
        terms: What the card says of licence and language.
        folder: Where the files are written; files of parts that there are no more are removed.

    Returns:
        The card, and the file of each part.

    Raises:
        SettingsError: The folder cannot be written.
    """
    columns = columns_of(data)
    card = folder / CARD
    files = {name: folder / "data" / f"{name}.parquet" for name in data.parts}
    with into(folder / "data"):
        for name, file in files.items():
            with replacing(file) as draft:
                _write(data.parts[name], columns, draft)
        with replacing(card) as draft:
            draft.write_text(writable(card_of(data, columns, report, terms)), "utf-8")
        leave_only(list(files.values()))
    return card, *files.values()


def _write(examples: Sequence[LabelledTask], columns: Sequence[DatasetColumn], file: Path) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    schema = pa.schema([pa.field(one.name, arrow_type(one.feature)) for one in columns])
    rows: list[Mapping[str, Any]] = [
        {column.name: writable(column.read(example)) for column in columns} for example in examples
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)
