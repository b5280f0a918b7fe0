"""The finished dataset as files: labels.jsonl, labels.csv and labels.parquet."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

FORMATS = ("jsonl", "csv", "parquet")


def export(
    dataset: pd.DataFrame, folder: Path, formats: Sequence[str] = FORMATS
) -> tuple[Path, ...]:
    """Write the dataset of `aggregation.dataset.build` into a folder, which is made if needed.

    Returns:
        The files, in the order of `formats`.

    Raises:
        SettingsError: A format is unknown, or the folder cannot be written.
    """
    raise NotImplementedError
