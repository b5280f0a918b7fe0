"""The columns that a project's tasks brought with them: their data, their meta, and their number.

They stand behind Tandem's own columns under their own names. A name that is taken gets a prefix,
`data_` or `meta_`. A column of the data that says what Tandem's column of that name says is not
repeated.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from routing.studio.models import StudioTask
from tandem.export.tables import Schema

INNER_ID = "inner_id"
"""The number of a task within its project, in the order of its import."""

LARGEST = 2**63


def with_own_columns(
    dataset: pd.DataFrame, tasks: Sequence[StudioTask]
) -> tuple[pd.DataFrame, Schema]:
    """Put the columns of the tasks behind those of a dataset.

    Args:
        dataset: A frame with a column `task`.
        tasks: The tasks, as Label Studio has them.

    Returns:
        The frame with more columns, and the Arrow type of each of these.
    """
    by_id = {one.id: one for one in tasks}
    order = [by_id.get(int(task)) for task in dataset["task"]]
    columns: dict[str, list[Any]] = {INNER_ID: [one and one.inner_id for one in order]}
    taken = {str(name): list(dataset[name]) for name in dataset.columns} | columns
    for prefix, holding in (("data_", _data), ("meta_", _meta)):
        held = [holding(one) for one in order]
        for name in dict.fromkeys(name for one in held for name in one):
            values = [one.get(name) for one in held]
            if prefix == "data_" and taken.get(name) == values:
                continue
            free = _free(name, prefix, taken)
            taken[free] = columns[free] = values
    added = pd.DataFrame(columns, index=dataset.index, dtype="object")
    types = {name: _type_of(values) for name, values in columns.items()}
    return pd.concat([dataset, added], axis=1), types


def _data(task: StudioTask | None) -> Mapping[str, Any]:
    return task.data if task else {}


def _meta(task: StudioTask | None) -> Mapping[str, Any]:
    return task.meta if task else {}


def _free(name: str, prefix: str, taken: Mapping[str, object]) -> str:
    while name in taken:
        name = f"{prefix}{name}"
    return name


def _type_of(values: Sequence[Any]) -> Any:
    """Return the Arrow type that holds all values; text, as JSON where it must, if none does."""
    import pyarrow as pa  # type: ignore[import-untyped]

    present = [one for one in values if one is not None]
    kinds: list[tuple[Callable[[Any], bool], Any]] = [
        (lambda one: isinstance(one, bool), pa.bool_()),
        (_is_whole, pa.int64()),
        (lambda one: _is_whole(one) or isinstance(one, float), pa.float64()),
    ]
    if present:
        for fits, kind in kinds:
            if all(fits(one) for one in present):
                return kind
    return pa.string()


def _is_whole(value: Any) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and -LARGEST <= value < LARGEST
