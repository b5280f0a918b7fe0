"""Which part of the dataset each labelled task is in, as it was asked for."""

import re
from collections.abc import Collection, Mapping, Sequence

from aggregation.dataset.splits import split
from labeling.errors import SettingsError
from tandem.export.fields import Data, values_of
from tandem.export.split_request import SplitRequest


def parts_of(
    labels: Mapping[int, Collection[str]],
    duplicates: Sequence[Sequence[int]],
    data: Data,
    request: SplitRequest,
) -> tuple[Sequence[str], Mapping[int, str]]:
    """Split the labelled tasks.

    Args:
        labels: What each is labelled with.
        duplicates: Groups of tasks that stay together.
        data: Each task's own data.
        request: How they are to be split.

    Returns:
        The parts, in order, and the part of each task.

    Raises:
        SettingsError: A field is in no task's data or is no part's name, or a part stays empty.
    """
    if request.field is not None:
        parts = _given(labels, values_of(data, request.field, "--split-field"))
        return sorted(set(parts.values())), parts
    together: list[Sequence[int]] = [*duplicates]
    if request.group is not None:
        together += _alike(values_of(data, request.group, "--group"))
    parts = split(labels, labels, together, request.shares, request.seed)
    empty = next((name for name in request.shares if name not in parts.values()), None)
    if empty is not None and request.is_split:
        raise SettingsError(
            f"No task is left for the part {empty!r}: {len(labels)} are labelled, and duplicates"
            " and groups stay together",
            where="--split",
            hint="Split later, or into fewer or more even parts.",
        )
    return tuple(request.shares), parts


def _alike(values: Mapping[int, str]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for task, value in values.items():
        groups.setdefault(value, []).append(task)
    return list(groups.values())


def _given(labels: Mapping[int, Collection[str]], values: Mapping[int, str]) -> dict[int, str]:
    """Return the parts that the data says."""
    for task in labels:
        name = values.get(task)
        if name is None or not re.fullmatch(r"\w+", name, re.ASCII):
            raise SettingsError(
                f"Task {task} says no part" if name is None else f"{name[:40]!r} is no part's name",
                where="--split-field",
                hint="Give every labelled task a part in letters, digits and underscores.",
            )
    return {task: values[task] for task in labels}
