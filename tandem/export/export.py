"""The outcome as files: labels and controls, each as JSON Lines, CSV and Parquet, and certificates.

The three files of one name hold the same rows and columns; see `tandem.export.tables`. Labels of
controls have JSON's types in JSON Lines. The other two hold each label of a column in one type: a
word as it is, and what is more than a word as JSON text, which the column `kind` tells apart.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from labeling.atomic_files import replacing
from labeling.form.form import Form
from routing.facts.populations import accepted_form_of, frozen_of, overruled_in, proven
from routing.guarantee import certificate_file
from routing.ledger.records import LedgerState
from routing.studio.models import StudioTask
from tandem.export.checks import DatasetChecks
from tandem.export.own_columns import with_own_columns
from tandem.export.tables import FORMATS, Schema, into, write_table


def export(
    dataset: pd.DataFrame,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    form: Form | None = None,
    tasks: Sequence[StudioTask] = (),
    *,
    checks: DatasetChecks | None = None,
    raw_csv: bool = False,
) -> tuple[Path, ...]:
    """Write the dataset of `aggregation.dataset.tasks` as `labels`; see `tandem.export.tables`.

    Args:
        dataset: The dataset.
        folder: Where to.
        formats: As what.
        form: The form, by which each item is written as the text that people read.
        tasks: The tasks, whose own columns are written behind the dataset's.
        checks: What was found about each item, written behind the dataset's columns.
        raw_csv: Write CSV cells as they are, even such as a spreadsheet runs as formulas.

    Returns:
        The files that were written.

    Raises:
        SettingsError: A format is unknown, or the folder cannot be written.
    """
    if form is not None:
        texts = [None if item is None else form.read(item) for item in dataset["text"]]
        dataset = dataset.assign(text=pd.Series(texts, dataset.index, dtype="object"))
    schema = _labels()
    if checks is not None:
        dataset = _with_checks(dataset, checks)
        schema = {**schema, **_checks()}
    if tasks:
        dataset, own = with_own_columns(dataset, tasks)
        schema = {**schema, **own}
    return write_table(dataset, folder, "labels", formats, schema, raw_csv=raw_csv)


def export_controls(
    controls: pd.DataFrame | None,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    *,
    raw_csv: bool = False,
) -> tuple[Path, ...]:
    """Write the frame of `aggregation.dataset.controls` as `controls`, where there is one.

    Args:
        controls: The frame; None: all that is asked is one choice.
        folder: Where the files are written.
        formats: Of `jsonl`, `csv` and `parquet`.
        raw_csv: Write CSV cells as they are, even such as a spreadsheet runs as formulas.

    Returns:
        The files that were written.

    Raises:
        SettingsError: A format is unknown, or the folder cannot be written.
    """
    if controls is None:
        return ()
    return write_table(controls, folder, "controls", formats, _controls(), raw_csv=raw_csv)


def export_certificates(state: LedgerState, folder: Path) -> tuple[Path, ...]:
    """Write `certificate-1.json` and so on, one for each population whose promise is certified.

    Args:
        state: What the ledger knows.
        folder: Where the files are written.

    Returns:
        The files that were written.

    Raises:
        SettingsError: The folder cannot be written.
    """
    certified = [one for one in state.populations if one.kept_at is not None]
    files = tuple(folder / f"certificate-{one.number}.json" for one in certified)
    with into(folder):
        for population, file in zip(certified, files, strict=True):
            content = certificate_file.write(
                frozen_of(state, population),
                proven(state, population),
                accepted_form_of(population),
                overruled_in(population),
            )
            with replacing(file) as draft:
                draft.write_bytes(content)
    return files


def _with_checks(dataset: pd.DataFrame, checks: DatasetChecks) -> pd.DataFrame:
    """Put what was found about each item behind a dataset's columns."""
    tasks = [int(task) for task in dataset["task"]]
    columns = {
        "split": [checks.parts.get(task) for task in tasks],
        "duplicate_group": [checks.duplicates.group_of.get(task) for task in tasks],
        "contradicts": [task in checks.contradicting for task in tasks],
        "grounded": [checks.grounded.get(task) for task in tasks],
    }
    return pd.concat([dataset, pd.DataFrame(columns, dataset.index, dtype="object")], axis=1)


def _checks() -> Schema:
    """Name the Arrow type of each column of what was found."""
    import pyarrow as pa  # type: ignore[import-untyped]

    return {
        "split": pa.string(),
        "duplicate_group": pa.int64(),
        "contradicts": pa.bool_(),
        "grounded": pa.bool_(),
    }


def _labels() -> Schema:
    """Name the Arrow type of each column of the labels."""
    import pyarrow as pa

    moment, distribution = pa.timestamp("us", tz="UTC"), pa.map_(pa.string(), pa.float64())
    vote = {
        "worker": pa.string(),
        "label": pa.string(),
        "at": moment,
        "lead_time": pa.float64(),
    }
    return {
        "task": pa.int64(),
        "text": pa.string(),
        "label": pa.string(),
        "posterior": distribution,
        "confidence": pa.float64(),
        "source": pa.string(),
        "people_label": pa.string(),
        "votes": pa.list_(pa.struct(vote)),
        "people_distribution": distribution,
        "no_single_truth": pa.bool_(),
        "model_label": pa.string(),
        "model_confidence": pa.float64(),
        "model_distribution": distribution,
        "model_version": pa.string(),
        "model_calibrated": pa.bool_(),
        "decision": pa.string(),
        "reason": pa.string(),
        "decided_at": moment,
        "labelled_at": moment,
        "labelled_by": pa.list_(pa.string()),
    }


def _controls() -> Schema:
    """Name the Arrow type of each column of the controls."""
    import pyarrow as pa

    vote = {"worker": pa.string(), "label": pa.string()}
    entry = {"entry": pa.string(), "probability": pa.float64()}
    return {
        "task": pa.int64(),
        "control": pa.string(),
        "kind": pa.string(),
        "label": pa.string(),
        "confidence": pa.float64(),
        "source": pa.string(),
        "votes": pa.list_(pa.struct(vote)),
        "people_distribution": pa.map_(pa.string(), pa.float64()),
        "no_single_truth": pa.bool_(),
        "agreement": pa.float64(),
        "model_label": pa.string(),
        "model_confidence": pa.float64(),
        "entries": pa.list_(pa.struct(entry)),
    }
